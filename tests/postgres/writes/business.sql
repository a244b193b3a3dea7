CREATE SCHEMA w;
CREATE TABLE w.accounts (id integer PRIMARY KEY, parent_id integer, kind text NOT NULL, tier text NOT NULL, name text NOT NULL);
INSERT INTO w.accounts VALUES (1, NULL, 'customer', 'gold', 'Acme'), (2, 1, 'customer', 'basic', 'Bolt'),
    (3, NULL, 'customer', 'basic', 'Core'), (4, NULL, 'partner', 'gold', 'Dale');
CREATE TABLE w.contacts (id integer PRIMARY KEY, account_id integer NOT NULL, email text NOT NULL, role text NOT NULL);
INSERT INTO w.contacts VALUES (11, 1, 'a@x', 'user'), (12, 1, 'b@x', 'user'), (21, 2, 'c@x', 'user'), (31, 3, 'd@x', 'user');
CREATE TABLE w.staff (code text PRIMARY KEY, boss text, email text NOT NULL);
INSERT INTO w.staff VALUES ('s1', NULL, 's1@x'), ('s2', 's1', 's2@x'), ('s3', NULL, 's3@x');
CREATE TABLE w.machines (id integer PRIMARY KEY, account_id integer NOT NULL, name text NOT NULL);
INSERT INTO w.machines VALUES (1, 1, 'pump'), (2, 1, 'drive'), (3, 3, 'press');

CREATE TYPE w.stage AS ENUM ('draft', 'open', 'done');
CREATE DOMAIN w.email AS text CHECK (VALUE ~ '@');
CREATE TABLE w.tasks (
    id serial PRIMARY KEY, account_id integer NOT NULL DEFAULT 3 REFERENCES w.accounts, contact_id integer DEFAULT 31,
    staff text, title text NOT NULL CHECK (title <> 'forbidden'), amount numeric DEFAULT 1, stage w.stage NOT NULL DEFAULT 'done',
    closed_at timestamptz, tags text[], extra json, unnamed text NOT NULL DEFAULT 'password', mail w.email, secret text, pin text, until date,
    machine_id integer REFERENCES w.machines, double numeric GENERATED ALWAYS AS (amount * 2) STORED,
    updated_at timestamptz NOT NULL DEFAULT '2000-01-01 00:00Z');
CREATE INDEX ON w.tasks (account_id);
INSERT INTO w.tasks (id, account_id, contact_id, staff, title, stage, machine_id, secret, pin, until, amount) VALUES
    (1, 1, 11, 's1', 'one', 'draft', 1, 'x', '1111', '2026-02-01', 1), (2, 1, 12, 's2', 'two', 'draft', 2, 'x', '2222', '2026-01-01', 1),
    (3, 1, 12, 's3', 'three', 'open', NULL, 'x', NULL, NULL, 1), (4, 3, 31, 's3', 'four', 'draft', 3, 'x', NULL, '2026-02-01', 1),
    (5, 3, 31, 's2', 'five', 'open', 3, 'x', NULL, NULL, 1), (6, 2, 21, NULL, 'six', 'open', NULL, 'x', NULL, NULL, NULL),
    (7, 1, 11, NULL, 'seven', 'draft', NULL, NULL, NULL, NULL, 1);
SELECT setval('w.tasks_id_seq', 100);
CREATE TABLE w.notes (id uuid PRIMARY KEY, task_id integer REFERENCES w.tasks, body text NOT NULL, public boolean);
INSERT INTO w.notes SELECT ('00000000-0000-0000-0000-00000000000' || id)::uuid, id, 'note', true FROM w.tasks WHERE id NOT IN (3, 7);
CREATE TABLE w.lines (task_id integer REFERENCES w.tasks ON DELETE CASCADE, no smallint, text text, PRIMARY KEY (task_id, no));
INSERT INTO w.lines SELECT id, 1, 'line' FROM w.tasks;
CREATE TABLE w.steps (id integer PRIMARY KEY, task_id integer NOT NULL, text text);
CREATE TABLE w.docs (id bigint PRIMARY KEY, account_id integer NOT NULL, contact_id integer, name text NOT NULL, row_key text[], deleted_at timestamptz);
INSERT INTO w.docs VALUES (1, 1, 11, 'mine', '{2}', NULL), (2, 1, 12, 'colleague', '{1}', NULL), (3, 3, 31, 'other', NULL, NULL),
    (4, 1, 11, 'gone', NULL, '2026-01-01');
CREATE TABLE w.doc_shares (doc_id bigint, contact_id integer);
INSERT INTO w.doc_shares VALUES (3, 12);
-- Nobody in a portal reads these.
CREATE TABLE w.leads (id integer PRIMARY KEY, name text NOT NULL, source text);
CREATE TABLE w."größe_und_länge_der_äußeren_rohrstücke" (id serial PRIMARY KEY, account_id integer NOT NULL, text text);
CREATE TABLE w.logs (day date NOT NULL, id integer NOT NULL, account_id integer NOT NULL, body text, PRIMARY KEY (day, id)) PARTITION BY RANGE (day);
CREATE TABLE w.logs_january PARTITION OF w.logs FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE w.logs_february PARTITION OF w.logs FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
INSERT INTO w.logs VALUES ('2026-01-10', 1, 1, 'a'), ('2026-02-10', 2, 1, 'b'), ('2026-02-10', 3, 3, 'c');

-- What the business does by itself. It sorts before most names.
CREATE FUNCTION w.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.updated_at := '2026-03-03 00:00Z';
    IF NEW.title = 'stop' THEN RAISE EXCEPTION 'the business says no'; END IF;
    IF NEW.title = 'elsewhere' THEN NEW.account_id := 3; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "#aaa" BEFORE INSERT OR UPDATE ON w.tasks FOR EACH ROW EXECUTE FUNCTION w.touch();
CREATE FUNCTION w.count_task() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$ BEGIN
    UPDATE w.machines SET name = name || '+' WHERE id = 3;
    UPDATE w.docs SET name = name || '+' WHERE id = 3;
    RETURN NULL;
END $$;
CREATE TRIGGER zz_count AFTER INSERT ON w.tasks FOR EACH ROW EXECUTE FUNCTION w.count_task();
