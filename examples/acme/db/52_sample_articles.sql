-- The knowledge base: general articles, three for every series, and service bulletins for the owners of a product.

SET client_encoding = 'UTF8';

CREATE TABLE sample.articles (
  n integer GENERATED ALWAYS AS IDENTITY, slug text, category text, readership text, min_tier text, title text, summary text, body text
);

INSERT INTO sample.articles (slug, category, readership, min_tier, title, summary, body) VALUES
('how-to-reach-support', 'Getting started', 'everyone', 'basic', 'How to reach support',
 'Opening hours, telephone numbers, and what to have at hand when you call.',
 E'Support answers Monday to Friday from 7:00 to 18:00 Central European Time. Outside these hours gold customers reach the engineer on duty under the number on their service card.\n\nHave the serial number ready. It stands on the type plate, next to the mains connection, and begins with the code of the series.\n\nA case opened in the portal goes to the same people as a call, with the advantage that a photograph of the type plate can follow by mail.'),
('reading-the-type-plate', 'Getting started', 'everyone', 'basic', 'Reading the type plate',
 'What the numbers on the plate mean, and which of them we ask for.',
 E'The first line is the product, for example MC-65. The second is the serial number: code of the series, year and week of manufacture, and a running number.\n\nBelow it stand rated power, voltage and protection class. The square code at the right leads to the manual of exactly this machine.'),
('warranty-terms', 'Orders and returns', 'everyone', 'basic', 'Warranty terms in short',
 'How long the warranty lasts, what it covers, and what ends it early.',
 E'Pumps, gearboxes, compressors and mixers carry 24 months from installation, at most 30 months from delivery. Drives under 5 kW, valves, sensors and filters carry 12 months.\n\nWear parts such as shaft seals, diaphragms and filter cartridges are covered against faults of material only.\n\nOpening a sealed drive or running a pump dry ends the warranty for that machine.'),
('returning-goods', 'Orders and returns', 'everyone', 'basic', 'Returning goods',
 'When goods can be returned and how to send them.',
 E'Catalogue goods in their original packing can be returned within 30 days of delivery. Goods made to order cannot.\n\nOpen a case of the category "Delivery" first. You receive a return number and a label; parcels without one wait until somebody finds out whose they are.\n\nMachines that have met hazardous media must be cleaned, and the declaration of decontamination must be attached to the outside of the crate.'),
('choosing-a-pump', 'Getting started', 'everyone', 'basic', 'Which pump for which duty',
 'Centrifugal, submersible or dosing: a short guide to the three series.',
 E'Meridian centrifugal pumps move clean and slightly dirty water at constant flow. Below 30 % of rated flow they run hot: choose a smaller size or a Vario drive.\n\nTorrent submersible pumps work inside the medium. They tolerate fibres and sand, and need no priming.\n\nPulse dosing pumps measure rather than move: between 0.2 and 50 litres an hour, within 1 % of the set value.'),
('spare-parts-availability', 'Orders and returns', 'everyone', 'basic', 'How long we keep spare parts',
 'Spare parts are available for ten years after a product leaves the catalogue.',
 E'We deliver spare parts for ten years after the last machine of a type was sold. For electronics the period is eight years, after which we offer an exchange board with the same function.\n\nRecommended spare parts for two years of operation stand at the end of every manual.'),
('storage-before-installation', 'Getting started', 'everyone', 'basic', 'Storing machines before installation',
 'Machines that wait more than three months need attention.',
 E'Store indoors, dry, between 0 and 40 °C, in the closed packing.\n\nAfter three months turn the shaft of pumps, gearboxes and mixers by hand, five turns, and again every month. After twelve months renew the grease.\n\nFrequency drives that have been without voltage for a year must have their capacitors formed before full load: half an hour without load at rated voltage.'),
('energy-check', 'Maintenance', 'customers', 'silver', 'Ten-minute energy check of a pump station',
 'Four readings that show whether a pump wastes energy.',
 E'Note suction pressure, discharge pressure, motor current and valve position.\n\nA discharge valve that is half closed in normal operation costs more in a year than a Vario drive. A current that has risen by a tenth since commissioning points to wear of the impeller or to a bearing.\n\nSend us the four values in a case of the category "Question" and we calculate the efficiency.'),
('preparing-for-a-service-visit', 'Maintenance', 'customers', 'basic', 'Preparing for a service visit',
 'What our engineer needs on site to finish in one day.',
 E'The machine should be at rest, drained and cooled down. Isolation and its papers are the duty of the operator.\n\nA second person must be on site while we work on compressors and in pits.\n\nParts that we have sent ahead stay in their packing until the engineer has checked them against the order.'),
