
DECLARE
    context jsonb := {schema}.context(ARRAY[current_setting('role')]);
    rules jsonb := {schema}.personas() -> (context ->> 'persona');
    known record;
    place {schema}.membership;
BEGIN
    SELECT t.member, t.fixed INTO known FROM {schema}.team($1) AS t;
    IF NOT FOUND OR known.member IS NULL THEN
        RETURN 'gone';
    END IF;
    IF known.fixed <> '' THEN
        RETURN 'fixed';
    END IF;
    IF NOT rules -> 'may_grant' ? $2 THEN
        RETURN 'audience';
    END IF;
    SELECT m.* INTO place FROM {schema}.membership AS m WHERE m.id::text = known.member FOR UPDATE;
    -- Two administrators at once: what the first one did may have moved the place out of reach.
    IF NOT FOUND OR NOT rules -> 'may_grant' ? place.audience THEN
        RETURN 'gone';
    END IF;
    IF place.audience = $2 THEN
        RETURN 'same';
    END IF;
    IF EXISTS (SELECT FROM {schema}.membership AS m WHERE m.user_id = place.user_id AND m.portal = place.portal AND m.audience = $2
               AND m.tenant_kind = place.tenant_kind AND m.tenant_key = place.tenant_key) THEN
        RETURN 'known';
    END IF;
    UPDATE {schema}.membership AS m SET audience = $2 WHERE m.id = place.id;
    -- Whoever is signed in stays so, and is of the new audience from the next page on; a link that was sent leads there.
    UPDATE {schema}.session AS s SET audience = $2
    WHERE s.user_id = place.user_id AND s.portal = place.portal AND s.audience = place.audience
        AND s.tenant_kind = place.tenant_kind AND s.tenant_key = place.tenant_key;
    UPDATE {schema}.sign_in_link AS l SET audience = $2
    WHERE l.user_id = place.user_id AND l.portal = place.portal AND l.audience = place.audience
        AND l.tenant_kind = place.tenant_kind AND l.tenant_key = place.tenant_key AND l.used_at IS NULL;
    PERFORM {schema}.team_record(context, 'team.grant', place.id, jsonb_build_object('from', place.audience, 'to', $2));
    RETURN 'done';
END
