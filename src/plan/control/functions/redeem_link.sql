
#variable_conflict use_column
DECLARE
    link record;
    rules jsonb;
    acting text;
    secret text := {schema}.random_secret();
BEGIN
    UPDATE {schema}.sign_in_link AS l SET used_at = clock_timestamp()
    WHERE l.secret_hash = sha256(convert_to($1, 'UTF8')) AND l.portal = $2
        AND l.used_at IS NULL AND l.expires_at > clock_timestamp()
    RETURNING l.user_id, l.portal, l.audience, l.portal || '/' || l.audience AS persona, l.tenant_kind, l.tenant_key INTO link;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT m.acts_as INTO acting FROM {schema}.membership_now(link.user_id, link.persona, link.tenant_kind, link.tenant_key) AS m;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    DELETE FROM {schema}.session AS s WHERE s.expires_at < clock_timestamp() - interval '1 day';
    DELETE FROM {schema}.sign_in_link AS l WHERE l.expires_at < clock_timestamp() - interval '30 days';
    rules := {schema}.personas() -> link.persona;
    INSERT INTO {schema}.session (secret_hash, user_id, portal, audience, tenant_kind, tenant_key, csrf, idle, expires_at)
    VALUES (sha256(convert_to(secret, 'UTF8')), link.user_id, link.portal, link.audience, link.tenant_kind, link.tenant_key,
            {schema}.random_secret(), make_interval(secs => (rules ->> 'idle')::double precision),
            clock_timestamp() + make_interval(secs => (rules ->> 'absolute')::double precision));
    INSERT INTO {schema}.audit_event (actor, action, subject, detail)
    VALUES (link.user_id::text, 'session.open', link.persona, jsonb_build_object('tenant_kind', link.tenant_kind, 'tenant_key', link.tenant_key));
    RETURN QUERY SELECT secret, acting;
END
