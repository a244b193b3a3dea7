-- The cluster, the schemas, and which relations are worth a closer look.
-- $1 the project, $2 and $3 schema and name of every relation that the project names,
-- $4 the control schema. A privilege that may be passed on has a `*` behind it.
WITH RECURSIVE marker AS (
    SELECT 'portalctl project=' || $1 || ' database=' || current_database() AS text
), ours AS (
    SELECT m.objoid AS oid FROM pg_shdescription AS m, marker
    WHERE m.classoid = 'pg_authid'::regclass AND m.description = marker.text
), all_ours AS (
    SELECT array_agg(oid) AS oids FROM ours
), here AS (
    SELECT oid, datdba, datacl FROM pg_database WHERE datname = current_database()
), seeds AS (
    SELECT c.oid
    FROM unnest($2::text[], $3::text[]) AS named (schema, name)
    JOIN pg_namespace AS n ON n.nspname = named.schema
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = named.name
    UNION
    -- What an earlier apply granted or guarded, though no document names it any more. `pg_shdepend` knows that, too,
    -- but by one row for each column and role; columns with the same privileges are looked at once.
    SELECT unnest(alike.relations)
    FROM all_ours, (SELECT attacl, array_agg(attrelid) FROM pg_attribute WHERE attacl IS NOT NULL GROUP BY attacl) AS alike (acl, relations)
    WHERE EXISTS (SELECT FROM aclexplode(alike.acl) AS held
                  WHERE held.grantee = ANY (all_ours.oids) OR held.grantor = ANY (all_ours.oids))
    UNION
    SELECT c.oid
    FROM all_ours, pg_class AS c
    WHERE c.relowner = ANY (all_ours.oids)
        OR c.relacl IS NOT NULL AND EXISTS (SELECT FROM aclexplode(c.relacl) AS held
                                            WHERE held.grantee = ANY (all_ours.oids) OR held.grantor = ANY (all_ours.oids))
    UNION
    SELECT p.polrelid
    FROM marker, pg_policy AS p
    JOIN pg_description AS m ON m.classoid = 'pg_policy'::regclass AND m.objoid = p.oid
    WHERE m.description = marker.text
    UNION
    -- USAGE on a schema opens what PUBLIC may do in it, be it given to our roles or to PUBLIC itself.
    SELECT c.oid
    FROM pg_namespace AS n JOIN pg_class AS c ON c.relnamespace = n.oid
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND (n.nspname = ANY ($2::text[]) OR has_schema_privilege('public', n.oid, 'USAGE')) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND (EXISTS (SELECT FROM aclexplode(c.relacl) AS held WHERE held.grantee = 0)
            OR EXISTS (SELECT FROM pg_attribute AS a, aclexplode(a.attacl) AS held
                       WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL AND held.grantee = 0))
), family AS (
    SELECT oid FROM seeds
    UNION
    SELECT near.oid
    FROM family, LATERAL (
        SELECT i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = family.oid
        UNION ALL
        SELECT i.inhparent FROM pg_inherits AS i WHERE i.inhrelid = family.oid
        UNION ALL
        SELECT r.ev_class
        FROM pg_depend AS d JOIN pg_rewrite AS r ON r.oid = d.objid
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = family.oid
    ) AS near (oid)
)
SELECT json_build_object(
    'version', current_setting('server_version_num')::int,
    'database', current_database(),
    'system_identifier', (SELECT system_identifier::text FROM pg_control_system()),
    'database_owner', (SELECT datdba::int8 FROM here),
    'database_acl', (SELECT json_agg(json_build_array(held.grantee::int8, held.privilege_type || CASE WHEN held.is_grantable THEN '*' ELSE '' END))
                     FROM here, aclexplode(coalesce(here.datacl, acldefault('d', here.datdba))) AS held
                     WHERE held.grantee <> here.datdba),
    'roles', (
        SELECT json_agg(json_build_object(
            'oid', r.oid::int8, 'name', r.rolname, 'login', r.rolcanlogin, 'inherit', r.rolinherit, 'superuser', r.rolsuper,
            'create_role', r.rolcreaterole, 'create_db', r.rolcreatedb, 'replication', r.rolreplication,
            'bypass_rls', r.rolbypassrls, 'comment', m.description))
        FROM pg_roles AS r
        LEFT JOIN pg_shdescription AS m ON m.classoid = 'pg_authid'::regclass AND m.objoid = r.oid
    ),
    -- Several grantors may have granted the same membership; the options add up. Before 16 there are none.
    'memberships', coalesce((
        SELECT json_agg(json_build_object('role', a.roleid, 'member', a.member, 'inherit', a.inherit, 'set', a.set, 'admin', a.admin))
        FROM (
            SELECT a.roleid::int8, a.member::int8, bool_or(a.admin_option) AS admin,
                bool_or(coalesce((to_jsonb(a) ->> 'inherit_option')::bool, r.rolinherit)) AS inherit,
                bool_or(coalesce((to_jsonb(a) ->> 'set_option')::bool, true)) AS set
            FROM pg_auth_members AS a JOIN pg_roles AS r ON r.oid = a.member
            GROUP BY a.roleid, a.member
        ) AS a
    ), '[]'),
    'settings', coalesce((
        SELECT json_agg(json_build_object('role', s.setrole::int8, 'settings', s.setconfig))
        FROM pg_db_role_setting AS s
        WHERE s.setrole <> 0 AND s.setdatabase IN (0, (SELECT oid FROM here))
    ), '[]'),
    'schemas', coalesce((
        SELECT json_agg(json_build_object(
            'oid', n.oid::int8, 'name', n.nspname, 'owner', n.nspowner::int8, 'comment', m.description,
            'control', (SELECT count(*) = 2 FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relname IN ('signing_key', 'sign_in_link')),
            'acl', (SELECT json_agg(json_build_array(held.grantee::int8, held.privilege_type || CASE WHEN held.is_grantable THEN '*' ELSE '' END))
                    FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS held
                    WHERE held.grantee <> n.nspowner)))
        FROM pg_namespace AS n
        LEFT JOIN pg_description AS m ON m.classoid = 'pg_namespace'::regclass AND m.objoid = n.oid
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ), '[]'),
    -- Of what only its owner is given there is nothing to tell.
    'defaults', coalesce((
        SELECT json_agg(json_build_object('maker', d.maker, 'schema', d.schema, 'of', d.of, 'acl', d.acl) ORDER BY d.maker, d.schema, d.of)
        FROM (
            SELECT d.defaclrole::int8 AS maker, n.nspname AS schema, d.defaclobjtype::text AS of,
                json_agg(json_build_array(held.grantee::int8, held.privilege_type || CASE WHEN held.is_grantable THEN '*' ELSE '' END)) AS acl
            FROM pg_default_acl AS d LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) AS held
            WHERE held.grantee <> d.defaclrole AND d.defaclobjtype IN ('r', 'S', 'f')
            GROUP BY d.defaclrole, n.nspname, d.defaclobjtype
        ) AS d
    ), '[]'),
    'relations', coalesce((
        SELECT json_agg(c.oid::int8)
        FROM family JOIN pg_class AS c ON c.oid = family.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_'
            AND n.nspname NOT IN ('information_schema', $4)
    ), '[]'),
    'control_tables', coalesce((
        SELECT json_agg(c.relname)
        FROM pg_namespace AS n JOIN pg_class AS c ON c.relnamespace = n.oid
        WHERE n.nspname = $4 AND c.relkind = 'r'
    ), '[]')
)::text
