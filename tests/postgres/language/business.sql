-- A business with one of each: what a key, a path to a tenant, a link table or a date can look like.
CREATE SCHEMA biz;
CREATE TYPE biz.kind AS ENUM ('customer', 'partner', 'dormant');
CREATE TYPE biz.stage AS ENUM ('draft', 'open', 'closed');
CREATE DOMAIN biz.erp_no AS varchar(8) CHECK (VALUE ~ '^[A-Z]-[0-9]+$');

CREATE TABLE biz.accounts (
    id integer PRIMARY KEY,
    kind biz.kind NOT NULL,
    erp biz.erp_no UNIQUE,
    parent_id integer,
    tier char(1),
    active boolean NOT NULL DEFAULT true,
    name text NOT NULL
);
INSERT INTO biz.accounts (id, kind, erp, parent_id, tier, active, name) VALUES
    (1, 'customer', 'C-1', NULL, 'G', true, 'one'),
    (2, 'customer', 'C-2', 1, 'S', true, 'two, below one'),
    (3, 'customer', 'C-3', 2, 'B', true, 'three, below two'),
    (4, 'customer', 'C-4', NULL, NULL, true, 'four, without a tier'),
    (5, 'partner', 'P-5', NULL, 'G', true, 'five'),
    (6, 'partner', NULL, 5, 'S', true, 'six, without a number'),
    (7, 'customer', 'C-7', 2, 'G', false, 'seven, closed'),
    (8, 'customer', 'C-8', 7, 'G', true, 'eight, below seven'),
    (9, 'dormant', 'D-9', NULL, 'X', true, 'nine, of no kind');

CREATE TABLE biz.contacts (
    id integer PRIMARY KEY,
    badge uuid UNIQUE,
    account_id integer,
    email text,
    role varchar(10),
    enabled boolean
);
INSERT INTO biz.contacts VALUES
    (11, '00000000-0000-0000-0000-0000000000b1', 1, 'Ann@One.example', 'user', true),
    (12, NULL, 1, 'bob@one.example', 'head', true),
    (13, NULL, 1, 'cut@one.example', 'user', NULL),
    (14, NULL, 1, 'odd@one.example', 'other', true),
    (21, NULL, 2, 'ann@one.example', 'user', true),
    (71, NULL, 7, 'sue@seven.example', 'user', true),
    (91, NULL, NULL, 'nil@nowhere.example', 'user', true);

CREATE TABLE biz.staff (
    code varchar(4) PRIMARY KEY,
    boss varchar(4),
    email text NOT NULL
);
-- AAA leads BBB leads CCC leads DDD; XXX and YYY report to each other.
INSERT INTO biz.staff VALUES
    ('AAA', NULL, 'aaa@biz.example'), ('BBB', 'AAA', 'bbb@biz.example'), ('CCC', 'BBB', 'ccc@biz.example'),
    ('DDD', 'CCC', 'ddd@biz.example'), ('XXX', 'YYY', 'xxx@biz.example'), ('YYY', 'XXX', 'yyy@biz.example');

CREATE TABLE biz.account_team (account_id integer, staff varchar(4));
INSERT INTO biz.account_team VALUES (1, 'BBB'), (3, 'BBB'), (4, 'CCC'), (NULL, 'CCC'), (5, 'DDD'), (100, 'DDD');

CREATE TABLE biz.tickets (
    id bigint PRIMARY KEY,
    account_id integer,
    contact_id integer,
    staff varchar(4),
    stage biz.stage,
    amount numeric(10, 2),
    secret text NOT NULL
);
INSERT INTO biz.tickets VALUES
    (1, 1, 11, 'CCC', 'open', 10, 's1'), (2, 1, 12, 'DDD', 'closed', 20, 's2'), (3, 2, 21, 'BBB', 'open', NULL, 's3'),
    (4, 3, 31, 'AAA', 'draft', 40, 's4'), (5, 4, NULL, NULL, 'open', 50, 's5'), (6, NULL, NULL, 'XXX', NULL, 60, 's6'),
    (7, 8, 11, 'YYY', 'open', 70, 's7'), (8, 100, NULL, NULL, 'open', 80, 's8'), (9, 101, 901, NULL, 'draft', 90, 's9'),
    (10, 102, NULL, NULL, 'closed', 100, 's10');

