
DECLARE
    -- The arguments: object; key columns; system; [field, column] of what is sent; [kind, column] of tenants; the
    -- column that marks a deleted row, or nothing.
    key_columns text[] := ARRAY(SELECT jsonb_array_elements_text(TG_ARGV[1]::jsonb));
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    whole jsonb := coalesce(new_row, old_row);
    action text := lower(TG_OP);
    context jsonb := {schema}.context(ARRAY[current_setting('role')]);
    tenant record;
BEGIN
    -- A statement may have dropped its role or its context by now: what nobody can be named for is not done. The
    -- operator acts without one where no portal user asked for it.
    IF context IS NULL AND current_setting('role') <> {operator} THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'this is not allowed';
    END IF;
    IF TG_OP = 'UPDATE' AND old_row = new_row THEN
        RETURN NULL;
    END IF;
    -- A row that is marked as deleted is gone for everybody, so the other system is told that it is.
    IF TG_OP = 'UPDATE' AND coalesce(old_row ->> TG_ARGV[5], 'false') = 'false'
        AND coalesce(new_row ->> TG_ARGV[5], 'false') <> 'false' THEN
        action := 'delete';
        new_row := NULL;
    END IF;
    SELECT of.kind, of.key INTO tenant
    FROM jsonb_array_elements(TG_ARGV[4]::jsonb) AS t
    CROSS JOIN LATERAL (
        SELECT whole ->> (t.value ->> 1) AS key, coalesce(t.value ->> 0,
            (SELECT k.tenant_kind FROM {schema}.tenant AS k WHERE k.key = whole ->> (t.value ->> 1)), '') AS kind
    ) AS of WHERE of.key IS NOT NULL
    ORDER BY of.kind IS DISTINCT FROM context ->> 'tenant_kind' LIMIT 1;
    INSERT INTO {schema}.outbox (system, object, row_key, action, before, after, persona, actor, tenant_kind, tenant_key)
    VALUES (
        TG_ARGV[2], TG_ARGV[0],
        ARRAY(SELECT whole ->> k.name FROM unnest(key_columns) WITH ORDINALITY AS k (name, place) ORDER BY k.place),
        action,
        (SELECT jsonb_object_agg(f.value ->> 0, old_row -> (f.value ->> 1))
         FROM jsonb_array_elements(TG_ARGV[3]::jsonb) AS f WHERE old_row IS NOT NULL),
        (SELECT jsonb_object_agg(f.value ->> 0, new_row -> (f.value ->> 1))
         FROM jsonb_array_elements(TG_ARGV[3]::jsonb) AS f WHERE new_row IS NOT NULL),
        context ->> 'persona', coalesce(context ->> 'user', nullif(context ->> 'user_keys', '{}'), session_user),
        coalesce(tenant.kind, context ->> 'tenant_kind', ''), coalesce(tenant.key, context -> 'tenant_keys' ->> 'key', ''));
    RETURN NULL;
END
