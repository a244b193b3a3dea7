
BEGIN
    -- Two at once would both find the last place free: the second waits for what becomes of the first.
    PERFORM pg_advisory_xact_lock(hashtextextended($1 || encode($2, 'hex'), 0));
    DELETE FROM {schema}.attempt AS a WHERE a.id IN (
        SELECT o.id FROM {schema}.attempt AS o WHERE o.at < clock_timestamp() - interval '2 days'
        ORDER BY o.at LIMIT 20 FOR UPDATE SKIP LOCKED);
    IF (SELECT count(*) FROM {schema}.attempt AS a
        WHERE a.what = $1 AND a.who = $2 AND a.at > clock_timestamp() - make_interval(secs => ($3 ->> 'seconds')::double precision))
        >= ($3 ->> 'most')::bigint THEN
        RETURN false;
    END IF;
    INSERT INTO {schema}.attempt (what, who) VALUES ($1, $2);
    RETURN true;
END
