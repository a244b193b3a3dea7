
DECLARE
    place record;
    account uuid;
    secret text := {schema}.random_secret();
BEGIN
    SELECT p.source, p.source_key, p.person INTO place
    FROM {schema}.places($1) AS p
    WHERE p.persona = $2 AND p.tenant_kind = $3 AND p.tenant_key = $4
    ORDER BY p.source, p.source_key LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nobody with this e-mail has that place' USING ERRCODE = 'no_data_found';
    END IF;
    INSERT INTO {schema}.app_user AS u (source, source_key, email, title)
    VALUES (place.source, place.source_key, lower($1), place.person)
    ON CONFLICT (source, source_key) DO UPDATE SET email = excluded.email, title = coalesce(excluded.title, u.title)
    RETURNING u.id INTO account;
    PERFORM 1 FROM {schema}.membership_now(account, $2, $3, $4);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this user or the tenant is disabled or suspended, or what was applied last has no such audience' USING ERRCODE = 'no_data_found';
    END IF;
    INSERT INTO {schema}.sign_in_link (secret_hash, user_id, portal, audience, tenant_kind, tenant_key, expires_at)
    VALUES (sha256(convert_to(secret, 'UTF8')), account, split_part($2, '/', 1), split_part($2, '/', 2), $3, $4, clock_timestamp() + $5);
    INSERT INTO {schema}.audit_event (actor, action, subject, detail)
    VALUES (session_user, 'link.create', account::text, jsonb_build_object('persona', $2, 'tenant_kind', $3, 'tenant_key', $4));
    RETURN secret;
END
