-- `{p}` begins every role of this test.
create role {p}_owner nologin;
create role {p}_app login;
create role {p}_readers nologin;
create role {p}_report login in role {p}_readers;
create role {p}_nosy login;

create schema crm authorization {p}_owner;
set role {p}_owner;
create table crm.accounts (id int primary key, name text not null, kind text not null default 'customer');
create table crm.contacts (id int primary key, account_id int not null references crm.accounts, email text not null, role text);
create table crm.cases (
  id int primary key, account_id int not null references crm.accounts, created_by int references crm.contacts,
  number text, subject text, description text, priority text, status text default 'new', created_at timestamptz default now());
create table crm.comments (id int primary key, case_id int not null references crm.cases, body text);
create index on crm.cases (account_id);
insert into crm.accounts select n, 'account ' || n from generate_series(1, 20) as n;
insert into crm.contacts select n, n, 'contact' || n || '@example.com', 'user' from generate_series(1, 20) as n;
insert into crm.cases select n, 1 + n % 20, 1 + n % 20, 'C' || n, 'subject ' || n, 'text', 'low' from generate_series(1, 200) as n;
insert into crm.comments select n, 1 + n % 200, 'body ' || n from generate_series(1, 400) as n;
grant usage on schema crm to {p}_app, {p}_readers;
grant select, insert, update, delete on all tables in schema crm to {p}_app;
grant select on all tables in schema crm to {p}_readers;
reset role;
