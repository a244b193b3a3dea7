
DECLARE
    -- The arguments: object; key columns; columns that are written down; [kind, column] of tenants.
    key_columns text[] := ARRAY(SELECT jsonb_array_elements_text(TG_ARGV[1]::jsonb));
    kept jsonb := TG_ARGV[2]::jsonb;
    before jsonb := (SELECT jsonb_object_agg(v.key, v.value) FROM jsonb_each(CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END) AS v WHERE kept ? v.key);
    after jsonb := (SELECT jsonb_object_agg(v.key, v.value) FROM jsonb_each(CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END) AS v WHERE kept ? v.key);
    whole jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    context jsonb := {schema}.context(ARRAY[current_setting('role')]);
    tenant record;
    tenants jsonb;
BEGIN
    -- A statement may have dropped its role or its context by now: what nobody can be named for is not done. The
    -- operator acts without one where no portal user asked for it.
    IF context IS NULL AND current_setting('role') <> {operator} THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'this is not allowed';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, after -> b.key) INTO before, after
        FROM jsonb_each(before) AS b WHERE b.value IS DISTINCT FROM after -> b.key;
        IF before IS NULL AND to_jsonb(OLD) = whole THEN
            RETURN NULL;
        END IF;
        -- Of what is never written down, that it changed.
        before := coalesce(before, '{}');
        after := coalesce(after, '{}');
    END IF;
    -- What happened to a tenant's row is that tenant's to know, whoever did it.
    SELECT t.value ->> 0 AS kind, whole ->> (t.value ->> 1) AS key INTO tenant
    FROM jsonb_array_elements(TG_ARGV[3]::jsonb) AS t WHERE whole ->> (t.value ->> 1) IS NOT NULL
    ORDER BY t.value ->> 0 IS DISTINCT FROM context ->> 'tenant_kind' LIMIT 1;
    SELECT jsonb_agg(jsonb_build_object('kind', t.value ->> 0, 'key', whole ->> (t.value ->> 1))) INTO tenants
    FROM jsonb_array_elements(TG_ARGV[3]::jsonb) AS t WHERE whole ->> (t.value ->> 1) IS NOT NULL;
    INSERT INTO {schema}.audit_event (actor, action, subject, detail, persona, tenant_kind, tenant_key, object, row_key, before, after)
    VALUES (
        coalesce(context ->> 'user', nullif(context ->> 'user_keys', '{}'), session_user), 'row.' || lower(TG_OP), TG_ARGV[0],
        -- One tenant stands in the columns; where a row is several tenants', all of them stand here.
        CASE WHEN jsonb_array_length(tenants) > 1 THEN jsonb_build_object('tenants', tenants) ELSE '{}' END, context ->> 'persona',
        coalesce(tenant.kind, context ->> 'tenant_kind', ''), coalesce(tenant.key, context -> 'tenant_keys' ->> 'key', ''),
        TG_ARGV[0], ARRAY(SELECT whole ->> k.name FROM unnest(key_columns) WITH ORDINALITY AS k (name, place) ORDER BY k.place),
        before, after);
    RETURN NULL;
END
