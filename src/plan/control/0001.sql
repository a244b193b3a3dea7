CREATE TABLE {schema}.meta (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    project text NOT NULL,
    version integer NOT NULL
);

-- HMAC-SHA256 keeps the two padded keys, so that a verification is four hashes and no more.
CREATE TABLE {schema}.signing_key (
    kid text PRIMARY KEY CHECK (kid ~ '^[0-9a-f]{8}$'),
    inner_key bytea NOT NULL CHECK (length(inner_key) = 64),
    outer_key bytea NOT NULL CHECK (length(outer_key) = 64),
    created_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz
);

-- What the mask `hash` is keyed with, in the form of a signing key. It never changes: equal values are to stay alike.
CREATE TABLE {schema}.mask_key (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    inner_key bytea NOT NULL CHECK (length(inner_key) = 64),
    outer_key bytea NOT NULL CHECK (length(outer_key) = 64)
);

-- Tenants of documents, CSV files and the command line; for tenants that live in a business table
-- (origin `table`) only what that table does not know.
CREATE TABLE {schema}.tenant (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_kind text NOT NULL DEFAULT '',
    key text NOT NULL CHECK (key <> ''),
    name text NOT NULL,
    title text NOT NULL,
    keys jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(keys) = 'object'),
    parent_key text,
    tier text,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    origin text NOT NULL CHECK (origin IN ('spec', 'command', 'table')),
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_kind, key)
);
CREATE UNIQUE INDEX tenant_name ON {schema}.tenant (name) WHERE origin <> 'table';
CREATE INDEX tenant_parent ON {schema}.tenant (tenant_kind, parent_key);

-- One who signs in. `source` names the business table a person lives in, `source_key` the row
-- there; people who live here have the empty source and their e-mail as key.
CREATE TABLE {schema}.app_user (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    source text NOT NULL DEFAULT '',
    source_key text NOT NULL,
    email text NOT NULL CHECK (email = lower(email)),
    title text,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (source, source_key),
    CHECK (source <> '' OR source_key = email)
);

-- Places of people who live here. Staff have no tenant: both columns are empty text.
CREATE TABLE {schema}.membership (
    user_id uuid NOT NULL REFERENCES {schema}.app_user ON DELETE CASCADE,
    portal text NOT NULL,
    audience text NOT NULL,
    tenant_kind text NOT NULL DEFAULT '',
    tenant_key text NOT NULL DEFAULT '',
    keys jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(keys) = 'object'),
    origin text NOT NULL CHECK (origin IN ('spec', 'command')),
    valid_from timestamptz NOT NULL DEFAULT '-infinity',
    valid_until timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (user_id, portal, audience, tenant_kind, tenant_key)
);
CREATE INDEX membership_tenant ON {schema}.membership (tenant_kind, tenant_key);

CREATE TABLE {schema}.sign_in_link (
    secret_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES {schema}.app_user ON DELETE CASCADE,
    portal text NOT NULL,
    audience text NOT NULL,
    tenant_kind text NOT NULL,
    tenant_key text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX sign_in_link_expiry ON {schema}.sign_in_link (expires_at);

CREATE TABLE {schema}.session (
    secret_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES {schema}.app_user ON DELETE CASCADE,
    portal text NOT NULL,
    audience text NOT NULL,
    tenant_kind text NOT NULL,
    tenant_key text NOT NULL,
    csrf text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    idle interval NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_by_user ON {schema}.session (user_id);
CREATE INDEX session_by_expiry ON {schema}.session (expires_at);

-- A row given to a tenant or to a user; `row_key` is the row's key in the text of its columns' types.
CREATE TABLE {schema}.share (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    object text NOT NULL,
    row_key text[] NOT NULL,
    tenant_kind text,
    tenant_key text,
    user_key_name text,
    user_key text,
    expires_at timestamptz NOT NULL DEFAULT 'infinity',
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((tenant_key IS NULL) = (tenant_kind IS NULL)),
    CHECK ((user_key IS NULL) = (user_key_name IS NULL)),
    CHECK ((tenant_key IS NULL) <> (user_key IS NULL))
);
CREATE INDEX share_tenant ON {schema}.share (object, tenant_kind, tenant_key);
CREATE INDEX share_user ON {schema}.share (object, user_key_name, user_key);

-- Somebody is named for a row.
CREATE TABLE {schema}.assignment (
    object text NOT NULL,
    row_key text[] NOT NULL,
    user_key_name text NOT NULL,
    user_key text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (object, user_key_name, user_key, row_key)
);

CREATE TABLE {schema}.audit_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    -- Of changed rows: as whom, whose row it is, and of a change the columns that differ.
    persona text,
    tenant_kind text,
    tenant_key text,
    object text,
    row_key text[],
    before jsonb,
    after jsonb
);
CREATE INDEX audit_event_tenant ON {schema}.audit_event (tenant_kind, tenant_key, id) WHERE object IS NOT NULL;
CREATE INDEX audit_event_tenants ON {schema}.audit_event USING gin ((detail -> 'tenants')) WHERE detail ? 'tenants';
CREATE INDEX audit_event_row ON {schema}.audit_event (object, row_key, id) WHERE object IS NOT NULL;

-- Writes that wait for another system. `before` and `after` hold exposed fields by their names, and are emptied once
-- the other system has them: a second copy of people's data is kept no longer than it is needed.
CREATE TABLE {schema}.outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    system text NOT NULL,
    object text NOT NULL,
    row_key text[] NOT NULL,
    action text NOT NULL CHECK (action IN ('insert', 'update', 'delete')),
    before jsonb,
    after jsonb,
    persona text,
    actor text NOT NULL,
    tenant_kind text NOT NULL,
    tenant_key text NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed', 'conflict')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_error text,
    delivered_at timestamptz,
    idempotency_key uuid NOT NULL DEFAULT gen_random_uuid()
);
CREATE INDEX outbox_waiting ON {schema}.outbox (id) WHERE state = 'pending';
CREATE INDEX outbox_row ON {schema}.outbox (object, row_key, id);

