-- The tables of the business. $1 the schemas that are asked for, empty for all; $2 the control schema.
WITH RECURSIVE business AS (
    SELECT n.oid, n.nspname
    FROM pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', $2)
        AND (SELECT count(*) < 2 FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relname IN ('signing_key', 'sign_in_link'))
), every AS (
    SELECT c.*, business.nspname, obj_description(c.oid, 'pg_class') AS comment,
        (SELECT e.extname FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
         LIMIT 1) AS extension
    FROM business JOIN pg_class AS c ON c.relnamespace = business.oid
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
), asked AS (
    SELECT * FROM every WHERE cardinality($1::text[]) = 0 OR nspname = ANY ($1::text[])
), taken AS (
    SELECT * FROM asked
    WHERE extension IS NULL AND NOT relispartition AND coalesce(comment, '') !~ '^portalctl project='
), base AS (
    SELECT t.oid AS declared, t.oid AS reached, t.typtype, t.typbasetype, t.typtypmod AS modifier, t.typnotnull AS not_null, false AS is_domain
    FROM pg_type AS t
    WHERE t.oid IN (SELECT a.atttypid FROM taken JOIN pg_attribute AS a ON a.attrelid = taken.oid AND a.attnum > 0)
    UNION ALL
    SELECT base.declared, t.oid, t.typtype, t.typbasetype,
        CASE WHEN base.modifier >= 0 THEN base.modifier ELSE t.typtypmod END, base.not_null OR t.typnotnull, true
    FROM base JOIN pg_type AS t ON t.oid = base.typbasetype
    WHERE base.typtype = 'd'
), domain_check AS (
    SELECT base.declared, pg_get_constraintdef(k.oid) AS text
    FROM base JOIN pg_constraint AS k ON k.contypid = base.reached AND base.typtype = 'd' AND k.contype = 'c'
), size AS (
    -- What was never analysed is estimated from its pages; a partitioned table is as large as its partitions.
    SELECT taken.oid, sum(CASE WHEN leaf.reltuples >= 0 THEN leaf.reltuples::int8 ELSE pg_relation_size(leaf.oid) / 100 END)::int8 AS rows
    FROM taken
    CROSS JOIN LATERAL (
        SELECT taken.oid WHERE taken.relkind IN ('r', 'm')
        UNION ALL
        SELECT tree.relid FROM pg_partition_tree(taken.oid) AS tree WHERE taken.relkind = 'p' AND tree.isleaf
    ) AS part (oid)
    JOIN pg_class AS leaf ON leaf.oid = part.oid AND leaf.relkind IN ('r', 'm')
    GROUP BY taken.oid
)
SELECT json_build_object(
    'database', current_database(),
    'elsewhere', coalesce((
        SELECT json_agg(json_build_array(nspname, tables))
        FROM (SELECT nspname, count(*) AS tables FROM every
              WHERE extension IS NULL AND NOT relispartition AND oid NOT IN (SELECT oid FROM asked)
              GROUP BY nspname ORDER BY nspname) AS other
    ), '[]'),
    'passed_over', coalesce((
        SELECT json_agg(json_build_object('schema', asked.nspname, 'name', asked.relname, 'extension', asked.extension,
            'parent_schema', n.nspname, 'parent', parent.relname) ORDER BY asked.nspname, asked.relname)
        FROM asked
        LEFT JOIN pg_inherits AS i ON i.inhrelid = asked.oid AND asked.relispartition
        LEFT JOIN pg_class AS parent ON parent.oid = i.inhparent
        LEFT JOIN pg_namespace AS n ON n.oid = parent.relnamespace
        WHERE asked.oid NOT IN (SELECT oid FROM taken)
    ), '[]'),
    'relations', coalesce((
        SELECT json_agg(json_build_object(
            'oid', c.oid::int8, 'schema', c.nspname, 'name', c.relname, 'kind', c.relkind, 'comment', c.comment,
            'owner', pg_get_userbyid(c.relowner),
            'inherits', coalesce((
                SELECT json_agg(json_build_array(n.nspname, above.relname) ORDER BY i.inhseqno)
                FROM pg_inherits AS i JOIN pg_class AS above ON above.oid = i.inhparent JOIN pg_namespace AS n ON n.oid = above.relnamespace
                WHERE i.inhrelid = c.oid
            ), '[]'),
            'partitions', (SELECT count(*) FROM pg_partition_tree(c.oid) AS tree WHERE c.relkind = 'p' AND tree.isleaf),
            'reads', coalesce((
                SELECT json_agg(DISTINCT jsonb_build_array(n.nspname, below.relname))
                FROM pg_rewrite AS r
                JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
                JOIN pg_class AS below ON below.oid = d.refobjid JOIN pg_namespace AS n ON n.oid = below.relnamespace
                WHERE r.ev_class = c.oid
            ), '[]'),
            'row_security', c.relrowsecurity, 'hides_rows', row_security_active(c.oid),
            'readable', has_schema_privilege(c.relnamespace, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'),
            'estimate', size.rows,
            'unique', coalesce((
                SELECT json_agg(x.columns ORDER BY x.name) FROM (
                    SELECT ix.relname AS name, array_agg(a.attname::text ORDER BY at.place) AS columns
                    FROM pg_index AS i JOIN pg_class AS ix ON ix.oid = i.indexrelid
                    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS at (number, place)
                    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = at.number
                    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
                        AND at.place <= i.indnkeyatts
                    GROUP BY ix.relname) AS x
            ), '[]'),
            'privileges', coalesce((
                SELECT json_agg(json_build_object('grantee', held.grantee, 'privilege', held.privilege, 'columns', held.columns)
                                ORDER BY held.grantee, held.privilege)
                FROM (
                    SELECT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(acl.grantee) END AS grantee,
                        acl.privilege_type AS privilege, '{}'::text[] AS columns
                    FROM aclexplode(c.relacl) AS acl WHERE acl.grantee <> c.relowner
                    UNION
                    SELECT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(acl.grantee) END,
                        acl.privilege_type, array_agg(DISTINCT a.attname::text)
                    FROM pg_attribute AS a, aclexplode(a.attacl) AS acl
                    WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped AND acl.grantee <> c.relowner
                    GROUP BY acl.grantee, acl.privilege_type
                ) AS held
                WHERE NOT EXISTS (
                    SELECT FROM pg_roles AS r
                    JOIN pg_shdescription AS m ON m.classoid = 'pg_authid'::regclass AND m.objoid = r.oid
                    WHERE r.rolname = held.grantee AND m.description ~ '^portalctl project=')
            ), '[]'),
            'policies', coalesce((
                SELECT json_agg(json_build_object(
                    'name', p.polname, 'permissive', p.polpermissive,
                    'command', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                    'roles', (SELECT json_agg(CASE member WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(member) END) FROM unnest(p.polroles) AS member),
                    'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)) ORDER BY p.polname)
                FROM pg_policy AS p
                WHERE p.polrelid = c.oid AND coalesce(obj_description(p.oid, 'pg_policy'), '') !~ '^portalctl project='
            ), '[]')))
        FROM taken AS c LEFT JOIN size ON size.oid = c.oid
    ), '[]'),
    'columns', coalesce((
        SELECT json_agg(json_build_object(
            'relation', a.attrelid::int8, 'name', a.attname,
            'display_type', format_type(a.atttypid, a.atttypmod), 'base_type', t.typname,
            'base_display', format_type(t.oid, CASE WHEN base.is_domain THEN base.modifier ELSE a.atttypmod END),
            'category', t.typcategory, 'is_domain', base.is_domain,
            'labels', coalesce((SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid), '[]'),
            'checks', coalesce((
                SELECT json_agg(one.text ORDER BY one.text) FROM (
                    SELECT pg_get_constraintdef(k.oid) AS text FROM pg_constraint AS k
                    WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
                    UNION
                    SELECT domain_check.text FROM domain_check WHERE domain_check.declared = a.atttypid) AS one
            ), '[]'),
            'not_null', a.attnotnull OR base.not_null,
            'has_default', a.attidentity <> '' OR (a.atthasdef AND a.attgenerated = ''),
            'computed', CASE WHEN a.attgenerated <> '' THEN (
                SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END,
            'identity', a.attidentity <> '',
            'comment', col_description(a.attrelid, a.attnum)) ORDER BY a.attrelid, a.attnum)
        FROM taken JOIN pg_attribute AS a ON a.attrelid = taken.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN base ON base.declared = a.atttypid AND base.typtype <> 'd'
        JOIN pg_type AS t ON t.oid = base.reached
    ), '[]'),
    'keys', coalesce((
        SELECT json_agg(json_build_object(
            'relation', k.conrelid::int8, 'kind', k.contype, 'validated', k.convalidated,
            'columns', (SELECT json_agg(a.attname ORDER BY at.place) FROM unnest(k.conkey) WITH ORDINALITY AS at (number, place)
                        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = at.number),
            'references_schema', n.nspname, 'references_name', target.relname,
            'referenced', (SELECT json_agg(a.attname ORDER BY at.place) FROM unnest(k.confkey) WITH ORDINALITY AS at (number, place)
                           JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = at.number)) ORDER BY k.conrelid, k.conkey, k.conname)
        FROM taken JOIN pg_constraint AS k ON k.conrelid = taken.oid AND k.contype IN ('p', 'f')
        LEFT JOIN pg_class AS target ON target.oid = k.confrelid
        LEFT JOIN pg_namespace AS n ON n.oid = target.relnamespace
        -- One for each partition that the key leads to would say the same again.
        WHERE k.contype = 'p' OR NOT coalesce(target.relispartition, false)
    ), '[]')
)::text
