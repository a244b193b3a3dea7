-- Who asked to be let in, and what became of it. One who asks twice waits once.
CREATE TABLE {schema}.registration (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    portal text NOT NULL,
    audience text NOT NULL,
    tenant_kind text NOT NULL,
    email text NOT NULL CHECK (email = lower(email)),
    details jsonb NOT NULL CHECK (jsonb_typeof(details) = 'object'),
    state text NOT NULL CHECK (state IN ('waiting', 'repeated', 'approved', 'rejected')),
    tenant_key text,
    decided_at timestamptz,
    decided_by text,
    note text
);
CREATE UNIQUE INDEX registration_waiting ON {schema}.registration (portal, email) WHERE state = 'waiting';

-- How often something was done of late, and by whom: a keyed hash of a network or of an address, never either of them.
CREATE TABLE {schema}.attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    what text NOT NULL,
    who bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX attempt_of ON {schema}.attempt (what, who, at);
CREATE INDEX attempt_by_time ON {schema}.attempt (at);

-- Tenants that came with somebody who was let in.
ALTER TABLE {schema}.tenant
    DROP CONSTRAINT tenant_origin_check,
    ADD CONSTRAINT tenant_origin_check CHECK (origin IN ('spec', 'command', 'table', 'registration'));