('bringing-colleagues-in', 'Getting started', 'customers', 'basic', 'Bringing colleagues into the portal',
 'Who sees what, and whom to ask for access.',
 E'Every colleague sees the cases they opened themselves and those in which they are in copy. Account administrators see all cases, orders and invoices of the company.\n\nAccess is given by your account manager. Tell us when somebody leaves: the sign-in ends the same day.'),
('service-tiers', 'Getting started', 'customers', 'basic', 'What the service tiers include',
 'Basic, silver and gold compared.',
 E'Basic: support in office hours, answer on the next working day.\n\nSilver: answer within four hours, a yearly inspection, and the articles on efficiency.\n\nGold: engineer on duty at all hours, exchange machines from stock, and remote diagnosis for drives and controllers.'),
('remote-diagnosis', 'Troubleshooting', 'customers', 'gold', 'Remote diagnosis for drives and controllers',
 'How to let us look at a machine without travelling.',
 E'Connect the service port of the Pilot controller to a network that may reach the internet, outgoing only, on port 443.\n\nThe connection is opened by you, for one hour, by turning the key switch; the lamp beside it shows that somebody is looking. We can read values and the fault memory. We can change nothing.'),
('long-term-wear-report', 'Maintenance', 'customers', 'gold', 'Asking for the wear report of your machines',
 'A yearly report on vibration, temperature and energy of every machine under gold service.',
 E'The report is made in January from the values of the past year. It lists each machine with its trend and a recommendation: keep, inspect, replace.\n\nIt can be asked for at any time in a case of the category "Question".'),
('registering-a-deal', 'Selling', 'partners', 'basic', 'Registering a deal',
 'How registration protects your work, and for how long.',
 E'Register a customer as soon as there is a concrete need: product family, amount and expected date are enough.\n\nOnce approved, no other partner is approved for the same customer and family for six months. If nothing happens in that time, the protection ends by itself.\n\nA registration is refused if we are already in talks ourselves; then we call you.'),
('partner-discounts', 'Selling', 'partners', 'basic', 'How partner discounts are made up',
 'Base discount by tier, and additions for registered deals.',
 E'Basic partners buy at 18 % under list, silver at 24 %, gold at 30 %. A registered and approved deal adds 5 %.\n\nDiscounts are calculated on single lines, after quantity steps. Sensors and filters are excluded from the additions.'),
('demo-machines', 'Selling', 'partners', 'silver', 'Borrowing demonstration machines',
 'Which machines can be borrowed and how to book them.',
 E'One machine of each of the series Meridian, Pulse and Vario is kept for demonstrations in Bremen, Parma and Västerås.\n\nBook through your channel manager, at least two weeks ahead. Transport is ours in one direction.'),
('service-training', 'Getting started', 'partners', 'basic', 'Service training for partners',
 'Dates and contents of the courses in Bremen.',
 E'Course A, two days: mounting, alignment, commissioning. Course B, three days: repair of pumps and gearboxes. Course C, two days: parameters and fault finding on drives and controllers.\n\nPartners who repair under warranty need A and B, renewed every three years.'),
('competitive-notes-kestrel', 'Selling', 'partners', 'gold', 'Meridian beside Kestrel KP',
 'Where we are better, where they are, and what to say.',
 E'The KP range is cheaper to buy below 65 mm. Over five years, at 4,000 hours a year, Meridian saves between 8 and 12 % of the energy.\n\nTheir seals are easier to change. Do not argue: show the interval.'),
('escalation-rules', 'Troubleshooting', 'staff', 'basic', 'When a case goes to the team lead',
 'Rules for escalation inside support.',
 E'A case of the priority "urgent" without an answer after one hour goes to the team lead, after four hours to the head of support.\n\nThe second machine of one type with the same fault in a month is reported to product care.'),
('goodwill-limits', 'Orders and returns', 'staff', 'basic', 'Goodwill: who may decide what',
 'Limits for repairs after the end of warranty.',
 E'Engineers up to 250 euros, team leads up to 1,500, the head of support up to 10,000. Always write the reason into the internal notes of the case.');

INSERT INTO sample.articles (slug, category, readership, min_tier, title, summary, body)
SELECT lower(s.name) || '-' || topic.slug, topic.category, topic.readership, topic.min_tier,
       replace(topic.title, '{}', s.name), replace(replace(topic.summary, '{}', s.name), '{kind}', s.kind),
       replace(replace(topic.body, '{}', s.name), '{kind}', s.kind)
