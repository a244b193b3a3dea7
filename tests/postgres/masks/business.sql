-- A small CRM: people whose addresses and account numbers only some may see whole, and relations that are no tables.
create schema m;
-- Under such a collation texts match no pattern.
create collation m.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create table m.companies (id int primary key, name text not null, region text not null);
create table m.people (
    id int primary key,
    company_id int not null references m.companies,
    name text not null,
    email text,
    phone varchar(40),
    iban text collate m.any_case,
    badge bigint,
    born date,
    internal boolean not null default false
);
create index on m.people (company_id);
create table m.letters (id int primary key, person_id int not null references m.people, subject text not null);
create index on m.letters (person_id);
create table m.bookings (id int primary key, company_id int not null references m.companies, region text not null, amount numeric(12, 2) not null);

insert into m.companies values (1, 'One', 'north'), (2, 'Two', 'north'), (3, 'Three', 'south');
insert into m.people values
    (1, 1, 'Ann', 'ann@one.example', '+49 30 1234567', 'DE89 3704 0044 0532 0130 00', 12345678, '1980-01-02', false),
    (2, 1, 'Bob', 'b@one.example', '1234567', 'NO9386011117947', 42, '1981-01-02', false),
    (3, 2, 'Cid', 'not an address', null, 'abcd', 12345678, '1982-01-02', false),
    (4, 2, 'Dee', null, '  1 2 3 4  ', '', null, '1983-01-02', true),
    (5, 3, 'Eve', 'ann@one.example', '+49 30 1234567', 'DE89 3704 0044 0532 0130 00', 99, '1984-01-02', false),
    (6, 3, 'Fay', 'a@b@c', 'äöüäöüäöüß', 'a@b@c', 77, '1985-01-02', false);
insert into m.letters values (1, 1, 'to Ann'), (2, 3, 'to Cid'), (3, 5, 'to Eve');
insert into m.bookings
    select n, 1 + n % 3, case when n % 3 = 2 then 'south' else 'north' end, n from generate_series(1, 12) n;

-- A view of the business's own, an aggregate, a materialised view and a foreign table.
create view m.directory as select p.id, p.company_id, p.name, c.name as company, p.email from m.people p join m.companies c on c.id = p.company_id;
create view m.benchmark as
    select region, count(distinct company_id)::int as companies, count(*)::int as bookings, sum(amount) as total, avg(amount)::numeric(12, 2) as mean
    from m.bookings group by region
    union all values ('none', null, 0, 0, 0), ('one', 1, 1, 1, 1), (null, 9, 9, 9, 9);
create materialized view m.totals as select company_id as id, company_id, sum(amount) as total from m.bookings group by company_id;
create extension file_fdw;
create server files foreign data wrapper file_fdw;
create foreign table m.rates (code text, company_id int, rate numeric) server files
    options (program $$printf 'a,1,1.5\nb,2,2.5\nc,,3\n'$$, format 'csv');
analyze;
