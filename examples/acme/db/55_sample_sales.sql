-- Opportunities with the partners who work on them, and the deals that partners have registered.

-- Compiling these statements takes longer than running them.
SET jit = off;

INSERT INTO crm.opportunities (id, account_id, owner_id, name, stage, amount, probability, expected_close, created_at, updated_at)
SELECT g.n, a.id, manager.staff_id,
       a.city || ': ' || (ARRAY['replacement of ', 'new line with ', 'extension with ', 'framework for '])[1 + sample.roll('project ' || g.n, 4)]
         || s.name || ' ' || lower(s.family),
       stage.name, s.price * (4 + sample.roll('worth ' || g.n, 40)),
       CASE stage.name WHEN 'qualify' THEN 10 WHEN 'propose' THEN 40 WHEN 'negotiate' THEN 70 WHEN 'won' THEN 100 ELSE 0 END,
       (began.at AT TIME ZONE 'UTC')::date + 40 + sample.roll('close ' || g.n, 200), began.at, began.at
FROM generate_series(1, 900) AS g (n)
CROSS JOIN LATERAL (
  SELECT 1 + least(sample.roll('opportunity of ' || g.n, 240), sample.roll('opportunity for ' || g.n, 240)) AS account_id,
         sample.office_hour(1095 - g.n * 1095 / 900, 'opportunity ' || g.n) AS at
) AS began
JOIN crm.accounts AS a ON a.id = began.account_id
JOIN crm.account_team AS manager ON manager.account_id = a.id AND manager.role = 'account manager'
JOIN sample.series AS s ON s.n = 1 + sample.roll('wanted ' || g.n, 12)
CROSS JOIN LATERAL (
  SELECT (CASE WHEN g.n < 700 THEN ARRAY['won', 'won', 'lost', 'lost', 'lost', 'negotiate']
               ELSE ARRAY['qualify', 'qualify', 'propose', 'propose', 'negotiate', 'lost'] END)[1 + sample.roll('stage ' || g.n, 6)] AS name
) AS stage
ORDER BY g.n;
SELECT setval(pg_get_serial_sequence('crm.opportunities', 'id'), 900);

INSERT INTO crm.opportunity_partners (opportunity_id, partner_account_id, part)
SELECT DISTINCT ON (o.id, partner.id) o.id, partner.id, (ARRAY['reseller', 'installer', 'consultant'])[1 + sample.roll('part ' || o.id || '/' || k, 3)]
FROM crm.opportunities AS o
CROSS JOIN generate_series(1, 2) AS k
CROSS JOIN LATERAL (SELECT 241 + least(sample.roll('with ' || o.id || '/' || k, 60), sample.roll('beside ' || o.id || '/' || k, 60)) AS id) AS partner
WHERE sample.roll('partnered ' || o.id || '/' || k, 2) = 0
ORDER BY o.id, partner.id, k;

INSERT INTO crm.opportunity_team (opportunity_id, contact_id)
SELECT DISTINCT p.opportunity_id, w.before + 1 + least(sample.roll('on ' || p.opportunity_id || '/' || k, w.people), sample.roll('team ' || p.opportunity_id || '/' || k, w.people))
FROM crm.opportunity_partners AS p
JOIN sample.crews AS w ON w.account_id = p.partner_account_id
CROSS JOIN generate_series(1, 2) AS k
ORDER BY 1, 2;

INSERT INTO crm.deals (id, number, partner_account_id, registered_by, customer_name, customer_city, family, amount, state,
                       competitor, partner_notes, margin, protected_until, created_at, updated_at)
SELECT g.n, 'D-' || extract(year FROM d.at AT TIME ZONE 'UTC') || '-' || lpad(g.n::text, 4, '0'), d.partner_id,
       w.before + 1 + sample.roll('rep ' || g.n, w.people),
       stem.word || ending.word || ' ' || sample.word('trade', 'prospect trade ' || g.n) || ' ' || place.legal_form, place.city,
       s.family, s.price * (2 + sample.roll('deal worth ' || g.n, 25)), state.name,
       CASE WHEN sample.roll('rival ' || g.n, 3) = 0 THEN sample.word('rival', 'which rival ' || g.n) END,
       (ARRAY[NULL, 'Visit done, they want a trial in spring.', 'Decision is with the technical director.', 'Price is the point. They have a second offer.', 'Knows our machines from the other works.'])[1 + sample.roll('partner notes ' || g.n, 5)],
       12 + sample.roll('margin ' || g.n, 220) / 10.0, (d.at AT TIME ZONE 'UTC')::date + 183, d.at, d.at
FROM generate_series(1, 1400) AS g (n)
CROSS JOIN LATERAL (
  SELECT 241 + least(sample.roll('deal of ' || g.n, 60), sample.roll('deal for ' || g.n, 60)) AS partner_id,
         sample.office_hour(900 - g.n * 900 / 1400, 'deal ' || g.n) AS at
) AS d
JOIN sample.crews AS w ON w.account_id = d.partner_id
JOIN sample.words AS stem ON stem.list = 'stem' AND stem.n = 1 + sample.roll('prospect ' || g.n, 20)
JOIN sample.words AS ending ON ending.list = 'ending' AND ending.n = 1 + sample.roll('prospect end ' || g.n, 14)
JOIN sample.places AS place ON place.n = 1 + sample.roll('prospect place ' || g.n, 25)
JOIN sample.series AS s ON s.n = 1 + sample.roll('deal series ' || g.n, 12)
CROSS JOIN LATERAL (
  SELECT (CASE WHEN g.n < 1000 THEN ARRAY['won', 'won', 'lost', 'lost', 'rejected']
               ELSE ARRAY['draft', 'submitted', 'approved', 'approved', 'rejected'] END)[1 + sample.roll('deal state ' || g.n, 5)] AS name
) AS state
ORDER BY g.n;
SELECT setval(pg_get_serial_sequence('crm.deals', 'id'), 1400), setval('crm.deal_number', 1400);
