
DECLARE
    context jsonb := {schema}.ctx();
BEGIN
    IF context IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN coalesce((context ->> 'now')::timestamptz, statement_timestamp());
END
