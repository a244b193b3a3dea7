
BEGIN
    INSERT INTO {schema}.audit_event (actor, action, subject, detail, persona, tenant_kind, tenant_key)
    VALUES (coalesce($1 ->> 'user', nullif($1 ->> 'user_keys', '{}'), session_user), $2, $3::text, $4,
            $1 ->> 'persona', coalesce($1 ->> 'tenant_kind', ''), coalesce($1 -> 'tenant_keys' ->> 'key', ''));
END
