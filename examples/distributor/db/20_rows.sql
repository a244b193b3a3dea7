-- 40012 is Northfield, 40013 its branch in the west, 41877 Södra; 49000 buys over the counter and has no portal.

INSERT INTO erp.open_items (doc_no, account_no, kind, booked_on, due_on, amount, reference, dunning_level, clerk) VALUES
  ('RE-260311', 40012, 'invoice', '2026-03-11', '2026-04-10',  8420.50, 'A-20260304', 0, 'mk'),
  ('RE-260127', 40012, 'invoice', '2026-01-27', '2026-02-26',  1310.00, 'A-20260119', 2, 'mk'),
  ('GU-260402', 40012, 'credit',  '2026-04-02', NULL,          -210.00, 'Returned valves', 0, 'mk'),
  ('RE-260330', 40013, 'invoice', '2026-03-30', '2026-04-29',  2975.00, 'W-118', 0, 'mk'),
  ('RE-260223', 41877, 'invoice', '2026-02-23', '2026-03-25', 15820.00, 'SL 2026/044', 1, 'tb'),
  ('RE-260401', 49000, 'invoice', '2026-04-01', '2026-04-01',    38.90, NULL, 0, 'tb');

INSERT INTO erp.sales
  SELECT account_no, day::date, family, round((size * (3 + extract(doy FROM day)::int % 7))::numeric, 2),
         round((size * (1 + extract(doy FROM day)::int % 3))::numeric, 2)
  FROM (VALUES (40012, 'Ball valves', 410), (40012, 'Fittings', 95), (40013, 'Fittings', 120),
               (41877, 'Ball valves', 760), (41877, 'Thermostats', 310), (49000, 'Fittings', 12)) AS account (account_no, family, size),
       generate_series('2025-10-06'::timestamp, '2026-03-30', '14 days') AS day;
