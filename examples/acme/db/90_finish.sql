-- The sample data are in; the tools that made them go, and the planner learns what there is.

SET client_min_messages = warning;
DROP SCHEMA sample CASCADE;
RESET client_min_messages;

ANALYZE crm.staff, crm.accounts, crm.contacts, crm.account_team, crm.products, crm.assets, crm.articles, crm.bulletins,
  crm.cases, crm.case_comments, crm.case_watchers, crm.orders, crm.order_lines, crm.invoices,
  crm.opportunities, crm.opportunity_partners, crm.opportunity_team, crm.deals;
