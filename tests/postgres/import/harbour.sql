-- A freight forwarder's database, grown over twenty years: everything an import stumbles over.
CREATE SCHEMA freight;
CREATE SCHEMA archive;
CREATE TYPE freight.mode AS ENUM ('sea', 'air', 'road', 'it''s complicated', 'no');
CREATE DOMAIN freight.email AS varchar(200) CHECK (VALUE ~ '@');
CREATE DOMAIN freight.contact_email AS freight.email NOT NULL;
CREATE DOMAIN freight.incoterm AS text CHECK (VALUE IN ('EXW', 'FOB', 'CIF'));

-- Tenants, in a tree.
CREATE TABLE freight.parties (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL UNIQUE,
    name text NOT NULL,
    parent_id integer REFERENCES freight.parties (id),
    credit_limit numeric(14, 2),
    iban text
);
COMMENT ON TABLE freight.parties IS E'Who we work for.\nkind: portal\nname: evil';

CREATE TABLE freight.staff (
    id integer PRIMARY KEY,
    first_name text NOT NULL,
    last_name text NOT NULL,
    login text NOT NULL UNIQUE,
    password_hash text,
    photo bytea,
    reports_to integer REFERENCES freight.staff (id)
);

-- Two ways to a tenant that are not the same.
CREATE TABLE freight.shipments (
    id bigint PRIMARY KEY,
    shipper_id integer NOT NULL REFERENCES freight.parties (id),
    consignee_id integer REFERENCES freight.parties (id),
    mode freight.mode NOT NULL,
    incoterm freight.incoterm,
    notify freight.contact_email,
    handled_by integer REFERENCES freight.staff (id),
    approved_by integer REFERENCES freight.staff (id),
    status varchar(20) NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    pickup tstzrange,
    weight_kg numeric(10, 3) NOT NULL,
    weight_t numeric GENERATED ALWAYS AS (weight_kg / 1000) STORED
);

-- A key of two columns, and a child of it.
CREATE TABLE freight.bookings (
    party_id integer REFERENCES freight.parties (id),
    seq integer,
    shipment_id bigint REFERENCES freight.shipments (id),
    booked_at timestamp NOT NULL DEFAULT now(),
    PRIMARY KEY (party_id, seq)
);
CREATE TABLE freight.booking_lines (
    booking_party integer,
    booking_seq integer,
    line_no integer,
    description text,
    amount numeric(14, 2) NOT NULL,
    currency char(3) NOT NULL,
    PRIMARY KEY (booking_party, booking_seq, line_no),
    FOREIGN KEY (booking_party, booking_seq) REFERENCES freight.bookings (party_id, seq) ON DELETE CASCADE
);

-- Two ways that always say the same, and rows without either.
CREATE TABLE freight.invoices (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    booking_party integer,
    booking_seq integer,
    party_id integer REFERENCES freight.parties (id),
    party_number text REFERENCES freight.parties (number),
    paid boolean NOT NULL DEFAULT false,
    contact text,
    FOREIGN KEY (booking_party, booking_seq) REFERENCES freight.bookings (party_id, seq)
);

