
DECLARE
    -- The arguments: object; key columns.
    key_columns text[] := ARRAY(SELECT jsonb_array_elements_text(TG_ARGV[1]::jsonb));
    whole jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
    WITH gone AS (
        DELETE FROM {schema}.attachment AS a WHERE a.object = TG_ARGV[0] AND a.row_key =
            ARRAY(SELECT whole ->> k.name FROM unnest(key_columns) WITH ORDINALITY AS k (name, place) ORDER BY k.place)
        RETURNING a.storage
    )
    INSERT INTO {schema}.attachment_remains (storage) SELECT g.storage FROM gone AS g;
    RETURN NULL;
END
