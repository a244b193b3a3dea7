//! Every construct of the read language against PostgreSQL: the rows that each persona sees, by hand.

use crate::probes::Target;
use crate::provisioned::{Asker, Gateway, Provisioned, Rows, folder, rows, run};
use portalctl_test_support::TestDatabase;
use std::collections::{BTreeMap, BTreeSet};

const EXPECTED: &str = include_str!("language/expected.txt");

/// Shares and assignments of the control schema, which no business table holds, and what PostgreSQL gathers.
const RECORDS: &str = "
    insert into {control}.share (object, row_key, tenant_kind, tenant_key, user_key_name, user_key, expires_at) values
        ('document', '{7}', null, null, 'contact', '11', 'infinity'),
        ('document', '{8}', null, null, 'contact', '11', '2026-01-15 10:00Z'),
        ('document', '{9}', 'customer', '1', null, null, '2026-01-15 10:00:00.000001Z'),
        ('document', '{6}', 'partner', '1', null, null, 'infinity'),
        ('document', '{5}', null, null, 'badge', '00000000-0000-0000-0000-0000000000b1', 'infinity'),
        ('document', '{4}', null, null, 'employee', '11', 'infinity'),
        ('document', '{3,1}', null, null, 'contact', '11', 'infinity'),
        ('report', '{7}', null, null, 'contact', '11', 'infinity'),
        ('report', '{6}', null, null, 'contact', '11', 'infinity'),
        ('shipment', '{N,2}', null, null, 'contact', '11', 'infinity'),
        ('shipment', '{N}', null, null, 'contact', '11', 'infinity'),
        ('shipment', '{S,3}', 'customer', '1', null, null, 'infinity');
    insert into {control}.assignment (object, row_key, user_key_name, user_key) values
        ('site', '{5}', 'contact', '11'), ('site', '{6,1}', 'contact', '11'), ('site_log', '{3}', 'contact', '11'), ('document', '{1}', 'contact', '12');
    select lo_from_bytea(0, 'of the business'::bytea);
    analyze;";

/// What a session may set that must not change who sees what.
const HOSTILE_SETTINGS: &str = "
    set time zone 'Pacific/Kiritimati'; set datestyle to 'SQL, DMY'; set intervalstyle to sql_standard;
    set search_path to pg_temp, pg_catalog; set standard_conforming_strings to off; set transform_null_equals to on;
    set array_nulls to off; set bytea_output to escape; set extra_float_digits to -15; set xmloption to document;
    set plan_cache_mode to force_generic_plan; set constraint_exclusion to on;
    set from_collapse_limit to 1; set enable_material to off; set client_min_messages to error";

/// One asker and what each readable table shows.
struct Case {
    title: String,
    facet: usize,
    asker: Asker,
    tables: BTreeMap<String, Vec<String>>,
}

/// `portal/audience[#facet] [kind:tenant] [name=key]… [@moment]`, then one indented line per table.
fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in EXPECTED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let first = words.next().expect("a word");
        if line.starts_with(' ') {
            let keys = words.filter(|word| *word != "-").map(str::to_owned).collect();
            cases.last_mut().expect("an asker before").tables.insert(first.to_owned(), keys);
            continue;
        }
        let (persona, facet) = first.split_once('#').unwrap_or((first, "1"));
        let asker = Asker { at: Some("2026-01-15T10:00:00Z".to_owned()), ..Asker::new(persona) }.written(words);
        let facet = facet.parse::<usize>().expect("a facet's number") - 1;
        cases.push(Case { title: line.to_owned(), facet, asker, tables: BTreeMap::new() });
    }
    cases
}

/// How a row's key is written in the expected lists.
fn key_of(table: &str) -> &'static str {
    match table {
        "notes" => "ltrim(right(id::text, 2), '0')",
        "shipments" => "trim(depot) || '/' || no",
        "parts" => "sku",
        "contracts" => "trim(code)",
        "weird" => "\"I'd\"",
        _ => "id::text",
    }
}

/// The table that the expected lists call so.
fn quoted(table: &str) -> String {
    match table {
        "weird" => r#"biz."We""ird $body$; drop table x; --""#.to_owned(),
        "weird_parts" => r#"biz."part's""#.to_owned(),
        _ => format!("biz.{table}"),
    }
}

pub(crate) async fn business() -> TestDatabase {
    TestDatabase::from_template("language", async |template| {
        template.load(&folder("postgres/language/business.sql"));
    })
    .await
}

pub(crate) async fn provisioned() -> Provisioned {
    let portal = Provisioned::new(business().await, &folder("postgres/language")).await;
    records(&portal).await;
    portal
}

pub(crate) async fn records(portal: &Provisioned) {
    let records = RECORDS.replace("{control}", portal.control());
    run(&mut portal.db.admin().await, &records).await;
}

/// Where what a persona sees is not what the list says; empty where all is well.
pub(crate) async fn differences(portal: &Provisioned, settings: &str) -> Vec<String> {
    let mut gateway = portal.gateway().await;
    let mut differences = Vec::new();
    for case in cases() {
        let token = portal.token(&case.asker, &gateway).await;
        let role = portal.facet(&case.asker.persona, case.facet);
        for (table, expected) in &case.tables {
            if !settings.is_empty() {
                run(&mut gateway.connection, settings).await;
            }
            let query = format!("select {} from {}", key_of(table), quoted(table));
            let mut expected: Rows = expected.clone();
            expected.sort();
            match gateway.read(role, &token, &query).await {
                Ok(seen) if seen == expected => {}
                Ok(seen) => differences.push(format!("{}: {table}: expected {expected:?}, saw {seen:?}", case.title)),
                Err(error) => differences.push(format!("{}: {table}: {error}", case.title)),
            }
        }
    }
    differences
}

