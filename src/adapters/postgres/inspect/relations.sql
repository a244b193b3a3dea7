-- Everything about the relations in $1, and the functions: all of the control schema $2 and every
-- SECURITY DEFINER function elsewhere. $3 is the comment that marks our roles: what one of them passed on goes with its
-- right to do so, and is nobody's privilege here.
WITH RECURSIVE ours AS (
    SELECT coalesce(array_agg(m.objoid), '{}') AS oids FROM pg_shdescription AS m
    WHERE m.classoid = 'pg_authid'::regclass AND m.description = $3
), managed AS (
    SELECT m.objoid AS oid FROM pg_description AS m
    WHERE m.classoid = 'pg_class'::regclass AND m.objsubid = 0 AND m.description = $3 AND m.objoid = ANY ($1::oid[])
), edges AS (
    SELECT r.ev_class AS view, d.refobjid AS reads
    FROM pg_rewrite AS r
    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
    WHERE r.ev_class = ANY ($1::oid[])
    UNION
    SELECT r.ev_class, d.refobjid
    FROM edges
    JOIN pg_rewrite AS r ON r.ev_class = edges.reads
    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
), below AS (
    -- Of the control schema: through its own views down to what is not in it.
    SELECT v.oid AS view, d.refobjid AS reads
    FROM pg_namespace AS n JOIN pg_class AS v ON v.relnamespace = n.oid AND v.relkind = 'v'
    JOIN pg_rewrite AS r ON r.ev_class = v.oid
    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
    WHERE n.nspname = $2
    UNION
    SELECT below.view, d.refobjid
    FROM below
    JOIN pg_class AS v ON v.oid = below.reads AND v.relkind = 'v'
    JOIN pg_namespace AS n ON n.oid = v.relnamespace AND n.nspname = $2
    JOIN pg_rewrite AS r ON r.ev_class = v.oid
    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
), base AS (
    -- A domain, or a domain over a domain, is the type below it; an array of domains the array of that type.
    SELECT t.oid AS declared, t.oid AS reached, t.typtype, t.typbasetype, t.typnotnull AS not_null
    FROM pg_type AS t
    WHERE t.oid IN (SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0)
    UNION ALL
    SELECT base.declared, t.oid, t.typtype, t.typbasetype, base.not_null OR t.typnotnull
    FROM base JOIN pg_type AS t ON t.oid = base.typbasetype
    WHERE base.typtype = 'd'
), element AS (
    SELECT t.oid AS array_type, t.typelem AS reached, e.typtype, e.typbasetype
    FROM base JOIN pg_type AS t ON t.oid = base.reached AND t.typtype = 'b' AND t.typcategory = 'A'
    JOIN pg_type AS e ON e.oid = t.typelem AND e.typtype = 'd'
    UNION
    SELECT element.array_type, t.oid, t.typtype, t.typbasetype
    FROM element JOIN pg_type AS t ON t.oid = element.typbasetype
    WHERE element.typtype = 'd'
), cast_type AS (
    SELECT base.declared, base.not_null, t.typcategory,
        quote_ident(n.nspname) || '.'
            || CASE WHEN t.typname ~ '^[a-z_][a-z0-9_]*$' THEN t.typname::text ELSE quote_ident(t.typname) END AS name
    FROM base
    LEFT JOIN element ON element.array_type = base.reached AND element.typtype <> 'd'
    LEFT JOIN pg_type AS plain ON plain.oid = element.reached
    JOIN pg_type AS t ON t.oid = coalesce(plain.typarray, base.reached)
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE base.typtype <> 'd'
), column_acl AS (
    -- Columns of one persona or many mostly have the same privileges, so each list of them travels once.
    -- Those of our tables are given by the tables' owner, which is one of our roles.
    SELECT alike.acl, alike.owner, row_number() OVER () - 1 AS number
    FROM (SELECT DISTINCT a.attacl AS acl, c.relowner AS owner
          FROM pg_attribute AS a
          LEFT JOIN managed ON managed.oid = a.attrelid LEFT JOIN pg_class AS c ON c.oid = managed.oid
          WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND a.attacl IS NOT NULL) AS alike
)
SELECT json_build_object(
    -- Sequences by which rows of our tables are numbered.
    'owned', coalesce((
        SELECT json_agg(json_build_object(
            'relation', d.refobjid::int8, 'number', d.refobjsubid, 'schema', n.nspname, 'name', s.relname, 'owner', s.relowner::int8,
            'acl', (SELECT json_agg(json_build_array(held.grantee::int8, held.privilege_type))
                    FROM aclexplode(s.relacl) AS held WHERE held.grantee <> s.relowner)))
        FROM pg_depend AS d
        JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
        JOIN pg_namespace AS n ON n.oid = s.relnamespace
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
            AND d.refobjid IN (SELECT oid FROM managed)
            AND obj_description(s.oid, 'pg_class') = $3
    ), '[]'),
    'relations', coalesce((
        SELECT json_agg(json_build_object(
            'oid', c.oid::int8, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'partition', c.relispartition,
            'owner', c.relowner::int8, 'ours', managed.oid IS NOT NULL, 'comment', obj_description(c.oid, 'pg_class'),
            'rows', CASE WHEN c.relkind = 'p' THEN (
                SELECT coalesce(sum(greatest(leaf.reltuples, 0)), 0)::int8
                FROM pg_partition_tree(c.oid) AS part JOIN pg_class AS leaf ON leaf.oid = part.relid WHERE part.isleaf)
                ELSE greatest(c.reltuples, 0)::int8 END,
            'row_security', c.relrowsecurity, 'force_row_security', c.relforcerowsecurity,
            'security_invoker', coalesce((
                SELECT option.option_value::bool FROM pg_options_to_table(c.reloptions) AS option
                WHERE option.option_name = 'security_invoker'), false),
            'acl', (SELECT json_agg(json_build_array(held.grantee::int8, held.privilege_type || CASE WHEN held.is_grantable THEN '*' ELSE '' END))
                    FROM ours, aclexplode(c.relacl) AS held
                    WHERE held.grantee <> c.relowner AND (held.grantor = c.relowner OR held.grantor <> ALL (ours.oids)))))
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN managed ON managed.oid = c.oid
        WHERE c.oid = ANY ($1::oid[])
    ), '[]'),
    'columns', coalesce((
        SELECT json_agg(json_build_object(
            'relation', a.attrelid::int8, 'number', a.attnum, 'name', a.attname,
            'display_type', format_type(a.atttypid, a.atttypmod), 'cast_type', cast_type.name,
            'category', cast_type.typcategory, 'not_null', a.attnotnull OR cast_type.not_null,
            'generated', a.attgenerated <> '',
            'has_default', a.attidentity <> '' OR (a.atthasdef AND a.attgenerated = ''),
            'acl', column_acl.number,
            'make', CASE WHEN managed.oid IS NOT NULL THEN json_build_object(
                'default', (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum),
                'identity', a.attidentity <> '',
                'ours', coalesce(col_description(a.attrelid, a.attnum) = $3, false)) END))
        FROM pg_attribute AS a LEFT JOIN managed ON managed.oid = a.attrelid
        JOIN cast_type ON cast_type.declared = a.atttypid
        LEFT JOIN pg_class AS c ON c.oid = managed.oid
        LEFT JOIN column_acl ON column_acl.acl = a.attacl AND column_acl.owner IS NOT DISTINCT FROM c.relowner
        WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    ), '[]'),
    'column_acls', coalesce((
        SELECT json_agg((
            SELECT coalesce(json_agg(json_build_array(held.grantee::int8, held.privilege_type || CASE WHEN held.is_grantable THEN '*' ELSE '' END)), '[]')
            FROM ours, aclexplode(column_acl.acl) AS held
            WHERE held.grantor = column_acl.owner OR held.grantor <> ALL (ours.oids)) ORDER BY column_acl.number)
        FROM column_acl
    ), '[]'),
    'policies', coalesce((
        SELECT json_agg(json_build_object(
            'relation', p.polrelid::int8, 'name', p.polname, 'command', p.polcmd, 'permissive', p.polpermissive,
            'roles', p.polroles::int8[], 'using', pg_get_expr(p.polqual, p.polrelid),
            'check', pg_get_expr(p.polwithcheck, p.polrelid), 'comment', m.description))
        FROM pg_policy AS p
        LEFT JOIN pg_description AS m ON m.classoid = 'pg_policy'::regclass AND m.objoid = p.oid
        WHERE p.polrelid = ANY ($1::oid[])
    ), '[]'),
    'keys', coalesce((
        SELECT json_agg(json_build_object(
            'relation', k.conrelid::int8, 'kind', k.contype, 'name', k.conname, 'columns', k.conkey, 'validated', k.convalidated,
            'references', nullif(k.confrelid, 0)::int8, 'references_schema', n.nspname, 'references_name', c.relname,
            'check', CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END,
            'ours', managed.oid IS NOT NULL AND coalesce(obj_description(k.oid, 'pg_constraint') = $3, false),
            'referenced', (SELECT json_agg(a.attname ORDER BY at.place)
                           FROM unnest(k.confkey) WITH ORDINALITY AS at (number, place)
                           JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = at.number))
            ORDER BY k.conrelid, k.conname)
        FROM pg_constraint AS k LEFT JOIN managed ON managed.oid = k.conrelid
        LEFT JOIN pg_class AS c ON c.oid = k.confrelid
        LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE k.conrelid = ANY ($1::oid[]) AND (k.contype IN ('p', 'f') OR k.contype = 'c' AND managed.oid IS NOT NULL)
    ), '[]'),
    -- Also of tables that no document names: their rows go with those of the ones that are.
    'dependents', coalesce((
        SELECT json_agg(json_build_object(
            'relation', k.confrelid::int8, 'schema', n.nspname, 'name', c.relname, 'on_delete', k.confdeltype))
        FROM pg_constraint AS k
        JOIN pg_class AS c ON c.oid = k.conrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE k.confrelid = ANY ($1::oid[]) AND k.contype = 'f' AND k.conparentid = 0 AND k.confdeltype IN ('c', 'n', 'd')
    ), '[]'),
    'indexes', coalesce((
        SELECT json_agg(json_build_object(
            'relation', i.indrelid::int8, 'columns', (i.indkey::int2[])[0:i.indnkeyatts - 1],
            'unique', i.indisunique, 'partial', i.indpred IS NOT NULL, 'name', x.relname,
            'down', (SELECT json_agg(option & 1 = 1) FROM unnest((i.indoption::int2[])[0:i.indnkeyatts - 1]) AS option),
            'ours', managed.oid IS NOT NULL AND coalesce(obj_description(i.indexrelid, 'pg_class') = $3, false)) ORDER BY i.indrelid, i.indexrelid)
        FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid LEFT JOIN managed ON managed.oid = i.indrelid
        WHERE i.indrelid = ANY ($1::oid[]) AND i.indisvalid AND i.indisready
    ), '[]'),
    'triggers', coalesce((
        SELECT json_agg(json_build_object(
            'relation', t.tgrelid::int8, 'name', t.tgname, 'type', t.tgtype, 'enabled', t.tgenabled <> 'D',
            'function_schema', n.nspname, 'function_name', p.proname,
            -- As the catalog shows them: each ends with a NUL, and what ours hold needs no escape.
            'arguments', to_json((string_to_array(encode(t.tgargs, 'escape'), E'\\000'))[1:t.tgnargs]),
            'condition', CASE WHEN t.tgqual IS NULL THEN NULL WHEN t.tgqual::text LIKE '%{VAR %' THEN 'over rows' ELSE pg_get_expr(t.tgqual, t.tgrelid) END,
            'comment', m.description))
        FROM pg_trigger AS t
        JOIN pg_proc AS p ON p.oid = t.tgfoid
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
        LEFT JOIN pg_description AS m ON m.classoid = 'pg_trigger'::regclass AND m.objoid = t.oid
        WHERE t.tgrelid = ANY ($1::oid[]) AND NOT t.tgisinternal AND t.tgparentid = 0
    ), '[]'),
    'sequences', coalesce((
        SELECT json_agg(json_build_object(
            'relation', a.adrelid::int8, 'number', a.adnum, 'schema', n.nspname, 'name', s.relname, 'owner', s.relowner::int8,
            'acl', (SELECT json_agg(json_build_array(held.grantee::int8, held.privilege_type))
                    FROM aclexplode(s.relacl) AS held WHERE held.grantee <> s.relowner)))
        FROM pg_attrdef AS a
        JOIN pg_depend AS d ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid AND d.refclassid = 'pg_class'::regclass
        JOIN pg_class AS s ON s.oid = d.refobjid AND s.relkind = 'S'
        JOIN pg_namespace AS n ON n.oid = s.relnamespace
        WHERE a.adrelid = ANY ($1::oid[])
    ), '[]'),
    'edges', coalesce((
        SELECT json_agg(json_build_object(
            'view', edges.view::int8, 'reads', edges.reads::int8, 'schema', n.nspname, 'name', c.relname))
        FROM edges JOIN pg_class AS c ON c.oid = edges.reads JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ), '[]'),
    'views', coalesce((
        SELECT json_agg(json_build_object(
            'name', c.relname, 'owner', c.relowner::int8, 'query', pg_get_viewdef(c.oid), 'options', c.reloptions,
            'of', coalesce((
                SELECT json_agg(DISTINCT jsonb_build_array(bn.nspname, b.relname))
                FROM below JOIN pg_class AS b ON b.oid = below.reads JOIN pg_namespace AS bn ON bn.oid = b.relnamespace
                WHERE below.view = c.oid AND bn.nspname <> $2), '[]'),
            'over', (SELECT min(b.relname) FROM below JOIN pg_class AS b ON b.oid = below.reads AND b.relkind = 'v'
                     JOIN pg_namespace AS bn ON bn.oid = b.relnamespace WHERE below.view = c.oid AND bn.nspname = $2),
            'columns', (SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum))
                                        ORDER BY a.attnum)
                        FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
            'column_acl', EXISTS (SELECT FROM pg_attribute AS a, aclexplode(a.attacl) AS held
                                  WHERE a.attrelid = c.oid AND held.grantee <> c.relowner),
            'rewritten', EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid)
                OR EXISTS (SELECT FROM pg_rewrite AS r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'),
            'comment', m.description,
            'acl', (SELECT json_agg(json_build_array(held.grantee::int8, held.privilege_type || CASE WHEN held.is_grantable THEN '*' ELSE '' END))
                    FROM aclexplode(c.relacl) AS held WHERE held.grantee <> c.relowner)))
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_description AS m ON m.classoid = 'pg_class'::regclass AND m.objoid = c.oid AND m.objsubid = 0
        WHERE n.nspname = $2 AND c.relkind = 'v'
    ), '[]'),
    'functions', coalesce((
        SELECT json_agg(json_build_object(
            'schema', n.nspname, 'name', p.proname,
            'argument_types', (SELECT coalesce(string_agg(format_type(at.type, NULL), ', ' ORDER BY at.place), '')
                               FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS at (type, place)),
            'arguments', pg_get_function_arguments(p.oid), 'returns', coalesce(pg_get_function_result(p.oid), ''),
            'language', l.lanname, 'volatility', p.provolatile, 'parallel', p.proparallel,
            'security_definer', p.prosecdef, 'owner', p.proowner::int8, 'settings', p.proconfig, 'body', p.prosrc,
            'comment', m.description,
            'acl', (SELECT json_agg(json_build_array(held.grantee::int8, held.privilege_type || CASE WHEN held.is_grantable THEN '*' ELSE '' END))
                    FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS held
                    WHERE held.grantee <> p.proowner)))
        FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
        JOIN pg_language AS l ON l.oid = p.prolang
        LEFT JOIN pg_description AS m ON m.classoid = 'pg_proc'::regclass AND m.objoid = p.oid
        WHERE n.nspname = $2 OR (p.prosecdef AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
    ), '[]')
)::text
