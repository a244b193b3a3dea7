-- Our people and our products.

INSERT INTO crm.staff (id, full_name, email, job_title, team, reports_to, phone, hired_on, active) VALUES
  (1, 'Ingrid Solberg', 'ingrid.solberg@acme.example', 'Managing director', 'management', NULL, '+49 421 5550100', '2009-03-01', true),
  (2, 'Marcus Feld', 'marcus.feld@acme.example', 'Head of support', 'support', 1, '+49 421 5550110', '2012-06-01', true),
  (3, 'Claire Fontaine', 'claire.fontaine@acme.example', 'Head of sales', 'sales', 1, '+49 421 5550120', '2014-01-15', true),
  (4, 'Jan de Wit', 'jan.dewit@acme.example', 'Support team lead, north', 'support', 2, '+49 421 5550111', '2015-09-01', true),
  (5, 'Sara Lindgren', 'sara.lindgren@acme.example', 'Support engineer', 'support', 4, '+49 421 5550112', '2018-04-01', true),
  (6, 'Tom Hartley', 'tom.hartley@acme.example', 'Support engineer', 'support', 4, '+49 421 5550113', '2020-02-01', true),
  (7, 'Lucia Ferrante', 'lucia.ferrante@acme.example', 'Support team lead, south', 'support', 2, '+49 421 5550114', '2016-11-01', true),
  (8, 'Miguel Arroyo', 'miguel.arroyo@acme.example', 'Support engineer', 'support', 7, '+49 421 5550115', '2019-08-15', true),
  (9, 'Petra Kolar', 'petra.kolar@acme.example', 'Support engineer', 'support', 7, '+49 421 5550116', '2022-05-01', true),
  (10, 'Dieter Hahn', 'dieter.hahn@acme.example', 'Area sales manager, centre', 'sales', 3, '+49 421 5550121', '2013-10-01', true),
  (11, 'Astrid Berg', 'astrid.berg@acme.example', 'Area sales manager, north', 'sales', 3, '+49 421 5550122', '2017-03-01', true),
  (12, 'Paolo Greco', 'paolo.greco@acme.example', 'Area sales manager, south', 'sales', 3, '+49 421 5550123', '2018-07-01', true),
  (13, 'Nina Vogt', 'nina.vogt@acme.example', 'Inside sales', 'sales', 10, '+49 421 5550124', '2021-01-15', true),
  (14, 'Owen Price', 'owen.price@acme.example', 'Channel manager', 'channel', 3, '+49 421 5550125', '2016-05-01', true),
  (15, 'Ralf Stern', 'ralf.stern@acme.example', 'Support engineer', 'support', 4, NULL, '2017-02-01', false);
SELECT setval(pg_get_serial_sequence('crm.staff', 'id'), 15);

INSERT INTO crm.products (id, sku, name, series, family, list_price, warranty_months, on_sale)
SELECT (s.n - 1) * 4 + size.n, s.code || '-' || size.text, s.name || ' ' || s.code || '-' || size.text || ' ' || s.kind,
       s.name, s.family, round(s.price * (1 + 0.55 * (size.n - 1)), -1), CASE WHEN s.price < 700 THEN 12 ELSE 24 END,
       NOT (size.n = 1 AND s.n IN (2, 5, 11))
FROM sample.series AS s, unnest(s.sizes) WITH ORDINALITY AS size (text, n);
SELECT setval(pg_get_serial_sequence('crm.products', 'id'), max(id)) FROM crm.products;
