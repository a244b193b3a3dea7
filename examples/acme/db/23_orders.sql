-- Orders, and the invoices that the ERP sends over every night.

SET ROLE crm_owner;

CREATE TABLE crm.orders (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  number       text NOT NULL UNIQUE,
  account_id   integer NOT NULL REFERENCES crm.accounts,
  contact_id   integer NOT NULL,
  po_number    text,
  status       text NOT NULL CHECK (status IN ('draft', 'confirmed', 'shipped', 'delivered', 'cancelled')),
  ordered_at   timestamptz NOT NULL,
  delivery_on  date NOT NULL,
  ship_to      text NOT NULL,
  total        numeric(14,2) NOT NULL CHECK (total >= 0),
  cost         numeric(14,2) NOT NULL CHECK (cost >= 0),
  currency     char(3) NOT NULL DEFAULT 'EUR',
  updated_at   timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (contact_id, account_id) REFERENCES crm.contacts (id, account_id)
);
COMMENT ON COLUMN crm.orders.cost IS 'What the order costs us';
CREATE INDEX orders_account ON crm.orders (account_id, ordered_at DESC);
CREATE INDEX orders_contact ON crm.orders (contact_id);

CREATE TABLE crm.order_lines (
  order_id   uuid NOT NULL REFERENCES crm.orders ON DELETE CASCADE,
  line_no    smallint NOT NULL CHECK (line_no > 0),
  product_id integer NOT NULL REFERENCES crm.products,
  quantity   integer NOT NULL CHECK (quantity > 0),
  unit_price numeric(14,2) NOT NULL CHECK (unit_price >= 0),
  discount   numeric(4,1) NOT NULL DEFAULT 0 CHECK (discount BETWEEN 0 AND 60),
  PRIMARY KEY (order_id, line_no)
);
COMMENT ON COLUMN crm.order_lines.discount IS 'Percent';
CREATE INDEX order_lines_product ON crm.order_lines (product_id);

CREATE TABLE crm.invoices (
  number     text PRIMARY KEY,
  account_no text NOT NULL REFERENCES crm.accounts (account_no),
  order_no   text NOT NULL REFERENCES crm.orders (number),
  issued_on  date NOT NULL,
  due_on     date NOT NULL CHECK (due_on >= issued_on),
  amount     numeric(14,2) NOT NULL,
  currency   char(3) NOT NULL DEFAULT 'EUR',
  status     text NOT NULL CHECK (status IN ('open', 'paid', 'overdue', 'credited'))
);
COMMENT ON TABLE crm.invoices IS 'Copied from the ERP, which knows accounts by their number';
CREATE INDEX invoices_account ON crm.invoices (account_no, issued_on DESC);
CREATE INDEX invoices_order ON crm.invoices (order_no);

RESET ROLE;