#[tokio::test]
async fn every_persona_sees_exactly_the_rows_of_its_list() {
    let portal = provisioned().await;
    let differences = differences(&portal, "").await;
    assert!(differences.is_empty(), "{differences:#?}");
}

#[tokio::test]
async fn session_settings_change_nobodys_rows() {
    let portal = provisioned().await;
    let differences = differences(&portal, HOSTILE_SETTINGS).await;
    assert!(differences.is_empty(), "{differences:#?}");
}

fn unquoted(table: &str) -> String {
    table.replace('"', "")
}

/// The list must say something about everything that is granted.
#[tokio::test]
async fn the_lists_cover_every_grant() {
    let portal = provisioned().await;
    let mut granted: BTreeSet<(String, String)> = BTreeSet::new();
    for persona in portal.model.personas.values() {
        for (at, facet) in persona.facets.iter().enumerate() {
            let tables =
                facet.reads.keys().map(|table| (format!("{}#{}", persona.name, at + 1), unquoted(&table.sql())));
            granted.extend(tables);
        }
    }
    let listed: BTreeSet<(String, String)> = cases()
        .iter()
        .flat_map(|case| {
            let who = format!("{}#{}", case.asker.persona, case.facet + 1);
            case.tables.keys().map(move |table| (who.clone(), unquoted(&quoted(table))))
        })
        .collect();
    assert_eq!(granted, listed);
}

async fn expect_denied(gateway: &mut Gateway, role: &str, token: &str, query: &str) {
    let code = match gateway.read(role, token, query).await {
        Ok(seen) => panic!("`{role}` may run `{query}`: {seen:?}"),
        Err(error) => {
            error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default().into_owned()
        }
    };
    assert_eq!(code, "42501", "`{role}`: {query}");
}

/// Privileges of personas and logins on columns of the business that no grant gives, and grants that are not there.
pub(crate) async fn wrong_privileges(portal: &Provisioned) -> Vec<String> {
    let held = format!(
        "select r.rolname || ' ' || c.relname || '.' || a.attname || ' ' || p.privilege
         from pg_roles r, pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid,
             unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) as p (privilege)
         where starts_with(r.rolname, '{project}__') and r.rolname not in ('{project}__lookup', '{project}__operator')
             and n.nspname = 'biz' and a.attnum > 0 and has_column_privilege(r.oid, c.oid, a.attnum, p.privilege)",
        project = portal.db.project()
    );
    let held: BTreeSet<String> = rows(&mut portal.db.admin().await, &held).await.unwrap().into_iter().collect();
    let mut granted = BTreeSet::new();
    for facet in portal.model.personas.values().flat_map(|persona| &persona.facets) {
        for (table, rectangle) in &facet.reads {
            let columns = rectangle.columns.iter();
            granted.extend(columns.map(|column| format!("{} {}.{column} SELECT", facet.role, table.name)));
        }
    }
    held.symmetric_difference(&granted).cloned().collect()
}

#[tokio::test]
async fn columns_that_no_grant_gives_are_refused() {
    let portal = provisioned().await;
    assert_eq!(wrong_privileges(&portal).await, [""; 0]);
    let mut gateway = portal.gateway().await;
    for facet in portal.model.personas.values().flat_map(|persona| &persona.facets) {
        // No context is needed to be refused: privileges come first.
        for table in portal.exposed().keys().filter(|table| !facet.reads.keys().any(|read| read.sql() == **table)) {
            expect_denied(&mut gateway, facet.role.as_str(), "", &format!("select count(*) from {table}")).await;
        }
    }
    let by_tenant = portal.role("ext/by-tenant");
    for query in [
        "select * from biz.tickets",
        "select secret from biz.tickets",
        "select id from biz.tickets where secret = 's3'",
    ] {
        expect_denied(&mut gateway, by_tenant, "", query).await;
    }
}

/// A tenant that its table's condition leaves out, or of another kind, gets no context, whoever asks for one.
#[tokio::test]
async fn who_is_no_tenant_gets_no_context() {
    let portal = provisioned().await;
    let mut admin = portal.db.admin().await;
    for (persona, kind, key) in [
        ("ext/by-tenant", "customer", "7"),
        ("ext/by-tenant", "dormant", "9"),
        ("ext/by-tenant", "partner", "1"),
        ("ext/by-tenant", "partner", "5"),
        ("ext/by-tenant", "customer", "5"),
        ("ext/by-tenant", "customer", "one"),
        ("ext/by-tenant", "", ""),
        ("ext/carrier", "customer", "1"),
        ("ext/nobody", "customer", "1"),
    ] {
        let sql = format!(
            "select \"{}\".administrator_context('{persona}', '{kind}', '{key}', '{{}}', null, null, '1 minute')",
            portal.control()
        );
        let context = rows(&mut admin, &sql).await;
        assert!(context.is_err(), "{persona} {kind}:{key}");
    }
}

/// What a customer with SQL reaches beyond their tickets; empty where all is well.
pub(crate) async fn what_is_reached(portal: &Provisioned, gateway: &mut Gateway) -> Vec<String> {
    let token = portal.token(&Asker::new("ext/by-tenant").of("customer", "1"), gateway).await;
    let target = Target {
        table: "biz.tickets",
        id: "id",
        word: "stage::text",
        hidden: "secret",
        role: portal.role("ext/by-tenant"),
        wider_role: portal.role("int/everything"),
        token: &token,
        own: &["1".to_owned(), "2".to_owned()],
    };
    target.failures(gateway).await
}

#[tokio::test]
async fn whatever_is_tried_shows_ones_own_rows_alone() {
    let portal = provisioned().await;
    let failures = what_is_reached(&portal, &mut portal.gateway().await).await;
    assert!(failures.is_empty(), "{failures:#?}");
}
