-- Eight thousand cases in three years, and what was said about them.

SET client_encoding = 'UTF8';
-- Compiling these statements takes longer than running them.
SET jit = off;

CREATE TABLE sample.cases AS
SELECT n, c.account_id, w.before + 1 + sample.roll('caller ' || n, w.people) AS contact_id,
       asset.id AS asset_id, asset.product, asset.serial_no, asset.location,
       sample.roll('matter ' || n, 10) AS matter,
       sample.office_hour(1095 - n * 1095 / 8000, 'case ' || n) AS created_at,
       1 + sample.roll('comments ' || n, 5) AS comments,
       engineer.staff_id
FROM generate_series(1, 8000) AS n
CROSS JOIN LATERAL (
  SELECT 1 + least(sample.roll('case of ' || n, 240), sample.roll('case for ' || n, 240)) AS account_id
) AS c
JOIN sample.crews AS w ON w.account_id = c.account_id
JOIN (SELECT account_id, min(staff_id) AS staff_id FROM crm.account_team WHERE role = 'support engineer' GROUP BY 1) AS engineer
  ON engineer.account_id = c.account_id
LEFT JOIN (
  SELECT s.id, s.account_id, p.name AS product, s.serial_no, s.location,
         row_number() OVER (PARTITION BY s.account_id ORDER BY s.id) AS nth, count(*) OVER (PARTITION BY s.account_id) AS owned
  FROM crm.assets AS s JOIN crm.products AS p ON p.id = s.product_id
) AS asset ON asset.account_id = c.account_id AND asset.nth = 1 + sample.roll('machine ' || n, 1000) % asset.owned;

-- So many working days after a moment on a working day.
CREATE FUNCTION sample.later(moment timestamptz, days integer) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN moment + make_interval(hours => 24 * (days + 2 * ((extract(isodow FROM moment AT TIME ZONE 'UTC')::integer - 1 + days) / 5)));

CREATE TABLE sample.matters (matter integer PRIMARY KEY, category text, subject text, description text, note text);
INSERT INTO sample.matters VALUES
  (0, 'Fault', 'Leak at {product}', 'Since this morning the {product} in {location} loses about a cup of water an hour at the {part}. Serial number {serial}. We have put a tray under it and keep it running.', 'Third leak at this site. Check alignment before sending another seal.'),
  (1, 'Fault', 'Unusual noise from {product}', 'The {product} ({serial}) in {location} has become loud after the weekend, a grinding sound that grows with speed. Temperature is normal. Can we let it run until the visit?', 'Sounds like the bearing. Kit is in stock.'),
  (2, 'Fault', 'Error {code} on {product}', 'Display shows {code} about twice a shift. We acknowledge it and the {product} starts again. Serial number {serial}, {location}.', 'Board of the affected series? Compare with the bulletin.'),
  (3, 'Fault', '{product} does not start', 'After the power cut last night the {product} in {location} stays dark. Fuses are good, supply measured at 402 V. Serial number {serial}.', NULL),
  (4, 'Fault', '{product} loses performance', 'The {product} ({serial}) reaches only about {percent} % of the flow we saw after commissioning. Inlet has been cleaned. What should we measure?', 'Candidate for the energy check. Ask sales.'),
  (5, 'Spare part', 'Spare part: {part} for {product}', 'Please quote one {part} for our {product}, serial number {serial}, with delivery to {location}.', NULL),
  (6, 'Spare part', 'Recommended spare parts for {product}', 'For the shutdown in spring we want to have the wear parts of the {product} ({serial}) on site. Which set do we need?', 'Offer set A and an inspection.'),
  (7, 'Question', 'Maintenance interval of {product}', 'Our {product} ({serial}) runs about 3,000 hours a year in two shifts. Is the yearly maintenance still right, or should we go by hours?', NULL),
  (8, 'Question', 'Certificate for {product}', 'Our auditor asks for the material certificate of the {product} with the serial number {serial}. Could you send it once more?', NULL),
  (9, 'Delivery', 'Delivery incomplete', 'The parcel of yesterday came without the {part}. It is on the delivery note. Please send it on, the fitters come on Thursday.', 'Warehouse says packed. Check the weight on the label.');

