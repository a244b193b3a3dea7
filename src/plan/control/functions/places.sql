
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT p.source, p.source_key, p.person, p.persona, p.tenant_kind, p.tenant_key
    FROM {schema}.people_by_email(lower($1)) AS p
    UNION ALL
    SELECT u.source, u.source_key, u.title, m.portal || '/' || m.audience, m.tenant_kind, m.tenant_key
    FROM {schema}.app_user AS u JOIN {schema}.membership AS m ON m.user_id = u.id
    WHERE u.source = '' AND u.source_key = lower($1);
END
