-- Sample data begins here. It is made by rule from the words below, without chance, so that every load gives the
-- same rows; "today" is 30 October 2026. The schema `sample` goes again at the end.

SET client_encoding = 'UTF8';

CREATE SCHEMA sample;

-- A number from 0 to sides - 1 that looks thrown but depends on the seed alone.
CREATE FUNCTION sample.roll(seed text, sides integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('x' || left(md5(seed), 7))::bit(28)::integer % sides;

-- A moment in office hours, so many days before today; what falls on a weekend moves to the Friday before.
CREATE FUNCTION sample.office_hour(days_ago integer, seed text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (date '2026-10-30' - days_ago
        - CASE extract(isodow FROM date '2026-10-30' - days_ago)::integer WHEN 6 THEN 1 WHEN 7 THEN 2 ELSE 0 END
        + interval '7 hours' + make_interval(secs => sample.roll(seed || ' hour', 36000))) AT TIME ZONE 'UTC';

CREATE TABLE sample.words AS
SELECT list, n::integer, word
FROM (VALUES
  ('first', string_to_array('Anna Ben Clara David Elena Felix Greta Henrik Ines Jonas Katrin Lukas Marta Nils Olivia Paul Renata Stefan Teresa Viktor Amelie Bruno Carmen Daniel Emma Filip Giulia Hugo Irina Jakub Karin Leo Maja Niklas Oskar Paula Rafael Sofia Tomas Ursula Agata Bernd Chiara Dario Eva Florian Hanna Ivan Johanna Kasper Laura Marco Nadia Otto Pia Ruben Silke Thea Urs Vera Wim Yara Zoe Adrian', ' ')),
  ('last', string_to_array('Andersson Bauer Costa Dubois Eriksen Fischer Garcia Hansen Ivanova Jansen Keller Lambert Moreau Novak Oliveira Petersen Quint Rossi Schmid Tanner Urban Vogel Weber Ziegler Almeida Bianchi Carlsen Dietrich Esposito Fontana Graf Hofmann Iversen Jung Kovacs Lindqvist Marino Nielsen Ortega Pavlik Reuter Santos Thomsen Ullmann Visser Wagner Zimmer Becker Conti Duarte Engel Ferrari Gruber Holm Kaiser Lorenz Meier Nowak Peeters Roth Sanchez Svensson Torres Verhoeven Winter Brandt Ferrand Haas Kramer Maurer Pohl Riva Seidel Steiner Vidal Wolff Barros Leitner Novotny Sommer', ' ')),
  ('stem', string_to_array('Hald Brack Ost Wend Kilm Tarn Lund Vester Holm Grim Ash Elder Rav Stein Mar Cald Fen Thorn Sel Nord', ' ')),
  ('ending', string_to_array('feld ford holt mark water wick stad brook haven moor ridge dale gate berg', ' ')),
  ('trade', ARRAY['Paper Mills','Dairies','Brewing','Chemicals','Foods','Waterworks','Sugar','Textiles','Mining','Glass','Pharma','Ceramics','Energy','Timber','Steel','Coatings','Shipyards','Greenhouses','Plastics','Fertilisers']),
  ('industry', ARRAY['Pulp and paper','Food and drink','Food and drink','Chemicals','Food and drink','Water','Food and drink','Textiles','Mining','Glass and ceramics','Pharmaceuticals','Glass and ceramics','Energy','Wood','Metals','Chemicals','Shipbuilding','Agriculture','Chemicals','Chemicals']),
  ('partner', ARRAY['Pump Service','Fluid Technology','Industrial Supply','Drives & Controls','Process Engineering','Automation','Plant Service','Hydraulics']),
  ('job', ARRAY['Maintenance manager','Plant engineer','Buyer','Production manager','Technical buyer','Service technician','Site manager','Quality engineer','Energy manager','Process engineer']),
  ('partner job', ARRAY['Sales engineer','Account manager','Application engineer','Field sales']),
  ('street', ARRAY['Harbour Road','Mill Lane','Industriestrasse','Station Road','Canal Street','Werkstrasse','Quay Street','Foundry Lane','Am Hafen','Riverside']),
  ('site', ARRAY['Boiler house','Line 1','Line 2','Line 3','Pump station North','Pump station South','Intake works','Effluent plant','Cooling tower','Packaging hall','Tank farm','Utilities building']),
  ('part', ARRAY['shaft seal','bearing kit','impeller','gasket set','control board','coupling','diaphragm','inlet filter']),
  ('rival', ARRAY['Kestrel Pumps','Orbis Flow','Delmar Hydraulics','Unity Drives'])
) AS lists (list, words), unnest(words) WITH ORDINALITY AS entry (word, n);
ALTER TABLE sample.words ADD PRIMARY KEY (list, n);

CREATE TABLE sample.lists AS
SELECT list, array_agg(word ORDER BY n) AS words, count(*)::integer AS length FROM sample.words GROUP BY list;
ALTER TABLE sample.lists ADD PRIMARY KEY (list);

-- The word of a list that a seed falls on.
CREATE FUNCTION sample.word(list text, seed text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT l.words[1 + sample.roll(seed, l.length)] FROM sample.lists AS l WHERE l.list = word.list);

CREATE TABLE sample.places (
  n integer PRIMARY KEY, country char(2), city text, legal_form text, dial text
);
INSERT INTO sample.places VALUES
  (1, 'DE', 'Bremen', 'GmbH', '+49 421'), (2, 'DE', 'Kassel', 'GmbH', '+49 561'), (3, 'DE', 'Augsburg', 'GmbH', '+49 821'),
  (4, 'DE', 'Mannheim', 'GmbH', '+49 621'), (5, 'AT', 'Linz', 'GmbH', '+43 732'), (6, 'AT', 'Graz', 'GmbH', '+43 316'),
  (7, 'CH', 'Winterthur', 'AG', '+41 52'), (8, 'NL', 'Eindhoven', 'B.V.', '+31 40'), (9, 'NL', 'Zwolle', 'B.V.', '+31 38'),
  (10, 'BE', 'Ghent', 'NV', '+32 9'), (11, 'FR', 'Nantes', 'SAS', '+33 2'), (12, 'FR', 'Grenoble', 'SAS', '+33 4'),
  (13, 'IT', 'Brescia', 'S.p.A.', '+39 030'), (14, 'IT', 'Parma', 'S.p.A.', '+39 0521'), (15, 'ES', 'Zaragoza', 'S.A.', '+34 976'),
  (16, 'GB', 'Hull', 'Ltd', '+44 1482'), (17, 'GB', 'Leeds', 'Ltd', '+44 113'), (18, 'IE', 'Cork', 'Ltd', '+353 21'),
  (19, 'SE', 'Västerås', 'AB', '+46 21'), (20, 'DK', 'Aalborg', 'A/S', '+45 98'), (21, 'NO', 'Stavanger', 'AS', '+47 51'),
  (22, 'FI', 'Tampere', 'Oy', '+358 3'), (23, 'PL', 'Poznań', 'Sp. z o.o.', '+48 61'), (24, 'CZ', 'Brno', 's.r.o.', '+420 54'),
  (25, 'PT', 'Porto', 'Lda.', '+351 22');

CREATE TABLE sample.series (
  n integer PRIMARY KEY, name text, code text, family text, kind text, price integer, sizes text[]
);
INSERT INTO sample.series VALUES
  (1, 'Meridian', 'MC', 'Pumps', 'centrifugal pump', 2400, '{40,65,100,150}'),
  (2, 'Torrent', 'TS', 'Pumps', 'submersible pump', 3100, '{2,4,8,12}'),
  (3, 'Pulse', 'PD', 'Pumps', 'dosing pump', 890, '{05,10,25,50}'),
  (4, 'Vario', 'VF', 'Drives', 'frequency drive', 640, '{3,7,15,30}'),
  (5, 'Atlas', 'AG', 'Drives', 'gearbox', 1750, '{20,45,90,180}'),
  (6, 'Sentry', 'SV', 'Valves', 'control valve', 420, '{15,25,50,80}'),
  (7, 'Argus', 'AS', 'Sensors', 'pressure sensor', 145, '{10,16,40,100}'),
  (8, 'Boreal', 'BC', 'Compressors', 'screw compressor', 8900, '{11,22,37,55}'),
  (9, 'Solano', 'SH', 'Heat exchangers', 'plate heat exchanger', 3600, '{12,24,48,96}'),
  (10, 'Clarus', 'CF', 'Filters', 'cartridge filter', 310, '{1,2,4,8}'),
  (11, 'Vortex', 'VM', 'Mixers', 'top-entry mixer', 4200, '{5,11,22,30}'),
  (12, 'Pilot', 'PC', 'Controllers', 'pump controller', 980, '{100,200,300,400}');
