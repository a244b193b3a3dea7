
DECLARE
    context jsonb := {schema}.ctx();
BEGIN
    IF kind = '' OR context ->> 'tenant_kind' = kind THEN
        RETURN context -> 'tenant_keys' ->> name;
    END IF;
    RETURN NULL;
END
