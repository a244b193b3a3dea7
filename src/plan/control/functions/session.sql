
#variable_conflict use_column
DECLARE
    found_session record;
BEGIN
    SELECT s.secret_hash, s.user_id, s.portal || '/' || s.audience AS persona, s.tenant_kind, s.tenant_key, s.csrf,
           s.expires_at, s.seen_at INTO found_session
    FROM {schema}.session AS s
    WHERE s.secret_hash = sha256(convert_to($1, 'UTF8')) AND s.portal = $2
        AND s.expires_at > clock_timestamp() AND s.seen_at + s.idle > clock_timestamp();
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- Once a minute is exact enough for an idle time, and spares a write per request.
    IF found_session.seen_at < clock_timestamp() - interval '1 minute' THEN
        UPDATE {schema}.session AS s SET seen_at = clock_timestamp() WHERE s.secret_hash = found_session.secret_hash;
    END IF;
    RETURN QUERY
    SELECT m.acts_as, {schema}.personas() -> m.acts_as -> 'roles' ->> 0, m.email, m.person,
           found_session.tenant_kind, found_session.tenant_key, m.tenant_title, found_session.csrf, found_session.expires_at
    FROM {schema}.membership_now(found_session.user_id, found_session.persona, found_session.tenant_kind, found_session.tenant_key) AS m;
END
