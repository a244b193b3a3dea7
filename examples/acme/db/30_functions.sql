-- What the CRM does by itself. PostgreSQL lets everybody call a new function: here nobody but the application may.

SET ROLE crm_owner;

CREATE FUNCTION crm.touch() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;

CREATE TRIGGER touch BEFORE UPDATE ON crm.accounts FOR EACH ROW EXECUTE FUNCTION crm.touch();
CREATE TRIGGER touch BEFORE UPDATE ON crm.contacts FOR EACH ROW EXECUTE FUNCTION crm.touch();
CREATE TRIGGER touch BEFORE UPDATE ON crm.articles FOR EACH ROW EXECUTE FUNCTION crm.touch();
CREATE TRIGGER touch BEFORE UPDATE ON crm.cases FOR EACH ROW EXECUTE FUNCTION crm.touch();
CREATE TRIGGER touch BEFORE UPDATE ON crm.orders FOR EACH ROW EXECUTE FUNCTION crm.touch();
CREATE TRIGGER touch BEFORE UPDATE ON crm.opportunities FOR EACH ROW EXECUTE FUNCTION crm.touch();
CREATE TRIGGER touch BEFORE UPDATE ON crm.deals FOR EACH ROW EXECUTE FUNCTION crm.touch();

-- Whoever writes a comment, it bears their name; an answer of the customer brings a waiting case back.
CREATE FUNCTION crm.complete_comment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.author_name IS NULL THEN
    NEW.author_name := coalesce(
      (SELECT c.full_name FROM crm.contacts AS c WHERE c.id = NEW.author_contact_id),
      (SELECT s.full_name FROM crm.staff AS s WHERE s.id = NEW.author_staff_id));
  END IF;
  UPDATE crm.cases AS c SET status = 'open'
  WHERE c.id = NEW.case_id AND c.status = 'waiting' AND NEW.author_contact_id IS NOT NULL;
  RETURN NEW;
END
$$;
CREATE TRIGGER complete BEFORE INSERT ON crm.case_comments FOR EACH ROW EXECUTE FUNCTION crm.complete_comment();

-- What we keep of a deal, and how long it is protected, is ours to say.
CREATE FUNCTION crm.complete_deal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.amount > 5000000 THEN
    RAISE EXCEPTION 'A deal of this size is agreed with your channel manager first.';
  END IF;
  NEW.margin := coalesce(NEW.margin, CASE WHEN NEW.amount < 50000 THEN 28 ELSE 22 END);
  NEW.protected_until := coalesce(NEW.protected_until, current_date + 90);
  RETURN NEW;
END
$$;
CREATE TRIGGER complete BEFORE INSERT ON crm.deals FOR EACH ROW EXECUTE FUNCTION crm.complete_deal();

CREATE FUNCTION crm.open_balance(account_no text) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(sum(i.amount), 0)
  FROM crm.invoices AS i
  WHERE i.account_no = open_balance.account_no AND i.status IN ('open', 'overdue')
$$;
COMMENT ON FUNCTION crm.open_balance(text) IS 'What an account still owes, as its caller sees it';

CREATE FUNCTION crm.close_resolved_cases(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  closed integer;
BEGIN
  UPDATE crm.cases AS c SET status = 'closed', closed_at = coalesce(c.closed_at, now())
  WHERE c.status = 'resolved' AND c.updated_at < close_resolved_cases.before;
  GET DIAGNOSTICS closed = ROW_COUNT;
  RETURN closed;
END
$$;
COMMENT ON FUNCTION crm.close_resolved_cases(timestamptz) IS 'Run every night: closes what has rested long enough';

CREATE VIEW crm.open_cases WITH (security_invoker = true) AS
  SELECT c.number, a.name AS account, c.subject, c.priority, c.status, s.full_name AS assigned_to, c.created_at
  FROM crm.cases AS c
  JOIN crm.accounts AS a ON a.id = c.account_id
  LEFT JOIN crm.staff AS s ON s.id = c.assigned_to
  WHERE c.status IN ('new', 'open', 'waiting');

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA crm FROM PUBLIC;

GRANT USAGE ON SCHEMA crm TO crm_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA crm TO crm_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA crm TO crm_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA crm TO crm_app;

RESET ROLE;
