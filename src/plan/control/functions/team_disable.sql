
DECLARE
    context jsonb := {schema}.context(ARRAY[current_setting('role')]);
    rules jsonb := {schema}.personas() -> (context ->> 'persona');
    known record;
BEGIN
    SELECT t.member, t.fixed INTO known FROM {schema}.team($1) AS t;
    IF NOT FOUND OR known.member IS NULL THEN
        RETURN 'gone';
    END IF;
    -- Of a place that a document gives, whether it may be used is a tenant's to say, and what it is is not.
    IF known.fixed NOT IN ('', 'document') THEN
        RETURN 'fixed';
    END IF;
    UPDATE {schema}.membership AS m SET disabled_at = CASE WHEN $2 THEN clock_timestamp() END
    WHERE m.id::text = known.member AND (m.disabled_at IS NULL) = $2 AND rules -> 'may_grant' ? m.audience;
    IF NOT FOUND THEN
        RETURN 'same';
    END IF;
    -- Whoever is let in again begins anew.
    IF $2 THEN
        UPDATE {schema}.session AS s SET expires_at = least(s.expires_at, clock_timestamp())
        FROM {schema}.membership AS m
        WHERE m.id::text = known.member AND (s.user_id, s.portal, s.audience, s.tenant_kind, s.tenant_key)
            = (m.user_id, m.portal, m.audience, m.tenant_kind, m.tenant_key);
        DELETE FROM {schema}.sign_in_link AS l USING {schema}.membership AS m
        WHERE m.id::text = known.member AND (l.user_id, l.portal, l.audience, l.tenant_kind, l.tenant_key)
            = (m.user_id, m.portal, m.audience, m.tenant_kind, m.tenant_key);
    END IF;
    PERFORM {schema}.team_record(context, CASE WHEN $2 THEN 'team.disable' ELSE 'team.enable' END, known.member::uuid, '{}');
    RETURN 'done';
END
