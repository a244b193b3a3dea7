
#variable_conflict use_column
DECLARE
    context jsonb := {schema}.context(ARRAY[current_setting('role')]);
    persona text := context ->> 'persona';
BEGIN
    IF ({schema}.personas() -> persona -> 'registrations') IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT r.id::text, r.at, r.email, r.audience, r.details,
           EXISTS (SELECT FROM {schema}.places(r.email) AS p WHERE split_part(p.persona, '/', 1) = r.portal)
    FROM {schema}.registration AS r
    WHERE r.portal = split_part(persona, '/', 1) AND r.state = 'waiting' AND ($1 IS NULL OR r.id::text = $1)
    ORDER BY r.at, r.id;
END
