create schema f;
create table f.contacts (id int primary key, email text, boss int, tenant_id int, role text);
create table f.staff (id int primary key, email text, boss int);
create table f.teams (id int generated always as identity, tenant_id int, staff_id int);
create table f.folders (id int primary key, tenant_id int, other_id int, owner_id int, agent_id int,
    state text, flag boolean, amount numeric, day date, at timestamptz, tier text, label text, mail text, gone_at timestamptz);
create table f.items (id int primary key, folder_id int, tenant_id int, other_id int, owner_id int, agent_id int,
    state text, flag boolean, amount numeric, day date, at timestamptz, tier text, label text, mail text, gone_at timestamptz);
create table f.notes (id int primary key, item_id int, tenant_id int, other_id int, owner_id int, agent_id int,
    state text, flag boolean, amount numeric, day date, at timestamptz, tier text, label text, mail text, gone_at timestamptz);
create table f.folder_shares (id int primary key, folder_id int, user_id int, until timestamptz);
create table f.item_shares (id int primary key, item_id int, tenant_id int, until date);
create table f.folder_people (id int primary key, folder_id int, user_id int);
create table f.tenant_people (id int primary key, tenant_id int, user_id int);
create table f.item_tenants (id int primary key, item_id int, tenant_id int);
