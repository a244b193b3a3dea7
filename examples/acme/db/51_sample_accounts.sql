-- 240 customers, among them twelve groups with three companies each, and 60 partners, four of them with branches.

SET client_encoding = 'UTF8';
-- Compiling these statements takes longer than running them.
SET jit = off;

CREATE TABLE sample.companies AS
SELECT a.id,
       a.id > 240 AS is_partner,
       kin.parent,
       kin.family,
       stem.word || ending.word AS stem,
       CASE WHEN kin.is_group THEN 'Group' ELSE trade.word END AS trade,
       trade.n AS trade_no,
       p.country, p.city, p.legal_form, p.dial
FROM generate_series(1, 300) AS a (id)
CROSS JOIN LATERAL (
  SELECT CASE WHEN a.id <= 12 OR a.id BETWEEN 61 AND 72 OR a.id BETWEEN 121 AND 132 OR a.id BETWEEN 181 AND 192
              THEN (a.id - 1) % 60 + 1
              WHEN a.id BETWEEN 245 AND 252 THEN 241 + (a.id - 245) / 2
              ELSE a.id END AS family,
         CASE WHEN a.id BETWEEN 61 AND 72 THEN a.id - 60
              WHEN a.id BETWEEN 121 AND 132 THEN a.id - 120
              WHEN a.id BETWEEN 181 AND 192 THEN a.id - 60
              WHEN a.id BETWEEN 245 AND 252 THEN 241 + (a.id - 245) / 2 END AS parent,
         a.id <= 12 AS is_group
) AS kin
JOIN sample.words AS stem ON stem.list = 'stem' AND stem.n = 1 + (kin.family * 3) % 20
JOIN sample.words AS ending ON ending.list = 'ending' AND ending.n = 1 + (kin.family * 3 / 20 + kin.family) % 14
JOIN sample.words AS trade
  ON trade.list = CASE WHEN a.id > 240 THEN 'partner' ELSE 'trade' END
 AND trade.n = 1 + CASE WHEN a.id > 240 THEN kin.family * 7 ELSE a.id * 7 + a.id / 60 END % CASE WHEN a.id > 240 THEN 8 ELSE 20 END
JOIN sample.places AS p ON p.n = 1 + sample.roll('place ' || a.id, 25);

INSERT INTO crm.accounts (id, account_no, name, type, tier, parent_account_id, status, industry, street, city, country,
                          website, credit_limit, channel_manager, created_at, updated_at)
SELECT c.id,
       CASE WHEN c.is_partner THEN 'P-' || 20000 + c.id * 7 ELSE 'C-' || 10000 + c.id * 13 END,
       c.stem || ' ' || c.trade || CASE WHEN c.parent > 240 THEN ' ' || c.city ELSE '' END || ' ' || c.legal_form,
       CASE WHEN c.is_partner THEN 'partner' ELSE 'customer' END,
       CASE WHEN c.id <= 12 OR c.id BETWEEN 241 AND 244 THEN 'gold'
            ELSE (ARRAY['basic', 'basic', 'basic', 'silver', 'silver', 'gold'])[1 + sample.roll('tier ' || c.id, 6)] END,
       c.parent,
       CASE WHEN c.family <> c.id OR c.id <= 12 OR c.id BETWEEN 241 AND 244 THEN 'active'
            WHEN sample.roll('status ' || c.id, 20) = 0 THEN 'closed'
            WHEN sample.roll('status ' || c.id, 20) = 1 THEN 'on_hold'
            ELSE 'active' END,
       CASE WHEN c.is_partner THEN 'Distribution and service' ELSE industry.word END,
       sample.word('street', 'street ' || c.id) || ' ' || 1 + sample.roll('house ' || c.id, 140),
       c.city, c.country,
       'https://www.' || lower(c.stem || '-' || regexp_replace(c.trade, '[^A-Za-z]+', '-', 'g'))
         || CASE WHEN c.parent > 240 THEN '-' || translate(lower(c.city), 'äåńøã', 'aanoa') ELSE '' END || '.example',
       (5 + sample.roll('credit ' || c.id, 40)) * 5000,
       CASE WHEN c.is_partner THEN 14 END,
       opened.at, opened.at
FROM sample.companies AS c
LEFT JOIN sample.words AS industry ON industry.list = 'industry' AND industry.n = c.trade_no
CROSS JOIN LATERAL (SELECT sample.office_hour(2000 + sample.roll('since ' || c.id, 2600), 'opened ' || c.id)) AS opened (at)
ORDER BY c.id;
SELECT setval(pg_get_serial_sequence('crm.accounts', 'id'), 300);

