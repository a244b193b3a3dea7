//! Statements of every kind that somebody with SQL and a context of their own may try, to reach more than their
//! rows and columns. Names in braces are filled in from a [`Target`].

use crate::provisioned::{Gateway, Rows};

/// A table, as one persona reads it.
pub(crate) struct Target<'a> {
    pub(crate) table: &'a str,
    /// A readable key of whole numbers.
    pub(crate) id: &'a str,
    /// A readable column with text, as text.
    pub(crate) word: &'a str,
    pub(crate) hidden: &'a str,
    pub(crate) role: &'a str,
    /// A persona that reads every row of the table.
    pub(crate) wider_role: &'a str,
    pub(crate) token: &'a str,
    /// The ids that the persona sees.
    pub(crate) own: &'a [String],
}

/// What a probe may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The ids of one's own rows.
    Ids,
    /// How many they are.
    Count,
    /// No row, or a refusal.
    Nothing,
    /// An error that says no more than that it may not be.
    Refused,
}

use Answer::{Count, Ids, Nothing, Refused};

pub(crate) const PROBES: &[(Answer, &str)] = &[
    (Ids, "select {id} from {table}"),
    (Count, "select count(*) from {table}"),
    (Ids, "select {id} from only {table}"),
    (Ids, "select {id} from {table} tablesample bernoulli (100)"),
    (Ids, "select {id} from {table} tablesample system (100) repeatable (1)"),
    (Ids, "select {id} from {table} where {word} = {word} or true or random() >= 0"),
    // Errors of others' rows would tell of them.
    (Ids, "select {id} from {table} where 1 / (case when {id} in ({own}) then 1 else 0 end) = 1"),
    (Ids, "select {id} from {table} where ({id}::text || 'x')::text <> '' and {id} / {id} = 1"),
    // Columns and whole rows.
    (Refused, "select * from {table}"),
    (Refused, "table {table}"),
    (Refused, "select t from {table} t"),
    (Refused, "select t.* from {table} t"),
    (Refused, "select to_jsonb(t) from {table} t"),
    (Refused, "select row_to_json(t) from {table} t"),
    (Refused, "select count(t) from {table} t"),
    (Refused, "select t is null from {table} t"),
    (Refused, "select {hidden} from {table}"),
    (Refused, "select {id} from {table} where {hidden} is not null"),
    (Refused, "select {id} from {table} order by {hidden}"),
    (Refused, "select count(*) from {table} group by {hidden}"),
    (Refused, "select {id} from {table} a join {table} b using ({id}, {hidden})"),
    (Refused, "select a.{id} from {table} a natural join {table} b"),
    (Refused, "select max({hidden}) over () from {table}"),
    (Refused, "select x.* from (select * from {table}) x"),
    (Refused, "select (select {hidden} from {table} limit 1)"),
    (Refused, "select ctid from {table}"),
    (Refused, "select tableoid from {table}"),
    (Refused, "select xmin from {table}"),
    (Refused, "select {id} from {table} where ctid = '(0,1)'"),
    // Row security by the session.
    (Refused, "set local row_security to off; select {id} from {table}"),
    (Refused, "alter table {table} disable row level security"),
    (Refused, "alter table {table} no force row level security"),
    (Refused, "create policy mine on {table} using (true)"),
    (Refused, "alter table {table} owner to current_user"),
    (Refused, "reset role; select {id} from {table}"),
    (Refused, "set local role none; select {id} from {table}"),
    (Refused, "set session authorization default; select {id} from {table}"),
    (Refused, "set session authorization postgres"),
    (Refused, "set role postgres"),
    (Refused, "set role pg_read_all_data"),
    (Refused, "set role {project}__owner"),
    (Refused, "set role {project}__lookup"),
    (Refused, "set role {project}__operator"),
    (Refused, "set role {project}__issuer"),
    (Refused, "set session_replication_role to replica"),
    (Refused, "alter role current_user bypassrls"),
    (Refused, "alter role current_user superuser"),
    (Refused, "grant {project}__operator to current_user"),
    (Refused, "grant pg_read_all_data to current_user"),
    // Another persona's role has no context here.
    (Nothing, "set local role {wider}; select {id} from {table}"),
    (Nothing, "select set_config('role', '{wider}', true) is null; select {id} from {table} where {id} is not null"),
    // Row policies go by the owner of a view, the definer of a function, the role that opened a cursor.
    (
        Nothing,
        "set local role {wider}; create temp view v as select {id} from {table}; grant select on v to {role}; \
         set local role {role}; select {id} from v",
    ),
    (
        Nothing,
        "set local role {wider}; create temp view v with (security_barrier) as select {id} from {table}; \
         grant select on v to {role}; create temp view w as select {id} from v; grant select on w to {role}; \
         set local role {role}; select {id} from w",
    ),
    (
        Nothing,
        "set local role {wider}; create function pg_temp.f() returns setof bigint language sql security definer \
         as 'select {id}::bigint from {table}'; set local role {role}; select * from pg_temp.f()",
    ),
    (
        Nothing,
        "set local role {wider}; create function pg_temp.f() returns setof bigint language plpgsql security definer \
         as 'begin return query execute ''select {id}::bigint from {table}''; end'; set local role {role}; \
         select * from pg_temp.f()",
    ),
    (
        Nothing,
        "set local role {wider}; declare c cursor for select {id} from {table}; set local role {role}; fetch all from c",
    ),
    (
        Nothing,
        "set local role {wider}; with x as materialized (select set_config('role', '{role}', true) as r) \
         select {id} from x, {table}",
    ),
    (
        Nothing,
        "set local role {wider}; select {id} from {table} where (select set_config('role', '{role}', true)) is not null",
    ),
    (
        Nothing,
        "set local role {wider}; select o.{id} from (select set_config('role', '{role}', true) as r offset 0) x, \
         lateral (select {id} from {table} where x.r is not null offset 0) o",
    ),
    (Ids, "set local role {wider}; prepare p as select {id} from {table}; set local role {role}; execute p"),
    (Nothing, "prepare q as select {id} from {table}; set local role {wider}; execute q"),
    (
        Nothing,
        "set local role {wider}; create temp table x as select {id} from {table}; grant select on x to {role}; \
         set local role {role}; select {id} from x",
    ),
    // Functions that run where a row is looked at.
    (
        Count,
        "create temp table seen (n bigint); \
         create function pg_temp.look(n bigint) returns boolean language plpgsql cost 0.0000001 \
         as 'begin insert into seen values (n); return true; end'; \
         do $$ begin perform {id} from {table} where pg_temp.look({id}::bigint); end $$; select count(*) from seen",
    ),
    (Refused, "create function pg_temp.look(n bigint) returns boolean language sql leakproof as 'select true'"),
    (
        Count,
        "create temp table seen (n bigint); \
         create function pg_temp.look(a bigint, b bigint) returns boolean language plpgsql cost 0.0000001 \
         as 'begin insert into seen values (a); return true; end'; \
         create operator pg_temp.=== (leftarg = bigint, rightarg = bigint, function = pg_temp.look, restrict = eqsel); \
         do $$ begin perform {id} from {table} where {id}::bigint operator(pg_temp.===) 0::bigint; end $$; \
         select count(*) from seen",
    ),
    (
        Count,
        "create function pg_temp.plus(a bigint, b bigint) returns bigint language sql as 'select coalesce(a, 0) + 1'; \
         create aggregate pg_temp.tally (bigint) (sfunc = pg_temp.plus, stype = bigint, initcond = '0'); \
         select pg_temp.tally({id}::bigint) from {table}",
    ),
    (Ids, "create temp view v as select {id} from {table}; select {id} from v"),
    (Ids, "create temp table x as select {id} from {table}; select {id} from x"),
    (
        Ids,
        "create function pg_temp.f() returns setof bigint language sql as 'select {id}::bigint from {table}'; select * from pg_temp.f()",
    ),
    (Ids, "declare c scroll cursor for select {id} from {table}; fetch all from c"),
    (Ids, "declare c cursor with hold for select {id} from {table}; fetch forward all from c"),
    (Ids, "prepare r (int) as select {id} from {table} where $1 = 1; execute r (1)"),
    (
        Count,
        "do $$ declare n bigint; begin execute 'select count(*) from {table}' into n; perform set_config('probe.n', n::text, true); end $$; select current_setting('probe.n')",
    ),
    (Count, "select (xpath('count(/table/row)', query_to_xml('select {id} from {table}', false, false, '')))[1]"),
    (Refused, "select table_to_xml('{table}', true, false, '')"),
    (Count, "select sum(ndoc) from ts_stat('select ''x''::tsvector from {table}')"),
    // Writing, locking, emptying.
    (Refused, "select {id} from {table} for update"),
    (Refused, "select {id} from {table} for key share"),
    (Refused, "lock table {table} in access share mode"),
    (Refused, "lock table {table} in row exclusive mode"),
    (Refused, "truncate {table}"),
    (Refused, "delete from {table}"),
    (Refused, "delete from {table} where {id} = 1 returning {id}"),
    (Refused, "update {table} set {id} = {id}"),
    (Refused, "insert into {table} ({id}) values (1) on conflict do nothing"),
    (Refused, "insert into {table} ({id}) values (1) on conflict ({id}) do update set {id} = 2 returning {id}"),
    (Refused, "merge into {table} t using (values (1)) v (n) on t.{id} = v.n when matched then delete"),
    (Refused, "copy {table} to stdout"),
    (Refused, "copy {table} from stdin"),
    (Refused, "copy (select {id} from {table}) to '/tmp/x'"),
    (Refused, "copy (select {id} from {table}) to program 'cat'"),
    // Objects that hang on the table.
    (Refused, "create temp table x (n bigint references {table})"),
    (Refused, "create temp table x (like {table})"),
    (Refused, "create temp table x () inherits ({table})"),
    (Refused, "create index on {table} ({id})"),
    (Refused, "create statistics s on {id}, {hidden} from {table}"),
    (Refused, "create rule r as on select to {table} do instead select 1"),
    (Refused, "create trigger t before update on {table} execute function suppress_redundant_updates_trigger()"),
    (Refused, "comment on table {table} is 'mine'"),
    (Refused, "create table public.mine (n int)"),
    (Refused, "create schema mine"),
    (Refused, "create materialized view public.m as select {id} from {table}"),
    (Refused, "create publication p for table {table}"),
    (Refused, "create extension if not exists dblink"),
    (Refused, "create language c"),
    // What PostgreSQL remembers of the data.
    (
        Nothing,
        "select most_common_vals, histogram_bounds from pg_stats where format('%I.%I', schemaname, tablename)::regclass = '{table}'::regclass",
    ),
    (
        Nothing,
        "select * from pg_stats_ext where format('%I.%I', schemaname, tablename)::regclass = '{table}'::regclass",
    ),
    (Refused, "select stavalues1 from pg_statistic"),
    (Refused, "select data from pg_largeobject"),
    (Refused, "select lo_get(oid) from pg_largeobject_metadata"),
    (Refused, "select lo_export(oid, '/tmp/x') from pg_largeobject_metadata"),
    (Refused, "select lo_import('/etc/hostname')"),
    (Refused, "select pg_read_file('postgresql.conf')"),
    (Refused, "select pg_ls_dir('.')"),
    (Refused, "select pg_stat_file('base')"),
    (Refused, "select rolpassword from pg_authid"),
    (Refused, "select usename, passwd from pg_shadow"),
    (Refused, "select * from pg_create_logical_replication_slot('s', 'test_decoding')"),
];

