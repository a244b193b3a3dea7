-- Support cases and the talk about them.

SET ROLE crm_owner;

CREATE SEQUENCE crm.case_number AS integer;

CREATE TABLE crm.cases (
  id             serial PRIMARY KEY,
  number         text NOT NULL UNIQUE DEFAULT 'CS-' || lpad(nextval('crm.case_number')::text, 6, '0'),
  account_id     integer NOT NULL REFERENCES crm.accounts,
  contact_id     integer NOT NULL,
  asset_id       integer,
  subject        text NOT NULL,
  description    text NOT NULL,
  category       text NOT NULL CHECK (category IN ('Fault', 'Spare part', 'Question', 'Delivery')),
  priority       text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  status         text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'open', 'waiting', 'resolved', 'closed')),
  assigned_to    integer REFERENCES crm.staff,
  internal_notes text,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  closed_at      timestamptz,
  FOREIGN KEY (contact_id, account_id) REFERENCES crm.contacts (id, account_id),
  FOREIGN KEY (asset_id, account_id) REFERENCES crm.assets (id, account_id),
  CHECK (closed_at IS NULL OR status IN ('resolved', 'closed'))
);
COMMENT ON COLUMN crm.cases.internal_notes IS 'For us alone; never sent to the customer';
CREATE INDEX cases_account ON crm.cases (account_id, created_at DESC);
CREATE INDEX cases_contact ON crm.cases (contact_id, created_at DESC);
CREATE INDEX cases_assigned ON crm.cases (assigned_to) WHERE closed_at IS NULL;
CREATE INDEX cases_asset ON crm.cases (asset_id);

CREATE TABLE crm.case_comments (
  id                serial PRIMARY KEY,
  case_id           integer NOT NULL REFERENCES crm.cases ON DELETE CASCADE,
  author_contact_id integer REFERENCES crm.contacts,
  author_staff_id   integer REFERENCES crm.staff,
  author_name       text NOT NULL,
  visibility        text NOT NULL DEFAULT 'internal' CHECK (visibility IN ('public', 'internal')),
  body              text NOT NULL,
  created_at        timestamptz NOT NULL DEFAULT now(),
  CHECK (num_nonnulls(author_contact_id, author_staff_id) = 1),
  CHECK (author_contact_id IS NULL OR visibility = 'public')
);
CREATE INDEX case_comments_case ON crm.case_comments (case_id, created_at);

CREATE TABLE crm.case_watchers (
  case_id    integer NOT NULL REFERENCES crm.cases ON DELETE CASCADE,
  contact_id integer NOT NULL REFERENCES crm.contacts ON DELETE CASCADE,
  until      timestamptz,
  PRIMARY KEY (case_id, contact_id)
);
COMMENT ON TABLE crm.case_watchers IS 'Colleagues whom the customer put in copy';
CREATE INDEX case_watchers_contact ON crm.case_watchers (contact_id);

RESET ROLE;
