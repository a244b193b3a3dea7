
#variable_conflict use_column
DECLARE
    context jsonb := {schema}.context(ARRAY[current_setting('role')]);
    rules jsonb := {schema}.personas() -> (context ->> 'persona');
    portal_name text := split_part(context ->> 'persona', '/', 1);
    kind text := coalesce(context ->> 'tenant_kind', '');
    tenant text := context -> 'tenant_keys' ->> 'key';
    my_email text := (SELECT u.email FROM {schema}.app_user AS u WHERE u.id::text = context ->> 'user');
BEGIN
    IF rules -> 'may_grant' IS NULL OR tenant IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH places AS MATERIALIZED (
        SELECT m.id, u.id AS account, u.email, m.portal || '/' || m.audience AS persona,
               -- Who was invited here is called what they are called here, whatever others call them.
               CASE WHEN m.origin = 'team' THEN m.title ELSE coalesce(m.title, u.title) END AS person,
               CASE WHEN u.disabled_at IS NOT NULL AND (m.origin <> 'team' OR u.disabled_at > m.created_at) THEN 'barred'
                    WHEN m.disabled_at IS NOT NULL THEN 'disabled' ELSE 'active' END AS state,
               m.origin
        FROM {schema}.membership AS m JOIN {schema}.app_user AS u ON u.id = m.user_id
        WHERE m.portal = portal_name AND m.tenant_kind = kind AND m.tenant_key = tenant AND u.source = ''
    ), people AS (
        SELECT p.id::text AS member, p.email, p.person, split_part(p.persona, '/', 2) AS audience, p.state,
               CASE WHEN p.account::text = context ->> 'user' OR p.email = my_email THEN 'self'
                    WHEN {schema}.team_beyond(p.account, portal_name, kind, tenant, rules -> 'may_grant') THEN 'beyond'
                    WHEN p.state = 'barred' THEN 'barred'
                    WHEN p.origin = 'spec' THEN 'document' ELSE '' END AS fixed
        FROM places AS p
        UNION ALL
        SELECT DISTINCT NULL, e.email, e.person, split_part(e.persona, '/', 2),
               CASE WHEN EXISTS (SELECT FROM {schema}.app_user AS u WHERE u.source <> '' AND u.email = e.email AND u.disabled_at IS NOT NULL)
                    THEN 'barred' ELSE 'active' END,
               CASE WHEN e.email = my_email THEN 'self' ELSE 'table' END
        FROM {schema}.everyone() AS e
        WHERE split_part(e.persona, '/', 1) = portal_name AND e.tenant_kind = kind AND e.tenant_key = tenant
            AND NOT EXISTS (SELECT FROM places AS p WHERE p.email = e.email AND p.persona = e.persona)
    )
    SELECT p.member, p.email, p.person, p.audience, p.state, p.fixed FROM people AS p
    WHERE $1 IS NULL OR p.member = $1
    ORDER BY lower(coalesce(p.person, p.email)), p.email, p.audience;
END
