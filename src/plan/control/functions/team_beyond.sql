
BEGIN
    -- Whoever has a place at the tenant that is not one to be granted. Staff have none there.
    RETURN EXISTS (
        SELECT FROM {schema}.membership AS m
        WHERE m.user_id = $1 AND m.portal = $2 AND m.tenant_kind = $3 AND m.tenant_key = $4 AND NOT ($5 ? m.audience));
END
