
DECLARE
    token text := nullif(current_setting('portal.context', true), '');
    signed text := left(token, -65);
    padded record;
    payload jsonb;
BEGIN
    IF token IS NULL OR length(token) < 80 OR left(right(token, 65), 1) <> '.' THEN
        RETURN NULL;
    END IF;
    SELECT k.inner_key AS i, k.outer_key AS o INTO padded
    FROM {schema}.signing_key AS k WHERE k.kid = left(token, 8) AND k.retired_at IS NULL;
    -- Both sides are keyed once more before they meet, so that the time of the comparison tells nothing.
    IF NOT FOUND OR sha256(padded.o || convert_to(encode(sha256(padded.o || sha256(padded.i || convert_to(signed, 'UTF8'))), 'hex'), 'UTF8'))
        <> sha256(padded.o || convert_to(right(token, 64), 'UTF8')) THEN
        RETURN NULL;
    END IF;
    payload := substr(signed, 10)::jsonb;
    IF (payload ->> 'exp')::numeric > extract(epoch FROM clock_timestamp())
        AND coalesce((payload ->> 'pid')::integer = pg_backend_pid(), true)
        AND payload -> 'roles' ? current_setting('role') THEN
        RETURN payload;
    END IF;
    RETURN NULL;
END
