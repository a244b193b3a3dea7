
DECLARE
    token text := current_setting('portal.context', true);
    context jsonb;
BEGIN
    -- One query and few calls: PostgreSQL prepares the expressions of a body anew in every transaction, which costs more
    -- than running them. Both sides are keyed once more before they meet, so that the time of the comparison tells nothing.
    IF NOT EXISTS (
        SELECT FROM {schema}.signing_key AS k
        WHERE k.kid = left(token, 8) AND k.retired_at IS NULL
            AND sha256(k.outer_key || convert_to(encode(sha256(k.outer_key || sha256(k.inner_key || convert_to(left(token, -64), 'UTF8'))), 'hex'), 'UTF8'))
                = sha256(k.outer_key || convert_to(right(token, 64), 'UTF8'))
    ) THEN
        RETURN NULL;
    END IF;
    -- A statement of its own: the planner may compute what stands beside a condition before the condition.
    context := substr(token, 10, length(token) - 74)::jsonb;
    -- Row policies go by the owner of a view, the definer of a function, the role a cursor was opened as; what counts is
    -- who acts now. That must be a role of the policy that asks, and one of the context's persona.
    IF current_setting('role') = ANY (acting)
        AND context -> 'roles' ? current_setting('role')
        AND (context ->> 'exp')::float8 > date_part('epoch', clock_timestamp())
        AND coalesce((context ->> 'pid')::integer = pg_backend_pid(), true) THEN
        RETURN {answer};
    END IF;
    RETURN NULL;
END
