
BEGIN
    RETURN {schema}.ctx() IS NOT NULL;
END
