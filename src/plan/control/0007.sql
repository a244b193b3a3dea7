-- The documents that were applied, as they were read: by them the next plan says who gains and loses what, and a rollback
-- knows what to apply again. The newest are those of the last receipt, unless that was written without them.
CREATE TABLE {schema}.applied_state (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user,
    receipt bigint,
    portalctl text NOT NULL,
    spec_hash text NOT NULL,
    environment text,
    git_commit text,
    documents jsonb NOT NULL CHECK (jsonb_typeof(documents) = 'object')
);
