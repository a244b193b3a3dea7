
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT m.email, m.person, m.acts_as, m.tenant_title, l.expires_at
    FROM {schema}.sign_in_link AS l,
         {schema}.membership_now(l.user_id, l.portal || '/' || l.audience, l.tenant_kind, l.tenant_key) AS m
    WHERE l.secret_hash = sha256(convert_to($1, 'UTF8')) AND l.portal = $2
        AND l.used_at IS NULL AND l.expires_at > clock_timestamp();
END
