
DECLARE
    asked {schema}.registration;
    rules jsonb;
    tenant text := $2;
    account uuid;
    called text;
BEGIN
    SELECT r.* INTO asked FROM {schema}.registration AS r WHERE r.id = $1 AND r.state = 'waiting' FOR UPDATE;
    rules := {schema}.personas() -> (asked.portal || '/' || asked.audience) -> 'registration';
    -- What the portal no longer takes, or takes for tenants of another kind, is asked anew.
    IF (rules ->> 'tenant_kind' = asked.tenant_kind) IS NOT TRUE THEN
        RETURN 'gone';
    END IF;
    -- Who would stay outside is not let in, nor said to be.
    IF EXISTS (SELECT FROM {schema}.app_user AS u WHERE u.email = asked.email AND u.disabled_at IS NOT NULL)
        OR EXISTS (SELECT FROM {schema}.app_user AS u JOIN {schema}.membership AS m ON m.user_id = u.id
                   WHERE u.source = '' AND u.source_key = asked.email AND m.portal = asked.portal AND m.audience = asked.audience
                       AND m.tenant_kind = asked.tenant_kind AND m.tenant_key = tenant AND m.disabled_at IS NOT NULL) THEN
        RETURN 'barred';
    END IF;
    called := asked.details ->> 'name';
    IF tenant <> '' THEN
        PERFORM FROM {schema}.tenant_now(asked.tenant_kind, tenant) AS t WHERE t.status = 'active';
        IF NOT FOUND THEN
            RETURN 'tenant';
        END IF;
    ELSIF NOT (rules ->> 'new_tenants')::boolean THEN
        RETURN 'tenant';
    ELSE
        tenant := gen_random_uuid()::text;
        INSERT INTO {schema}.tenant (tenant_kind, key, name, title, origin)
        VALUES (asked.tenant_kind, tenant, 'r-' || tenant, coalesce(asked.details ->> 'company', called, asked.email), 'registration');
    END IF;
    INSERT INTO {schema}.app_user (source_key, email) VALUES (asked.email, asked.email) ON CONFLICT (source, source_key) DO NOTHING;
    SELECT u.id INTO STRICT account FROM {schema}.app_user AS u WHERE u.source = '' AND u.source_key = asked.email;
    -- What somebody calls themselves on a form is said at this tenant alone, as of whom a team invites.
    INSERT INTO {schema}.membership (user_id, portal, audience, tenant_kind, tenant_key, keys, title, origin)
    VALUES (account, asked.portal, asked.audience, asked.tenant_kind, tenant, {schema}.newcomer_keys(account), called, 'team')
    ON CONFLICT (user_id, portal, audience, tenant_kind, tenant_key) DO NOTHING;
    UPDATE {schema}.registration AS r SET state = 'approved', tenant_key = tenant, decided_at = clock_timestamp(), decided_by = $3
    WHERE r.id = asked.id;
    INSERT INTO {schema}.audit_event (actor, action, subject, detail, persona, tenant_kind, tenant_key)
    VALUES ($3, 'registration.approve', asked.id::text, jsonb_build_object('email', asked.email), asked.portal || '/' || asked.audience,
            asked.tenant_kind, tenant);
    RETURN 'done';
END
