-- What customers have bought and what they run. Low numbers are large customers: of two throws the lower counts.

-- Compiling these statements takes longer than running them.
SET jit = off;

INSERT INTO crm.assets (id, account_id, product_id, serial_no, location, installed_on, warranty_until, status)
SELECT n, a.id, p.id, p.sku || '-' || to_char(m.installed_on - 30, 'YYWW') || '-' || lpad(n::text, 5, '0'),
       sample.word('site', 'site ' || n), m.installed_on,
       (m.installed_on + make_interval(months => p.warranty_months))::date,
       CASE WHEN m.installed_on < date '2020-06-01' AND sample.roll('retired ' || n, 3) = 0 THEN 'retired'
            WHEN sample.roll('spare ' || n, 15) = 0 THEN 'spare' ELSE 'in service' END
FROM generate_series(1, 3000) AS n
CROSS JOIN LATERAL (
  SELECT 1 + least(sample.roll('asset of ' || n, 240), sample.roll('asset for ' || n, 240)) AS account_id,
         date '2026-10-20' - sample.roll('installed ' || n, 3400) AS installed_on
) AS m
JOIN crm.accounts AS a ON a.id = m.account_id
-- A customer runs machines of a few series, not of all.
JOIN crm.products AS p
  ON p.id = 1 + ((a.id * 5 + sample.roll('series ' || n, 4) * 3) % 12) * 4 + sample.roll('size ' || n, 4)
ORDER BY n;
SELECT setval(pg_get_serial_sequence('crm.assets', 'id'), 3000);

CREATE TABLE sample.orders AS
SELECT n, o.account_id, sample.office_hour((1095 - n * 1095 / 6000), 'order ' || n) AS ordered_at,
       w.before + 1 + least(sample.roll('buyer ' || n, w.people), sample.roll('orderer ' || n, w.people)) AS contact_id,
       1 + sample.roll('lines ' || n, 4) AS lines
FROM generate_series(1, 6000) AS n
CROSS JOIN LATERAL (
  SELECT 1 + least(sample.roll('order of ' || n, 240), sample.roll('order for ' || n, 240)) AS account_id
) AS o
JOIN sample.crews AS w ON w.account_id = o.account_id;
ALTER TABLE sample.orders ADD PRIMARY KEY (n);

CREATE TABLE sample.order_lines AS
SELECT o.n, line_no, p.id AS product_id, p.list_price AS unit_price,
       CASE WHEN p.list_price < 500 THEN 1 + sample.roll('many ' || o.n || '/' || line_no, 20)
            ELSE 1 + sample.roll('few ' || o.n || '/' || line_no, 3) END AS quantity,
       (ARRAY[0, 0, 0, 5, 7.5, 10])[1 + sample.roll('discount ' || o.n, 6)]::numeric(4,1) AS discount
FROM sample.orders AS o
CROSS JOIN LATERAL generate_series(1, o.lines) AS line_no
JOIN crm.products AS p ON p.id = 1 + (sample.roll('product ' || o.n, 48) + line_no * 11) % 48;

INSERT INTO crm.orders (id, number, account_id, contact_id, po_number, status, ordered_at, delivery_on, ship_to, total, cost, updated_at)
SELECT md5('order ' || o.n)::uuid, 'SO-' || 200000 + o.n, o.account_id, o.contact_id,
       CASE WHEN sample.roll('po ' || o.n, 4) > 0 THEN 'PO' || 40000 + sample.roll('po number ' || o.n, 60000) END,
       state.status, o.ordered_at, (o.ordered_at AT TIME ZONE 'UTC')::date + 21 + sample.roll('wait ' || o.n, 30),
       a.street || ', ' || a.city, sums.total, round(sums.total * (55 + sample.roll('cost ' || o.n, 20)) / 100, 2), o.ordered_at
FROM sample.orders AS o
JOIN crm.accounts AS a ON a.id = o.account_id
JOIN (SELECT n, sum(round(quantity * unit_price * (100 - discount) / 100, 2)) AS total FROM sample.order_lines GROUP BY n) AS sums
  ON sums.n = o.n
CROSS JOIN LATERAL (
  SELECT CASE WHEN sample.roll('cancelled ' || o.n, 33) = 0 THEN 'cancelled'
              WHEN o.n > 5950 AND o.n % 3 = 0 THEN 'draft'
              WHEN o.n > 5800 THEN 'confirmed'
              WHEN o.n > 5700 THEN 'shipped'
              ELSE 'delivered' END AS status
) AS state;

INSERT INTO crm.order_lines (order_id, line_no, product_id, quantity, unit_price, discount)
SELECT md5('order ' || n)::uuid, line_no, product_id, quantity, unit_price, discount FROM sample.order_lines;

INSERT INTO crm.invoices (number, account_no, order_no, issued_on, due_on, amount, status)
SELECT 'INV-' || extract(year FROM o.delivery_on) || '-' || right(o.number, 5), a.account_no, o.number, o.delivery_on, o.delivery_on + 30,
       o.total,
       CASE WHEN sample.roll('credited ' || o.number, 60) = 0 THEN 'credited'
            WHEN o.delivery_on + 30 > date '2026-10-30' THEN 'open'
            WHEN o.delivery_on > date '2026-07-30' AND sample.roll('late ' || o.number, 6) = 0 THEN 'overdue'
            ELSE 'paid' END
FROM crm.orders AS o
JOIN crm.accounts AS a ON a.id = o.account_id
WHERE o.status IN ('shipped', 'delivered') AND o.delivery_on <= date '2026-10-30'
ORDER BY o.number;