CREATE FUNCTION sample.fill(template text, c sample.cases) RETURNS text
LANGUAGE sql STABLE
RETURN replace(replace(replace(replace(replace(replace(template,
  '{product}', coalesce(c.product, 'machine')), '{serial}', coalesce(c.serial_no, 'not at hand')),
  '{location}', coalesce(c.location, 'the workshop')), '{part}', sample.word('part', 'part ' || c.n)),
  '{code}', (ARRAY['E03', 'E07', 'E12', 'E21', 'E43'])[1 + sample.roll('code ' || c.n, 5)]),
  '{percent}', (55 + sample.roll('percent ' || c.n, 35))::text);

INSERT INTO crm.cases (id, number, account_id, contact_id, asset_id, subject, description, category, priority, status,
                       assigned_to, internal_notes, created_at, updated_at, closed_at)
SELECT c.n, 'CS-' || lpad(c.n::text, 6, '0'), c.account_id, c.contact_id, c.asset_id,
       sample.fill(m.subject, c), sample.fill(m.description, c), m.category,
       CASE WHEN m.category = 'Fault' THEN (ARRAY['normal', 'normal', 'high', 'high', 'urgent'])[1 + sample.roll('priority ' || c.n, 5)]
            ELSE (ARRAY['low', 'normal', 'normal'])[1 + sample.roll('priority ' || c.n, 3)] END,
       progress.status,
       CASE WHEN progress.status <> 'new' THEN c.staff_id END,
       CASE WHEN sample.roll('note ' || c.n, 3) = 0 THEN m.note END,
       c.created_at, coalesce(ended.at, c.created_at), ended.at
FROM sample.cases AS c
JOIN sample.matters AS m ON m.matter = c.matter
CROSS JOIN LATERAL (
  SELECT CASE WHEN c.n > 7960 THEN (ARRAY['new', 'new', 'open'])[1 + sample.roll('new ' || c.n, 3)]
              WHEN c.n > 7700 THEN (ARRAY['open', 'open', 'waiting', 'resolved'])[1 + sample.roll('open ' || c.n, 4)]
              WHEN c.n > 7200 AND sample.roll('slow ' || c.n, 12) = 0 THEN 'waiting'
              WHEN c.n > 7500 THEN 'resolved'
              ELSE 'closed' END AS status
) AS progress
CROSS JOIN LATERAL (
  SELECT CASE WHEN progress.status IN ('resolved', 'closed')
              THEN least(sample.later(c.created_at, c.comments + 1), timestamptz '2026-10-30 16:30:00+00') END AS at
) AS ended
ORDER BY c.n;
SELECT setval(pg_get_serial_sequence('crm.cases', 'id'), 8000), setval('crm.case_number', 8000);

