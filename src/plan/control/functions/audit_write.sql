
DECLARE
    -- The arguments: object; key columns; columns that are written down; [kind, column] of tenants, where a row that says
    -- no kind means the one tenant that has the key.
    row_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    row_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    context jsonb := {schema}.context(ARRAY[current_setting('role')]);
BEGIN
    -- A statement may have dropped its role or its context by now: what nobody can be named for is not done. The
    -- operator acts without one where no portal user asked for it.
    IF context IS NULL AND current_setting('role') <> {operator} THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'this is not allowed';
    END IF;
    IF row_before = row_after THEN
        RETURN NULL;
    END IF;
    -- One statement: each costs more to begin than to run. Of a change to what is never written down, `before` and
    -- `after` say that it happened: they are empty, not NULL.
    INSERT INTO {schema}.audit_event (actor, action, subject, detail, persona, tenant_kind, tenant_key, object, row_key, before, after)
    SELECT
        coalesce(context ->> 'user', nullif(context ->> 'user_keys', '{}'), session_user), 'row.' || lower(TG_OP), TG_ARGV[0],
        -- One tenant stands in the columns; where a row is several tenants', all of them stand here.
        CASE WHEN jsonb_array_length(tenants.named) > 1 THEN jsonb_build_object('tenants', tenants.named) ELSE '{}' END,
        context ->> 'persona',
        coalesce(tenants.named -> 0 ->> 'kind', context ->> 'tenant_kind', ''),
        coalesce(tenants.named -> 0 ->> 'key', context -> 'tenant_keys' ->> 'key', ''),
        TG_ARGV[0], ARRAY(SELECT whole ->> k.name FROM jsonb_array_elements_text(TG_ARGV[1]::jsonb) WITH ORDINALITY AS k (name, place) ORDER BY k.place),
        CASE WHEN row_before IS NOT NULL THEN coalesce(differing.before, '{}') END,
        CASE WHEN row_after IS NOT NULL THEN coalesce(differing.after, '{}') END
    FROM coalesce(row_after, row_before) AS whole
    CROSS JOIN (
        SELECT jsonb_object_agg(c.name, row_before -> c.name) AS before, jsonb_object_agg(c.name, row_after -> c.name) AS after
        FROM jsonb_array_elements_text(TG_ARGV[2]::jsonb) AS c (name)
        WHERE row_before -> c.name IS DISTINCT FROM row_after -> c.name
    ) AS differing
    -- What happened to a tenant's row is that tenant's to know, whoever did it.
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(
            jsonb_build_object('kind', of.kind, 'key', of.key)
            ORDER BY of.kind IS DISTINCT FROM context ->> 'tenant_kind', t.place) AS named
        FROM jsonb_array_elements(TG_ARGV[3]::jsonb) WITH ORDINALITY AS t (value, place)
        CROSS JOIN LATERAL (
            SELECT whole ->> (t.value ->> 1) AS key, coalesce(t.value ->> 0,
                (SELECT k.tenant_kind FROM {schema}.tenant AS k WHERE k.key = whole ->> (t.value ->> 1)), '') AS kind
        ) AS of WHERE of.key IS NOT NULL
    ) AS tenants;
    RETURN NULL;
END
