
#variable_conflict use_column
BEGIN
    RETURN (SELECT t.settings FROM {schema}.tenant AS t WHERE t.tenant_kind = $1 AND t.key = $2);
END
