
DECLARE
    rules jsonb := {schema}.personas() -> $1;
    place record;
BEGIN
    IF rules IS NULL THEN
        RAISE EXCEPTION 'no persona `%`', $1 USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF rules ->> 'who' = 'external' THEN
        SELECT t.keys, t.tier INTO place FROM {schema}.tenant_now($2, $3) AS t;
        IF NOT FOUND OR rules ->> 'tenant_kind' <> $2 THEN
            RAISE EXCEPTION 'persona `%` needs a tenant of its kind', $1 USING ERRCODE = 'invalid_parameter_value';
        END IF;
    ELSE
        SELECT '{}'::jsonb AS keys, NULL::text AS tier INTO place;
    END IF;
    INSERT INTO {schema}.audit_event (actor, action, subject, detail)
    VALUES (session_user, 'context.mint', $1, jsonb_build_object('tenant_kind', $2, 'tenant_key', $3, 'user_keys', $4));
    RETURN {schema}.mint(jsonb_build_object(
        'persona', $1, 'roles', rules -> 'roles', 'tenant_kind', $2, 'tenant_keys', place.keys, 'tier', place.tier,
        'user_keys', coalesce($4, '{}'), 'mfa', false, 'now', $6,
        'exp', extract(epoch FROM clock_timestamp() + $7), 'pid', $5));
END
