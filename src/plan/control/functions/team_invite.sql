
#variable_conflict use_column
DECLARE
    context jsonb := {schema}.context(ARRAY[current_setting('role')]);
    rules jsonb := {schema}.personas() -> (context ->> 'persona');
    portal_name text := split_part(context ->> 'persona', '/', 1);
    kind text := coalesce(context ->> 'tenant_kind', '');
    tenant text := context -> 'tenant_keys' ->> 'key';
    address text := lower(btrim($1));
    called text := nullif(btrim($2), '');
    account uuid;
    place uuid;
BEGIN
    IF rules -> 'may_grant' IS NULL OR tenant IS NULL OR NOT rules -> 'may_grant' ? $3 THEN
        RETURN 'audience';
    END IF;
    IF (address ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$') IS NOT TRUE OR length(address) > 254 THEN
        RETURN 'email';
    END IF;
    -- Nothing that hides or turns round what is read.
    IF called ~ E'[[:cntrl:]\\u200B\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069\\uFEFF]' OR length(called) > 200 THEN
        RETURN 'title';
    END IF;
    -- Whoever is in the team already is there to be seen; of all others nothing is told.
    IF EXISTS (SELECT FROM {schema}.team(NULL) AS t WHERE t.email = address) THEN
        RETURN 'known';
    END IF;
    INSERT INTO {schema}.app_user (source_key, email) VALUES (address, address) ON CONFLICT (source, source_key) DO NOTHING;
    SELECT u.id INTO STRICT account FROM {schema}.app_user AS u WHERE u.source = '' AND u.source_key = address;
    INSERT INTO {schema}.membership (user_id, portal, audience, tenant_kind, tenant_key, keys, title, origin)
    VALUES (account, portal_name, $3, kind, tenant, {schema}.newcomer_keys(account), called, 'team')
    ON CONFLICT (user_id, portal, audience, tenant_kind, tenant_key) DO NOTHING
    RETURNING id INTO place;
    IF place IS NULL THEN
        RETURN 'known';
    END IF;
    PERFORM {schema}.team_record(context, 'team.invite', place, jsonb_build_object('email', address, 'audience', $3));
    RETURN 'done';
END
