
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT r.storage FROM {schema}.attachment_remains AS r ORDER BY r.at LIMIT least(greatest($1, 0), 1000);
END
