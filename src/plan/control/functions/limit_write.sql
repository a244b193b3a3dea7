
DECLARE
    context jsonb := {schema}.context(ARRAY[current_setting('role')]);
    most jsonb := {schema}.personas() -> (context ->> 'persona') -> 'rate_limit';
BEGIN
    -- Of those who sign in there is no network here, and of an administrator who looks at it as a guest.
    IF most IS NOT NULL AND context ? 'network'
        AND NOT {schema}.admitted('create ' || (context ->> 'persona'), decode(context ->> 'network', 'hex'), most) THEN
        RAISE EXCEPTION USING ERRCODE = 'raise_exception',
            MESSAGE = 'Too much has come from your network in a short time. Nothing was saved. Try again later.';
    END IF;
    RETURN NULL;
END