CREATE TABLE sample.phrases (category text, who text, texts text[], PRIMARY KEY (category, who));
INSERT INTO sample.phrases VALUES
  ('Fault', 'staff', ARRAY[
    'Thank you for the report. Could you send a photograph of the type plate and of the display?',
    'Please check the inlet filter and tighten the terminal screws with 2.5 Nm, without voltage.',
    'Our engineer can be with you on Thursday. Please have the machine drained and isolated.',
    'You can let it run until then, as long as the temperature stays below 80 °C.',
    'The replacement part leaves our warehouse today, with the instructions for the exchange.']),
  ('Fault', 'contact', ARRAY[
    'Thank you, we will try that in the next shift and report back.',
    'The serial number is right, I have checked it on the plate.',
    'It is getting worse. We have switched over to the standby machine.',
    'Done as described. It has been quiet since yesterday evening.',
    'Thursday from eight o''clock is fine. Ask for me at the gate.']),
  ('Fault', 'internal', ARRAY[
    'Out of warranty since summer. Goodwill within my limit, I have decided to grant it.',
    'Same fault as last month at another site. Told product care.',
    'Customer is annoyed about the waiting time. Please call before writing.',
    'Spoke to the workshop: two exchange machines in stock, one reserved for this case.']),
  ('Spare part', 'staff', ARRAY[
    'The part is in stock and can leave our warehouse tomorrow. The offer is attached to your order list.',
    'For this serial number the part has been replaced by a newer one, which fits without changes.',
    'Delivery time is two weeks at present. Shall we reserve one for you?']),
  ('Spare part', 'contact', ARRAY[
    'Please send the offer to our purchasing department, with me in copy.',
    'Two pieces, please, one of them for the shelf.',
    'Two weeks are fine, the shutdown is in March.']),
  ('Spare part', 'internal', ARRAY[
    'Margin on this kit is thin, no further discount.',
    'Spoke to the warehouse: two in stock, one reserved for this case.']),
  ('Question', 'staff', ARRAY[
    'Go by hours: 4,000 hours or one year, whichever comes first. The schedule is in the knowledge base.',
    'The document is on its way by mail. Is there anything else?',
    'I have asked product care and will come back to you within two days.']),
  ('Question', 'contact', ARRAY[
    'Thank you, that is what we needed.',
    'Received. Could you send the same for the second machine in that room?',
    'Good, we plan it for the summer break.']),
  ('Question', 'internal', ARRAY[
    'Good candidate for a maintenance contract. Told the account manager.',
    'Second question of this kind this month: the manual should say it.']),
  ('Delivery', 'staff', ARRAY[
    'I am sorry. The missing piece is being sent by express and arrives before Thursday.',
    'According to the carrier there were two parcels. Has the second one arrived in the meantime?']),
  ('Delivery', 'contact', ARRAY[
    'The second parcel has just come, everything is complete. Thank you.',
    'Only one parcel arrived, the driver has signed for one as well.']),
  ('Delivery', 'internal', ARRAY[
    'Claim opened with the carrier.',
    'Second short delivery from this dock in a week.']);

INSERT INTO crm.case_comments (id, case_id, author_contact_id, author_staff_id, author_name, visibility, body, created_at)
SELECT row_number() OVER (ORDER BY c.n, k), c.n,
       CASE WHEN says.who = 'contact' THEN c.contact_id END,
       CASE WHEN says.who <> 'contact' THEN c.staff_id END,
       CASE WHEN says.who = 'contact' THEN p.full_name ELSE s.full_name END,
       CASE WHEN says.who = 'internal' THEN 'internal' ELSE 'public' END,
       phrase.texts[1 + (sample.roll('begins ' || c.n, 5) + k) % cardinality(phrase.texts)],
       said.at
FROM sample.cases AS c
JOIN sample.matters AS m ON m.matter = c.matter
JOIN crm.cases AS kept ON kept.id = c.n AND kept.status <> 'new'
CROSS JOIN LATERAL generate_series(1, c.comments) AS k
CROSS JOIN LATERAL (
  SELECT CASE WHEN k % 2 = 0 THEN 'contact' WHEN sample.roll('internal ' || c.n || '/' || k, 3) = 0 THEN 'internal' ELSE 'staff' END AS who
) AS says
JOIN sample.phrases AS phrase ON phrase.category = m.category AND phrase.who = says.who
JOIN crm.contacts AS p ON p.id = c.contact_id
JOIN crm.staff AS s ON s.id = c.staff_id
CROSS JOIN LATERAL (
  SELECT sample.later(c.created_at, k) - make_interval(mins => sample.roll('minute ' || c.n || '/' || k, 240)) AS at
) AS said
WHERE said.at < timestamptz '2026-10-30 17:00:00+00';
SELECT setval(pg_get_serial_sequence('crm.case_comments', 'id'), max(id)) FROM crm.case_comments;

INSERT INTO crm.case_watchers (case_id, contact_id)
SELECT c.n, w.before + 1 + sample.roll('watcher ' || c.n, w.people)
FROM sample.cases AS c
JOIN sample.crews AS w ON w.account_id = c.account_id
WHERE sample.roll('watched ' || c.n, 4) = 0 AND w.before + 1 + sample.roll('watcher ' || c.n, w.people) <> c.contact_id;
