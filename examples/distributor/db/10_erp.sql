-- As the ERP has it: accounts by number, amounts in EUR, nothing made for a portal.

CREATE SCHEMA erp;

CREATE TABLE erp.open_items (
  doc_no        text PRIMARY KEY,
  account_no    integer NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('invoice', 'credit', 'payment')),
  booked_on     date NOT NULL,
  due_on        date,
  amount        numeric(14,2) NOT NULL,
  currency      char(3) NOT NULL DEFAULT 'EUR',
  reference     text,
  dunning_level smallint NOT NULL DEFAULT 0,
  clerk         text NOT NULL
);
CREATE INDEX open_items_account ON erp.open_items (account_no, due_on);

CREATE TABLE erp.sales (
  account_no integer NOT NULL,
  sold_on    date NOT NULL,
  family     text NOT NULL,
  amount     numeric(14,2) NOT NULL,
  margin     numeric(14,2) NOT NULL
);

-- What an account bought, month by month.
CREATE VIEW erp.turnover AS
  SELECT account_no, date_trunc('month', sold_on)::date AS month, family, sum(amount) AS amount, sum(margin) AS margin
  FROM erp.sales
  GROUP BY 1, 2, 3;
