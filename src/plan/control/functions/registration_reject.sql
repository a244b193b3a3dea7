
DECLARE
    asked {schema}.registration;
BEGIN
    UPDATE {schema}.registration AS r
    SET state = 'rejected', decided_at = clock_timestamp(), decided_by = $3, note = nullif(left(btrim($2), 2000), '')
    WHERE r.id = $1 AND r.state = 'waiting' RETURNING r.* INTO asked;
    IF NOT FOUND THEN
        RETURN 'gone';
    END IF;
    INSERT INTO {schema}.audit_event (actor, action, subject, detail, persona, tenant_kind)
    VALUES ($3, 'registration.reject', asked.id::text, jsonb_build_object('email', asked.email), asked.portal || '/' || asked.audience, asked.tenant_kind);
    RETURN 'done';
END