-- Partitions.
CREATE TABLE freight.events (
    shipment_id bigint NOT NULL REFERENCES freight.shipments (id),
    at timestamptz NOT NULL,
    kind text NOT NULL,
    payload jsonb,
    PRIMARY KEY (shipment_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE freight.events_2025 PARTITION OF freight.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE freight.events_2026 PARTITION OF freight.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- Inheritance.
CREATE TABLE freight.documents (id integer PRIMARY KEY, party_id integer NOT NULL REFERENCES freight.parties (id), title text);
CREATE TABLE freight.customs_documents (tariff text, CONSTRAINT customs_documents_pkey PRIMARY KEY (id)) INHERITS (freight.documents);

-- Names.
CREATE TABLE freight."order" ("select" integer PRIMARY KEY, "user" integer NOT NULL REFERENCES freight.parties (id), "Unit Price" numeric, "all" text, "größe" text);
CREATE TABLE freight."Ladung.Alt" (id integer PRIMARY KEY);
CREATE TABLE freight."group" (id integer PRIMARY KEY, "no" boolean, "#" text, "a: b" text, "x" text, "X" text);
DO $$ BEGIN
    EXECUTE format('CREATE TABLE freight.%I (id integer PRIMARY KEY)', E'evil\nkind: project');
    EXECUTE format('CREATE TABLE freight.hostile (id integer PRIMARY KEY, %I text, %I text, %I text, %I text)',
        E'a\nkind: portal # "', E'\x1b[2J\x1b[31mred', E'\u202e"]}{: \\', '"]}, x: {type: text # \');
    EXECUTE format('COMMENT ON COLUMN freight.hostile.id IS %L', E'x\n---\nkind: tenant\nname: evil');
END $$;

-- What has no key, or nothing that a field holds.
CREATE TABLE freight.log (at timestamptz, message text);
CREATE TABLE freight.blobs (id integer PRIMARY KEY, content bytea);
CREATE TABLE freight.shapes (area box);

-- Views.
CREATE VIEW freight.open_shipments AS SELECT s.id AS shipment_id, s.shipper_id, s.status FROM freight.shipments AS s WHERE s.status = 'open';
CREATE VIEW freight.party_names AS SELECT p.id, p.name FROM freight.parties AS p;
CREATE MATERIALIZED VIEW freight.party_totals AS
    SELECT b.party_id, count(*) AS bookings FROM freight.bookings AS b GROUP BY b.party_id;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE freight.remote_rates (id integer NOT NULL, rate numeric) SERVER nowhere;

-- Another table of the name, elsewhere.
CREATE TABLE archive.shipments (id bigint PRIMARY KEY, party_id integer NOT NULL, note text);

-- A link between rows and tenants, and nothing else.
CREATE TABLE freight.price_lists (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE freight.party_price_lists (
    party_id integer REFERENCES freight.parties (id),
    price_list_id integer REFERENCES freight.price_lists (id),
    PRIMARY KEY (party_id, price_list_id)
);

ALTER TABLE freight.documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY "of\nthe day" ON freight.documents FOR SELECT TO PUBLIC USING (party_id::text = current_setting('app.party', true));
GRANT SELECT ON freight.documents TO PUBLIC;
GRANT UPDATE (title) ON freight.documents TO PUBLIC;

INSERT INTO freight.parties (number, name, parent_id, iban) VALUES
    ('P-1', 'North', NULL, 'DE89370400440532013000'), ('P-2', 'South', 1, 'GB29NWBK60161331926819'), ('P-3', 'West', NULL, NULL);
INSERT INTO freight.staff (id, first_name, last_name, login) VALUES (1, 'Ann', 'Berg', 'ann'), (2, 'Bob', 'Case', 'bob');
INSERT INTO freight.shipments (id, shipper_id, consignee_id, mode, notify, handled_by, weight_kg) VALUES
    (1, 1, 2, 'sea', 'a@b.example', 1, 10), (2, 1, NULL, 'air', 'a@b.example', 2, 20), (3, 2, 2, 'no', 'a@b.example', 1, 30);
INSERT INTO freight.bookings (party_id, seq, shipment_id) VALUES (1, 1, 1), (1, 2, 2), (2, 1, 3);
INSERT INTO freight.booking_lines VALUES (1, 1, 1, 'freight', 100, 'EUR'), (2, 1, 1, 'freight', 50, 'EUR');
INSERT INTO freight.invoices (booking_party, booking_seq, party_id, party_number, contact) VALUES
    (1, 1, 1, 'P-1', 'ann@north.example'), (2, 1, 2, 'P-2', 'bob@south.example'), (NULL, NULL, NULL, NULL, NULL);
INSERT INTO freight.invoices (booking_party, booking_seq, party_id, party_number, contact)
    SELECT 1, 2, 1, 'P-1', 'ann@north.example' FROM generate_series(1, 30);
INSERT INTO freight.events VALUES (1, '2025-05-01', 'loaded', '{}'), (2, '2026-05-01', 'loaded', NULL);
INSERT INTO freight.documents VALUES (1, 1, 'manifest');
INSERT INTO freight.customs_documents VALUES (2, 2, 'customs', '8413');
INSERT INTO freight.log VALUES (now(), 'x'), (now(), 'x');
INSERT INTO archive.shipments VALUES (1, 1, 'old'), (2, 99, 'older');
INSERT INTO freight.price_lists VALUES (1, 'standard'), (2, 'special');
INSERT INTO freight.party_price_lists VALUES (1, 1), (2, 1);
REFRESH MATERIALIZED VIEW freight.party_totals;
