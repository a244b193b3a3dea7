
DECLARE
    context text;
BEGIN
    SELECT {schema}.mint(jsonb_build_object(
        'persona', $2, 'roles', {schema}.personas() -> $2 -> 'roles',
        'tenant_kind', s.tenant_kind, 'tenant_keys', m.tenant_keys, 'tier', m.tier,
        'user', s.user_id, 'user_keys', m.user_keys, 'mfa', false,
        'exp', extract(epoch FROM least(clock_timestamp() + interval '1 minute', m.until)), 'pid', $3)) INTO context
    FROM {schema}.session AS s,
         {schema}.membership_now(s.user_id, s.portal || '/' || s.audience, s.tenant_kind, s.tenant_key) AS m
    WHERE s.secret_hash = sha256(convert_to($1, 'UTF8')) AND m.acts_as = $2
        AND s.expires_at > clock_timestamp() AND s.seen_at + s.idle > clock_timestamp() AND $3 IS NOT NULL;
    RETURN context;
END
