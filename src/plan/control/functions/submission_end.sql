
DECLARE
    who jsonb := {schema}.context(ARRAY[current_setting('role')]);
    sent bytea := sha256(convert_to(jsonb_build_array(
        'submission', who -> 'persona', who -> 'user', who -> 'user_keys', who -> 'tenant_kind', who -> 'tenant_keys', id)::text, 'UTF8'));
BEGIN
    IF who IS NOT NULL AND length(outcome) <= 4096 THEN
        UPDATE {schema}.submission AS s SET outcome = $2 WHERE s.key = sent AND s.outcome IS NULL;
    END IF;
END
