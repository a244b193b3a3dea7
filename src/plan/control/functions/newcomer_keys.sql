
BEGIN
    RETURN {user_keys};
END