CREATE TABLE biz.notes (
    id uuid PRIMARY KEY,
    ticket_id bigint,
    public boolean,
    body text NOT NULL
);
INSERT INTO biz.notes
SELECT ('00000000-0000-0000-0000-0000000000' || lpad(n::text, 2, '0'))::uuid, ticket, public, 'note ' || n
FROM (VALUES (1, 1, true), (2, 1, false), (3, 1, NULL), (4, 2, true), (5, 3, true), (6, 7, true), (7, NULL, true), (8, 99, true))
    AS notes (n, ticket, public);

CREATE TABLE biz.shipments (
    depot char(3),
    no smallint,
    carrier_erp varchar(12),
    ticket_id bigint,
    PRIMARY KEY (depot, no)
);
INSERT INTO biz.shipments VALUES
    ('N', 1, 'P-5', 1), ('N', 2, 'P-5', 3), ('N', 3, NULL, 4), ('S', 1, 'P-9', 2), ('S', 2, 'P-5', NULL), ('S', 3, NULL, 7);

CREATE TABLE biz.packages (
    id integer PRIMARY KEY,
    depot char(3),
    no smallint,
    part_sku text,
    packer_id integer
);
INSERT INTO biz.packages VALUES
    (1, 'N', 1, 'bolt', 5), (2, 'N', 1, 'nut', 6), (3, 'N', 2, 'bolt', NULL), (4, 'S', 1, 'gear', 1), (5, 'S', NULL, 'rod', 1),
    (6, NULL, NULL, 'bolt', NULL), (7, 'S', 3, NULL, 6);

CREATE TABLE biz.parts (sku text PRIMARY KEY, name text);
INSERT INTO biz.parts VALUES ('bolt', 'Bolt'), ('nut', 'Nut'), ('gear', 'Gear'), ('rod', 'Rod'), ('spare', 'Spare');

CREATE TABLE biz.contracts (code char(6) PRIMARY KEY, title text);
INSERT INTO biz.contracts VALUES ('K1', 'one'), ('K2', 'two'), ('K3', 'three'), ('K4', 'four');
CREATE TABLE biz.contract_parties (contract char(6), account_id integer, erp text);
INSERT INTO biz.contract_parties VALUES
    ('K1', 1, 'C-1'), ('K1', 2, NULL), ('K2', 3, 'C-2'), ('K3', NULL, 'C-1'), (NULL, 1, 'C-1');

CREATE TABLE biz.sites (id integer PRIMARY KEY, account_id integer);
INSERT INTO biz.sites VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 100), (6, NULL);
CREATE TABLE biz.site_visitors (site_id integer, contact_id integer);
INSERT INTO biz.site_visitors VALUES (1, 11), (3, 11), (2, 12), (NULL, 11), (4, NULL);
CREATE TABLE biz.site_logs (id integer PRIMARY KEY, site_id integer);
INSERT INTO biz.site_logs VALUES (1, 1), (2, 1), (3, 2), (4, 3), (5, NULL);

CREATE TABLE biz.documents (id integer PRIMARY KEY, name text);
INSERT INTO biz.documents SELECT n, 'document ' || n FROM generate_series(1, 9) AS n;
CREATE TABLE biz.document_shares (document_id integer, contact_id integer, until date);
INSERT INTO biz.document_shares VALUES
    (1, 11, NULL), (2, 11, '2026-01-16'), (3, 11, '2026-01-15'), (4, 11, '2026-01-14'), (5, 12, NULL), (6, NULL, NULL), (NULL, 11, NULL);
CREATE TABLE biz.reports (id smallint PRIMARY KEY, name text);
INSERT INTO biz.reports SELECT n, 'report ' || n FROM generate_series(1, 6) AS n;
CREATE TABLE biz.report_shares (report_id smallint, erp varchar(8), until timestamptz);
INSERT INTO biz.report_shares VALUES
    (1, 'C-1', NULL), (2, 'C-1', '2026-01-15 10:00:01+00'), (3, 'C-1', '2026-01-15 10:00:00+00'), (4, 'C-2', NULL), (5, 'P-5', NULL), (6, NULL, NULL);

