-- The roles of the CRM. Roles belong to the cluster, so another database may have made them already.

DO $$
BEGIN
  CREATE ROLE crm_owner NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;

DO $$
BEGIN
  CREATE ROLE crm_app LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END
$$;

CREATE SCHEMA crm AUTHORIZATION crm_owner;
COMMENT ON SCHEMA crm IS 'Customers, partners, service and sales of Acme Fluid Systems';
