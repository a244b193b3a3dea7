
BEGIN
    DELETE FROM {schema}.session AS s WHERE s.secret_hash = sha256(convert_to($1, 'UTF8'));
END
