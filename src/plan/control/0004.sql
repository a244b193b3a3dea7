-- Until when a tenant's people are of their audience; for tenants of a business table the table says it.
ALTER TABLE {schema}.tenant ADD COLUMN paid_until date;
