
DECLARE
    context text;
BEGIN
    SELECT {schema}.mint(jsonb_build_object(
        'persona', p.key, 'roles', p.value -> 'roles', 'tenant_keys', '{}'::jsonb, 'user_keys', '{}'::jsonb, 'mfa', false,
        'network', encode({schema}.network_hash($3), 'hex'),
        'exp', extract(epoch FROM clock_timestamp() + interval '1 minute'), 'pid', $2)) INTO context
    FROM jsonb_each({schema}.personas()) AS p
    WHERE split_part(p.key, '/', 1) = $1 AND p.value ->> 'who' = 'guest' AND $2 IS NOT NULL;
    RETURN context;
END
