-- Whose rows somebody sees who sees those of their people, where no table of the business says it.
ALTER TABLE {schema}.app_user ADD COLUMN reports_to uuid REFERENCES {schema}.app_user ON DELETE SET NULL;
CREATE INDEX app_user_reports_to ON {schema}.app_user (reports_to);
CREATE INDEX membership_keys ON {schema}.membership USING gin (keys jsonb_path_ops);

-- Sample rows are put in once: by the cast that they name, and the module; an empty module is the cast itself.
CREATE TABLE {schema}.sample (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cast_name text NOT NULL,
    module text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (cast_name, module)
);