-- Files of rows. Their bytes lie outside of the database, under a name that is made here and tells nothing.
CREATE TABLE {schema}.attachment (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    object text NOT NULL,
    row_key text[] NOT NULL,
    -- Whose row it was: every tenant that it reached. To one of them the row must still belong.
    tenants jsonb NOT NULL CHECK (jsonb_typeof(tenants) = 'array'),
    tenant_kind text NOT NULL,
    tenant_key text NOT NULL,
    -- No path, nothing that hides or turns round what is read.
    name text NOT NULL CHECK (name <> '' AND length(name) <= 200
        AND name !~ '[[:cntrl:]/\\\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF]'),
    media_type text NOT NULL CHECK (media_type ~ '^[a-z0-9._+-]+/[a-z0-9._+-]+$'),
    bytes bigint NOT NULL CHECK (bytes > 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    storage text NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
    uploaded_by text NOT NULL,
    persona text NOT NULL,
    state text NOT NULL CHECK (state IN ('unscanned', 'clean')),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX attachment_row ON {schema}.attachment (object, row_key, at);
CREATE INDEX attachment_tenant ON {schema}.attachment (object, tenant_kind, tenant_key) INCLUDE (bytes);

-- Bytes that belong to nothing any more, until they are removed as well.
CREATE TABLE {schema}.attachment_remains (
    storage text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE {schema}.receipt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user,
    spec_hash text NOT NULL,
    live_hash text NOT NULL,
    changes integer NOT NULL
);

-- What became of a form that somebody sent: sent once more, it is answered and not done again. The key
-- holds who sent it, so that an id in other hands finds nothing.
CREATE TABLE {schema}.submission (
    key bytea PRIMARY KEY,
    outcome text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX submission_by_time ON {schema}.submission (created_at);

INSERT INTO {schema}.meta (project, version) VALUES ({project}, 1);

WITH fresh AS MATERIALIZED (
    SELECT purpose, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) AS key
    FROM unnest(ARRAY['sign', 'mask']) AS purpose
), padded AS (
    SELECT purpose, key || decode(repeat('00', 32), 'hex') AS key FROM fresh
), bytes AS (
    SELECT purpose, n, get_byte(key, n) AS byte FROM padded, generate_series(0, 63) AS n
), keys AS (
    SELECT purpose,
        decode(string_agg(lpad(to_hex(byte # 54), 2, '0'), '' ORDER BY n), 'hex') AS inner_key,
        decode(string_agg(lpad(to_hex(byte # 92), 2, '0'), '' ORDER BY n), 'hex') AS outer_key
    FROM bytes GROUP BY purpose
), masking AS (
    INSERT INTO {schema}.mask_key (inner_key, outer_key) SELECT inner_key, outer_key FROM keys WHERE purpose = 'mask'
)
INSERT INTO {schema}.signing_key (kid, inner_key, outer_key)
SELECT left(replace(gen_random_uuid()::text, '-', ''), 8), inner_key, outer_key FROM keys WHERE purpose = 'sign';

-- Every row policy reads this one row: without statistics the planner takes the index for it, which costs more.
ANALYZE {schema}.signing_key;

GRANT INSERT, DELETE ON {schema}.share TO {lookup};
GRANT SELECT ON {schema}.mask_key, {schema}.tenant, {schema}.share, {schema}.assignment, {schema}.app_user, {schema}.membership TO {lookup};
-- What is told of it, `activity` and its like decide.
GRANT SELECT, INSERT ON {schema}.audit_event TO {lookup};
GRANT SELECT, INSERT, DELETE ON {schema}.attachment TO {lookup};
GRANT INSERT ON {schema}.attachment_remains TO {lookup};
