
#variable_conflict use_column
DECLARE
    persona text;
    rules jsonb;
    given text := lower(btrim($2 ->> 'email'));
    field text;
    said text;
    details jsonb := '{}';
    known boolean;
    place uuid;
BEGIN
    SELECT p.key, p.value -> 'registration' INTO persona, rules FROM jsonb_each({schema}.personas()) AS p
    WHERE split_part(p.key, '/', 1) = $1 AND p.value ? 'registration';
    IF NOT FOUND THEN
        RETURN 'closed';
    END IF;
    IF (given ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$') IS NOT TRUE OR length(given) > 254 THEN
        RETURN 'email';
    END IF;
    FOR field IN SELECT f.name FROM jsonb_array_elements_text(rules -> 'form') AS f (name) WHERE f.name <> 'email' LOOP
        said := nullif(btrim($2 ->> field), '');
        IF said IS NULL AND field <> 'phone' OR length(said) > (CASE field WHEN 'purpose' THEN 2000 ELSE 200 END)
            OR translate(said, CASE field WHEN 'purpose' THEN E'\r\n' ELSE '' END, '') ~ E'[[:cntrl:]\\u200B\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069\\uFEFF]' THEN
            RETURN field;
        END IF;
        details := details || jsonb_strip_nulls(jsonb_build_object(field, said));
    END LOOP;
    IF NOT {schema}.admitted('register ' || $1, {schema}.network_hash($3), rules -> 'limit') THEN
        RETURN 'limit';
    END IF;
    -- From here on the answer is one, whoever the address belongs to, and whoever asked for it before.
    IF NOT {schema}.admitted('register ' || $1, {schema}.keyed_hash('email ' || given), rules -> 'limit') THEN
        RETURN 'done';
    END IF;
    -- What was answered is kept for half a year; what waits, until it is answered. A few at a time.
    DELETE FROM {schema}.registration AS r WHERE r.id IN (
        SELECT o.id FROM {schema}.registration AS o
        WHERE o.state <> 'waiting' AND coalesce(o.decided_at, o.at) < clock_timestamp() - interval '180 days'
        LIMIT 20 FOR UPDATE SKIP LOCKED);
    -- Who is in already asks staff for a place at another tenant; of what nobody decides, one place is enough.
    known := EXISTS (SELECT FROM {schema}.registration AS r WHERE r.portal = $1 AND r.email = given AND r.state = 'waiting')
        OR NOT (rules ->> 'approval')::boolean
            AND EXISTS (SELECT FROM {schema}.places(given) AS p WHERE split_part(p.persona, '/', 1) = $1);
    INSERT INTO {schema}.registration (portal, audience, tenant_kind, email, details, state)
    VALUES ($1, split_part(persona, '/', 2), rules ->> 'tenant_kind', given, details, CASE WHEN known THEN 'repeated' ELSE 'waiting' END)
    ON CONFLICT DO NOTHING RETURNING id INTO place;
    IF place IS NOT NULL AND NOT known AND NOT (rules ->> 'approval')::boolean THEN
        PERFORM {schema}.registration_approve(place, '', 'registration');
    END IF;
    RETURN 'done';
END