-- Contact numbers run on through the accounts: the first one of each is its administrator or manager.
CREATE TABLE sample.crews AS
SELECT id AS account_id, people, (sum(people) OVER (ORDER BY id) - people)::integer AS before
FROM (SELECT c.id, CASE WHEN c.family = c.id AND (c.id <= 12 OR c.is_partner) THEN 6 ELSE 3 END
                   + sample.roll('people ' || c.id, 5) AS people
      FROM sample.companies AS c) AS counted;
ALTER TABLE sample.crews ADD PRIMARY KEY (account_id);

INSERT INTO crm.contacts (id, account_id, first_name, last_name, email, phone, job_title, portal_enabled, portal_role,
                          newsletter, created_at, updated_at)
SELECT w.before + k, c.id, first.word, last.word,
       lower(first.word || '.' || last.word) || '@' || split_part(a.website, 'www.', 2),
       c.dial || ' 555' || lpad(sample.roll('phone ' || c.id || '/' || k, 10000)::text, 4, '0'),
       CASE WHEN k = 1 AND c.is_partner THEN 'Sales manager'
            ELSE sample.word(CASE WHEN c.is_partner THEN 'partner job' ELSE 'job' END, 'job ' || c.id || '/' || k) END,
       k <= 2 OR sample.roll('portal ' || c.id || '/' || k, 4) > 0,
       CASE WHEN c.is_partner THEN CASE WHEN k = 1 THEN 'manager' ELSE 'rep' END
            ELSE CASE WHEN k = 1 THEN 'admin' ELSE 'user' END END,
       sample.roll('newsletter ' || c.id || '/' || k, 3) = 0,
       since.at, since.at
FROM sample.companies AS c
JOIN crm.accounts AS a ON a.id = c.id
JOIN sample.crews AS w ON w.account_id = c.id
CROSS JOIN LATERAL generate_series(1, w.people) AS k
JOIN sample.words AS first ON first.list = 'first' AND first.n = 1 + (sample.roll('first ' || c.id, 64) + k * (2 * sample.roll('step ' || c.id, 32) + 1)) % 64
JOIN sample.words AS last ON last.list = 'last' AND last.n = 1 + (sample.roll('last ' || c.id, 80) + k * (ARRAY[3, 7, 11, 13, 17, 19, 23, 27, 29, 31, 33, 37])[1 + sample.roll('stride ' || c.id, 12)]) % 80
CROSS JOIN LATERAL (SELECT sample.office_hour(1100 + sample.roll('joined ' || c.id || '/' || k, 900), 'joined ' || c.id || '/' || k)) AS since (at)
ORDER BY 1;
SELECT setval(pg_get_serial_sequence('crm.contacts', 'id'), max(id)) FROM crm.contacts;

-- One of sales and one of support to a customer, by region; the heads themselves for the gold ones.
INSERT INTO crm.account_team (account_id, staff_id, role, since)
SELECT a.id, who.staff_id, who.role, date '2023-01-01' + sample.roll('team ' || a.id || who.role, 900)
FROM crm.accounts AS a
CROSS JOIN LATERAL (
  SELECT CASE WHEN a.country IN ('GB', 'IE', 'SE', 'DK', 'NO', 'FI', 'NL') THEN 'north'
              WHEN a.country IN ('IT', 'ES', 'PT', 'FR') THEN 'south' ELSE 'centre' END AS name
) AS region
CROSS JOIN LATERAL (VALUES
  (CASE WHEN region.name = 'north' THEN 11
        WHEN region.name = 'south' THEN 12
        ELSE (ARRAY[10, 13])[1 + a.id % 2] END, 'account manager'),
  (CASE region.name WHEN 'north' THEN (ARRAY[5, 6, 4])[1 + a.id % 3]
                    WHEN 'south' THEN (ARRAY[8, 9, 7])[1 + a.id % 3]
                    ELSE (ARRAY[4, 5, 6, 7, 8, 9])[1 + a.id % 6] END, 'support engineer'),
  (CASE WHEN a.tier = 'gold' THEN (ARRAY[2, 3])[1 + a.id % 2] END, 'sponsor')
) AS who (staff_id, role)
WHERE a.type = 'customer' AND who.staff_id IS NOT NULL
ORDER BY 1, 2;
