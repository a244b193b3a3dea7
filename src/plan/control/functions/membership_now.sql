
#variable_conflict use_column
DECLARE
    rules jsonb := {schema}.personas() -> $2;
    who record;
    ends timestamptz;
    paid timestamptz;
BEGIN
    SELECT u.source, u.source_key, u.email, u.title INTO who
    FROM {schema}.app_user AS u WHERE u.id = $1
        -- Whom the operator keeps out is out by every account of that address, wherever it lives.
        AND NOT EXISTS (SELECT FROM {schema}.app_user AS o WHERE o.email = u.email AND o.disabled_at IS NOT NULL);
    IF NOT FOUND OR rules IS NULL THEN
        RETURN;
    END IF;
    IF who.source = '' THEN
        SELECT who.email, coalesce(who.title, m.title), m.keys, m.valid_until INTO email, person, user_keys, ends
        FROM {schema}.membership AS m
        WHERE m.disabled_at IS NULL AND m.user_id = $1 AND m.portal || '/' || m.audience = $2 AND m.tenant_kind = $3 AND m.tenant_key = $4
            AND m.valid_from <= clock_timestamp() AND clock_timestamp() < m.valid_until;
    ELSE
        SELECT p.email, p.person, p.keys INTO email, person, user_keys
        FROM {schema}.people_now(who.source, who.source_key) AS p
        WHERE p.persona = $2 AND p.tenant_kind = $3 AND p.tenant_key = $4;
    END IF;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    tenant_keys := '{}';
    IF rules ->> 'who' = 'external' THEN
        SELECT t.title, t.keys, t.tier INTO tenant_title, tenant_keys, tier
        FROM {schema}.tenant_now($3, $4) AS t
        WHERE t.status = 'active' AND coalesce(rules ->> 'tenant_kind' = $3, true);
        IF NOT FOUND THEN
            RETURN;
        END IF;
    ELSIF $4 <> '' THEN
        RETURN;
    END IF;
    acts_as := $2;
    until := coalesce(ends, 'infinity');
    IF rules -> 'on_lapse' IS NOT NULL THEN
        -- Half open: at the moment itself it is over, and without one it is over, too.
        paid := {schema}.lapses_at($2, $3, $4, tenant_keys, user_keys);
        IF (clock_timestamp() < paid) IS TRUE THEN
            until := least(until, paid);
        ELSE
            acts_as := rules ->> 'on_lapse';
        END IF;
    END IF;
    RETURN NEXT;
END
