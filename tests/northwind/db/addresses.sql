-- Northwind knows no e-mail addresses; whoever puts its people on a portal gives them some.
ALTER TABLE customers ADD COLUMN email text GENERATED ALWAYS AS (lower(customer_id) || '@customers.example') STORED;
ALTER TABLE suppliers ADD COLUMN email text GENERATED ALWAYS AS ('s' || supplier_id || '@suppliers.example') STORED;
ALTER TABLE employees ADD COLUMN email text GENERATED ALWAYS AS (lower(last_name) || '@northwind.example') STORED;

-- What belongs to nobody: no tenant, no employee, no supplier.
INSERT INTO orders (order_id, ship_name) VALUES (30000, 'nobody''s order');
INSERT INTO products (product_id, product_name, discontinued) VALUES (300, 'nobody''s product', 1);
INSERT INTO order_details VALUES (30000, 300, 1, 1, 0);

CREATE SEQUENCE order_numbers START 11078;
