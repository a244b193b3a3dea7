
BEGIN
    RETURN {schema}.ctx() ->> 'tier';
END
