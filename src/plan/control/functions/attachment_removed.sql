
#variable_conflict use_column
BEGIN
    DELETE FROM {schema}.attachment_remains AS r WHERE r.storage = ANY ($1);
END
