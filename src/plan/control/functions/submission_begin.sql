
DECLARE
    who jsonb := {schema}.context(ARRAY[current_setting('role')]);
    sent bytea := sha256(convert_to(jsonb_build_array(
        'submission', who -> 'persona', who -> 'user', who -> 'user_keys', who -> 'tenant_kind', who -> 'tenant_keys', id)::text, 'UTF8'));
BEGIN
    IF who IS NULL OR id IS NULL OR length(id) <> 64 THEN
        RAISE EXCEPTION 'not a form of this session' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- A few at a time, and none that somebody else is clearing: nobody waits for another's rubbish.
    DELETE FROM {schema}.submission AS s WHERE s.key IN (
        SELECT o.key FROM {schema}.submission AS o WHERE o.created_at < clock_timestamp() - interval '1 day'
        ORDER BY o.created_at LIMIT 20 FOR UPDATE SKIP LOCKED);
    -- The second of two at once waits here for what becomes of the first.
    INSERT INTO {schema}.submission (key) VALUES (sent) ON CONFLICT (key) DO NOTHING;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT coalesce(s.outcome, '') FROM {schema}.submission AS s WHERE s.key = sent);
END
