-- How much service companies of one trade and tier need: for comparing oneself, never for looking at one other company.

SET ROLE crm_owner;

CREATE VIEW crm.service_benchmark AS
SELECT a.industry,
       a.tier,
       count(*)::integer AS companies,
       round(avg(m.machines), 1) AS machines,
       round(avg(c.cases), 1) AS cases,
       round(avg(c.cases::numeric / nullif(m.machines, 0)), 2) AS cases_per_machine,
       round((avg(c.days))::numeric, 1) AS days_to_close
FROM crm.accounts AS a
CROSS JOIN LATERAL (
  SELECT count(*) AS machines FROM crm.assets AS s WHERE s.account_id = a.id AND s.status <> 'retired'
) AS m
CROSS JOIN LATERAL (
  SELECT count(*) AS cases, avg(extract(epoch FROM k.closed_at - k.created_at) / 86400) AS days
  FROM crm.cases AS k WHERE k.account_id = a.id
) AS c
WHERE a.type = 'customer' AND a.status = 'active' AND a.industry IS NOT NULL
GROUP BY a.industry, a.tier;
COMMENT ON VIEW crm.service_benchmark IS 'One row a trade and service tier; each company counts once, whatever its size';

RESET ROLE;