CREATE TABLE biz.products (id integer PRIMARY KEY, name text);
INSERT INTO biz.products SELECT n, 'product ' || n FROM generate_series(1, 4) AS n;
CREATE TABLE biz.assets (id integer PRIMARY KEY, account_id integer, product_id integer, region text);
INSERT INTO biz.assets VALUES (1, 1, 1, 'eu'), (2, 1, 2, NULL), (3, 2, 3, 'us'), (4, NULL, 4, 'eu'), (5, 4, NULL, 'eu');
CREATE TABLE biz.guides (id integer PRIMARY KEY, product_id integer, region text);
INSERT INTO biz.guides VALUES (1, 1, 'eu'), (2, 1, 'us'), (3, 2, 'eu'), (4, 3, 'us'), (5, NULL, 'eu'), (6, 4, 'eu');

CREATE TABLE biz.articles (id integer PRIMARY KEY, min_tier varchar(10));
INSERT INTO biz.articles VALUES (1, 'basic'), (2, 'silver'), (3, 'gold'), (4, NULL), (5, 'platinum');

CREATE TABLE biz.offers (
    id integer PRIMARY KEY,
    day_from date,
    day_until date,
    local_from timestamp,
    local_until timestamp,
    zoned_from timestamptz,
    zoned_until timestamptz
);
-- Around 2026-01-15 in New York, five hours behind UTC: 10:00 UTC is 05:00 there.
INSERT INTO biz.offers VALUES
    (1, '2026-01-15', '2026-01-16', '2026-01-15 05:00', '2026-01-15 05:01', '2026-01-15 10:00Z', '2026-01-15 10:01Z'),
    (2, '2026-01-14', '2026-01-15', '2026-01-15 04:00', '2026-01-15 05:00', '2026-01-15 09:00Z', '2026-01-15 10:00Z'),
    (3, '2026-01-16', '2026-01-17', '2026-01-15 05:00:00.000001', '2026-01-16', '2026-01-15 10:00:00.000001Z', '2026-01-16 00:00Z'),
    (4, NULL, '2026-02-01', NULL, '2026-02-01', NULL, '2026-02-01 00:00Z'),
    (5, '2026-01-01', NULL, '2026-01-01', NULL, '2026-01-01 00:00Z', NULL),
    (6, '-infinity', 'infinity', '-infinity', 'infinity', '-infinity', 'infinity');

CREATE TABLE biz.claims (
    id integer PRIMARY KEY,
    account_id integer NOT NULL,
    contact_id integer,
    n integer,
    other integer,
    flag boolean,
    word text,
    tier text,
    day date,
    moment timestamptz,
    stage biz.stage
);
INSERT INTO biz.claims VALUES
    (1, 1, 11, 5, 5, true, 'it''s', 'gold', '2026-01-15', '2026-01-15 10:00Z', 'open'),
    (2, 1, 12, 6, 5, false, 'back\slash', 'silver', '2026-01-14', '2026-01-15 09:59Z', 'draft'),
    (3, 1, NULL, NULL, 5, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, 1, 21, -7, -8, false, 'plain', 'basic', '2026-01-16', '2026-01-15 10:01Z', 'closed'),
    (5, 2, 11, 5, 5, false, 'plain', 'gold', '2026-01-15', '2026-01-15 10:00Z', 'open'),
    (6, 1, 11, 2147483647, 2147483647, false, 'plain', 'gold', '2026-01-15', '2026-01-15 10:00Z', 'open'),
    (7, 1, NULL, 1, 5, NULL, NULL, NULL, NULL, NULL, NULL);

-- Names and values that want to be more than names and values.
CREATE TABLE biz."We""ird $body$; drop table x; --" (
    "I'd" integer PRIMARY KEY,
    "te""nant \ $body$" integer,
    "Ünï col" text,
    "own'er" integer
);
INSERT INTO biz."We""ird $body$; drop table x; --" VALUES
    (1, 1, 'x $body$''); drop table biz.claims; --', 11), (2, 2, 'plain', 12), (3, NULL, 'plain', NULL);
CREATE TABLE biz."part's" (id integer PRIMARY KEY, "par""ent" integer);
INSERT INTO biz."part's" VALUES (1, 1), (2, 2), (3, NULL), (4, 1);