impl Target<'_> {
    fn fill(&self, statement: &str) -> String {
        let project = self.role.split("__").next().unwrap_or_default();
        statement
            .replace("{table}", self.table)
            .replace("{id}", self.id)
            .replace("{word}", self.word)
            .replace("{hidden}", self.hidden)
            .replace("{role}", &format!("\"{}\"", self.role))
            .replace("'\"", "'")
            .replace("\"'", "'")
            .replace("{wider}", &format!("\"{}\"", self.wider_role))
            .replace("'\"", "'")
            .replace("\"'", "'")
            .replace("{project}", project)
            .replace("{own}", &self.own.join(", "))
    }

    /// What is wrong with the answers; empty where all is well.
    pub(crate) async fn failures(&self, gateway: &mut Gateway) -> Vec<String> {
        let mut failures = Vec::new();
        for (expected, statement) in PROBES {
            let answer = gateway.read(self.role, self.token, &self.fill(statement)).await;
            if let Some(failure) = self.failure(*expected, answer) {
                failures.push(format!("{statement}: {failure}"));
            }
        }
        failures
    }

    fn failure(&self, expected: Answer, answer: Result<Rows, sqlx::Error>) -> Option<String> {
        let rows = match answer {
            Ok(rows) if expected == Refused => return Some(format!("should be refused, answered {rows:?}")),
            Ok(rows) => rows.into_iter().filter(|row| row != "f").collect::<Rows>(),
            Err(error) => {
                let may_be = matches!(expected, Refused | Nothing) && is_plain(&error);
                return (!may_be).then(|| error.to_string());
            }
        };
        let mut own: Rows = self.own.to_vec();
        own.sort();
        let wanted = match expected {
            Ids => own,
            Count => vec![own.len().to_string()],
            Nothing | Refused => Vec::new(),
        };
        (rows != wanted).then(|| format!("answered {rows:?} in place of {wanted:?}"))
    }
}

/// Privilege, wrong object, feature or definition; never an error that comes from a row's value.
fn is_plain(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default();
    ["42501", "42809", "0A000", "42P16", "42P17", "55000"].contains(&code.as_ref())
}
