
BEGIN
    RETURN {schema}.ctx() -> 'user_keys' ->> name;
END
