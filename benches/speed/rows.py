"""Writes a project over one table of a million orders of a thousand tenants, and its twin without row security."""

import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
(folder / "db").mkdir(parents=True)
(folder / "portalctl.yaml").write_text(
    """\
version: 1
kind: project
name: rows
database: {schema: shop, setup: [db/*.sql]}
tenants: [{from_table: shop.accounts, key: id, title: name}]
people:
  - {from_table: shop.contacts, keys: {contact: id}, email: email, tenant: account_id, audience: desk/customer}
---
kind: object
name: order
table: shop.orders
tenant: account_id
fields: {number: text, status: text, amount: decimal, created_at: timestamp}
---
kind: portal
name: desk
audiences:
  customer: {grants: {order: {read: [number, status, amount, created_at]}}}
"""
)
(folder / "db" / "shop.sql").write_text(
    """\
CREATE SCHEMA shop;
CREATE TABLE shop.accounts (id integer PRIMARY KEY, name text NOT NULL);
INSERT INTO shop.accounts SELECT n, 'Account ' || n FROM generate_series(1, 1000) AS n;
CREATE TABLE shop.contacts (id integer PRIMARY KEY, account_id integer NOT NULL REFERENCES shop.accounts, email text NOT NULL);
INSERT INTO shop.contacts SELECT n, n, 'contact' || n || '@shop.example' FROM generate_series(1, 1000) AS n;
CREATE TABLE shop.orders (
    id integer PRIMARY KEY, account_id integer NOT NULL REFERENCES shop.accounts, number text NOT NULL,
    status text NOT NULL, amount numeric(14, 2) NOT NULL, created_at timestamptz NOT NULL);
INSERT INTO shop.orders
SELECT n, 1 + (n::bigint * 7919) % 1000, 'SO-' || n, (ARRAY['new', 'open', 'closed'])[1 + n % 3], n % 100000 / 7.0,
       timestamptz '2020-01-01' + n * interval '2 minutes'
FROM generate_series(1, 1000000) AS n;
CREATE INDEX orders_by_account ON shop.orders (account_id, created_at DESC);
CREATE TABLE shop.plain_orders (LIKE shop.orders INCLUDING INDEXES);
INSERT INTO shop.plain_orders SELECT * FROM shop.orders;
CREATE ROLE rows_plain;
CREATE ROLE rows_turns LOGIN NOINHERIT IN ROLE rows_plain;
GRANT USAGE ON SCHEMA shop TO rows_plain;
GRANT SELECT ON shop.plain_orders TO rows_plain;
ANALYZE;
"""
)