FROM sample.series AS s
CROSS JOIN (VALUES
  ('commissioning', 'Getting started', 'everyone', 'basic', 'Commissioning a {}',
   'The order of steps for a new {kind}, from foundation to first start.',
   E'1. Check the {kind} for damage from transport and compare the type plate with the order.\n2. Mount it free of tension: pipes and cables must not carry its weight, nor the other way round.\n3. Connect protective earth first. Check the direction of turn with a short pulse where anything turns.\n4. Start without load, listen, and note current and temperature after ten minutes.\n5. Enter the date of installation in the protocol. The warranty of the {} begins on that day.'),
  ('maintenance-schedule', 'Maintenance', 'customers', 'basic', 'Maintenance schedule of the {} series',
   'What to do weekly, yearly and every five years.',
   E'Weekly: look, listen, feel. A {kind} that has changed its sound wants to tell you something.\n\nEvery 4,000 hours or once a year: clean, tighten, replace the wear parts of set A, compare the readings with those of the commissioning protocol.\n\nEvery 20,000 hours or five years: overhaul with set B. The {} is out of service for a day; exchange machines can be reserved.'),
  ('fault-codes', 'Troubleshooting', 'customers', 'silver', 'Fault codes of the {} series',
   'What the display shows, and what to do before calling.',
   E'E03 temperature: let it cool down, look for blocked air, start again once.\nE07 supply: measure all three phases under load.\nE12 no flow or no movement: check valves and inlet. Do not start more than twice.\nE21 sensor: check the plug; a spare sensor is part of set A.\nE40 and above: note the code and the four digits that follow, switch off, open a case.')
) AS topic (slug, category, readership, min_tier, title, summary, body)
ORDER BY s.n, topic.slug;

INSERT INTO crm.articles (id, slug, title, summary, body, category, readership, min_tier, published, author_id, published_at, updated_at)
SELECT a.n, a.slug, a.title, a.summary, a.body, a.category, a.readership, a.min_tier, written.done,
       (ARRAY[2, 4, 5, 7, 8])[1 + sample.roll('author ' || a.slug, 5)],
       CASE WHEN written.done THEN written.at END, written.at
FROM sample.articles AS a
CROSS JOIN LATERAL (
  SELECT a.n <= 20 OR sample.roll('published ' || a.slug, 8) > 0 AS done,
         sample.office_hour(sample.roll('written ' || a.slug, 900), a.slug) AS at
) AS written;
SELECT setval(pg_get_serial_sequence('crm.articles', 'id'), max(id)) FROM crm.articles;

INSERT INTO crm.bulletins (id, number, product_id, severity, title, body, issued_on)
SELECT row_number() OVER (ORDER BY dated.on_day, p.id), 'SB-' || extract(year FROM dated.on_day) || '-' || lpad((p.id * 2 + k)::text, 3, '0'),
       p.id, matter.severity, replace(matter.title, '{}', p.sku), replace(matter.body, '{}', p.name), dated.on_day
FROM crm.products AS p
CROSS JOIN generate_series(0, 1) AS k
CROSS JOIN LATERAL (SELECT date '2026-12-15' - sample.roll('bulletin ' || p.sku || k, 1000) AS on_day) AS dated
CROSS JOIN LATERAL (
  SELECT * FROM (VALUES
    (0, 'information', 'New seal material for {}', 'Spare seals for the {} are delivered in a new material from this date. It lasts longer above 60 °C and can be mixed with the old one.'),
    (1, 'action advised', 'Tightening torque of {}', 'On some machines of the type {} the terminal screws have loosened in the first year. Check them at the next maintenance: 2.5 Nm, cold, without voltage.'),
    (2, 'action required', 'Exchange of the control board of {}', 'Boards delivered between week 12 and week 20 may report a normal temperature when the sensor has failed. Owners of the {} receive a board free of charge; until it is changed, check the temperature by hand once a shift.'),
    (3, 'information', 'Revised manual for {}', 'The manual of the {} has been revised. New are the chapter on cleaning and the table of lubricants.')
  ) AS matters (n, severity, title, body) WHERE n = sample.roll('matter ' || p.sku || k, 4)
) AS matter
WHERE k = 0 OR sample.roll('second ' || p.sku, 2) = 0;
SELECT setval(pg_get_serial_sequence('crm.bulletins', 'id'), max(id)) FROM crm.bulletins;
