
BEGIN
    RETURN ({schema}.ctx_now() AT TIME ZONE {timezone})::date;
END
