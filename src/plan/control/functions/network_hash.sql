
BEGIN
    -- Whoever has one address of the newer kind has a whole network of them. Who comes from this machine is one network.
    RETURN {schema}.keyed_hash('network ' || coalesce(
        (SELECT network(set_masklen(a.at, CASE family(a.at) WHEN 6 THEN 64 ELSE 32 END))::text FROM (SELECT $1::inet) AS a (at)), 'here'));
END
