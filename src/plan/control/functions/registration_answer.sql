
DECLARE
    context jsonb := {schema}.context(ARRAY[current_setting('role')]);
    asked record;
    keys text[];
BEGIN
    -- Those of one's own portal that wait, for those who may answer them; for everybody else there are none.
    SELECT r.registration, w.tenant_kind INTO asked
    FROM {schema}.registrations($1) AS r JOIN {schema}.registration AS w ON w.id::text = r.registration WHERE $1 IS NOT NULL;
    IF NOT FOUND THEN
        RETURN 'gone';
    END IF;
    IF NOT $2 THEN
        RETURN {schema}.registration_reject(asked.registration::uuid, $4, context ->> 'user');
    END IF;
    IF btrim($3) <> '' THEN
        SELECT array_agg(t.key) INTO keys FROM {schema}.tenants() AS t
        WHERE t.tenant_kind = asked.tenant_kind AND (t.key = btrim($3) OR t.name = btrim($3));
        IF (cardinality(keys) = 1) IS NOT TRUE THEN
            RETURN 'tenant';
        END IF;
    END IF;
    RETURN {schema}.registration_approve(asked.registration::uuid, coalesce(keys[1], ''), context ->> 'user');
END
