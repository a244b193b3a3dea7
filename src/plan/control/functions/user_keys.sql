
BEGIN
    RETURN {schema}.ctx() -> 'user_keys';
END
