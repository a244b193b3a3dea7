//! `portalctl verify`: what a live database shows people is held against the access model.

use crate::run::{Ran, psql, run};
use portalctl_test_support::PrivateProject;
use serde_json::Value;

const SPEC: &str = "\
version: 1
kind: project
name: acme
database: {setup: [db/*.sql]}
tenants: [{from_table: crm.accounts, key: id, where: {open: true}}]
people: [{name: contacts, from_table: crm.contacts, keys: {contact: id}, email: email, tenant: account_id, audience: support/customer}]
assigned_tenants: {table: crm.team, tenant: account_id, user: {column: person, key: contact}}
---
kind: object
name: account
table: crm.accounts
tenant: id
fields: {name: text}
---
kind: object
name: case
table: crm.cases
tenant: account_id
owner: {column: contact_id, key: contact}
fields: {subject: text, phone: {type: phone, class: personal, mask: last4}, notes: {type: text, class: internal}}
---
kind: object
name: comment
table: crm.comments
tenant: {via: case_id, object: case}
parent: {via: case_id, object: case}
fields: {body: text}
---
kind: portal
name: support
audiences:
  customer:
    grants:
      case: {read: {scope: own, fields: [subject, phone]}}
      comment: {read: {scope: parent, fields: [body]}}
  manager: {grants: {account: {read: [name]}, case: {read: {fields: [subject, phone], unmasked: [phone]}}}}
  agent: {who: internal, tenants: assigned, grants: {case: {read: [subject, phone, notes]}}}
";

const CRM: &str = "
create schema crm;
create table crm.accounts (id int primary key, name text, open boolean not null default true);
create table crm.contacts (id int primary key, account_id int, email text);
create table crm.team (account_id int, person int);
create table crm.cases (id int primary key, account_id int not null, contact_id int, subject text, phone text, notes text);
create index on crm.cases (account_id); create index on crm.cases (contact_id);
create table crm.comments (id int primary key, case_id int not null, body text);
create index on crm.comments (case_id);
insert into crm.accounts select n, 'account ' || n, n <> 3 from generate_series(1, 4) as n;
insert into crm.contacts select n, n % 4 + 1, 'c' || n || '@acme.example' from generate_series(1, 12) as n;
insert into crm.cases select n, n % 4 + 1, n % 12 + 1, 'case ' || n, '+49 30 12345' || n, 'note' from generate_series(1, 300) as n;
insert into crm.comments select n, n % 300 + 1, 'comment' from generate_series(1, 600) as n;
";

fn applied() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.write("db/1.sql", CRM);
    run(project.path(), &["apply", "--yes"]).expect(0);
    project
}

fn verify(project: &PrivateProject, args: &[&str]) -> Ran {
    run(project.path(), &[&["verify"], args].concat())
}

/// In the project's database, and back again once it was looked at.
fn with(project: &PrivateProject, change: &str, back: &str, args: &[&str]) -> String {
    psql(project, change).expect(0);
    let told = verify(project, args).expect(1).stdout;
    psql(project, back).expect(0);
    told
}

#[test]
fn a_database_as_it_was_applied_is_as_declared() {
    let project = applied();
    let state = "select md5(string_agg(t::text, '' order by t::text)) from crm.cases as t";
    let before = psql(&project, state).expect(0).stdout;
    for args in [&[][..], &["--rows", "7", "--people", "2"]] {
        let told = verify(&project, &[args, &["--format", "json"]].concat()).expect(0).stdout;
        let report: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(
            (report["failed"].as_array().map(Vec::len), report["untold"].as_array().map(Vec::len)),
            (Some(0), Some(0))
        );
        assert!(report["shown"].as_u64() > Some(20) && report["masked"].as_u64() > Some(2), "{told}");
    }
    let told = verify(&project, &["--rows", "7"]).expect(0).stdout;
    assert!(told.ends_with("tried in part: `--rows` takes more\n") && told.contains("`crm.cases`"), "{told}");
    assert_eq!(psql(&project, state).expect(0).stdout, before);
}

#[test]
fn whatever_is_changed_behind_its_back_is_told() {
    let project = applied();
    // Incident 11: a helper that may no longer be called takes the portal down.
    let helper = "do $$ declare f record; begin for f in select p.oid::regprocedure as f from pg_proc as p \
                  where pronamespace = 'acme_portal'::regnamespace and proname = 'user_key' loop \
                  execute format('WHAT EXECUTE ON FUNCTION %s DIRECTION acme__support__customer', f.f); end loop; end $$";
    let revoke = helper.replace("WHAT", "REVOKE").replace("DIRECTION", "FROM");
    let grant = helper.replace("WHAT", "GRANT").replace("DIRECTION", "TO");
    let told = with(&project, &revoke, &grant, &[]);
    assert!(told.contains("support/customer") && told.contains("permission denied for function user_key"), "{told}");
    assert!(!told.contains("support/manager"), "{told}");

    // A policy that somebody opened, and a table without any.
    let open = "do $$ declare p record; begin for p in select * from pg_policies where tablename = 'cases' loop \
                execute format('ALTER POLICY %I ON crm.cases USING (true)', p.policyname); end loop; end $$";
    psql(&project, open).expect(0);
    let told = verify(&project, &["--rows", "5"]).expect(1).stdout;
    assert!(told.contains("✗ support/manager (") && told.contains("expected: hidden; got: shown"), "{told}");
    run(project.path(), &["apply", "--yes"]).expect(0);
    verify(&project, &[]).expect(0);
    let told = with(
        &project,
        "alter table crm.comments disable row level security",
        "alter table crm.comments enable row level security",
        &[],
    );
    assert!(told.contains(": comment/"), "{told}");

    // One column more, and one that is missing.
    let told = with(
        &project,
        "grant select (notes) on crm.cases to acme__support__manager",
        "revoke select (notes) on crm.cases from acme__support__manager",
        &[],
    );
    assert!(told.contains("support/manager: case.notes") && told.contains("got: readable"), "{told}");
    let told = with(
        &project,
        "revoke select (name) on crm.accounts from acme__support__manager",
        "grant select (name) on crm.accounts to acme__support__manager",
        &[],
    );
    assert!(told.contains("account.name") && told.contains("got: not readable"), "{told}");
    verify(&project, &[]).expect(0);
}

#[test]
fn who_cannot_see_everything_is_told_so() {
    let project = applied();
    psql(
        &project,
        "create role half login; grant acme__owner to half; grant usage on schema crm to half; \
                    grant select on all tables in schema crm to half",
    )
    .expect(0);
    run(project.path(), &["db", "start"]).expect(0);
    let url = run(project.path(), &["db", "url"]).expect(0).stdout.trim().replace("user=postgres", "user=half");
    let refused = verify(&project, &["--database-url", &url]).expect(3);
    assert!(
        refused.stderr.contains("row policies hide rows of `crm.") && refused.stderr.contains("BYPASSRLS"),
        "{}",
        refused.stderr
    );
}

#[test]
fn answers_that_are_alike_are_told_once_and_documents_that_were_not_applied_first() {
    let project = applied();
    assert!(!verify(&project, &[]).expect(0).stderr.contains("what was applied"));
    let open = "alter table crm.cases disable row level security";
    let told = with(&project, open, "alter table crm.cases enable row level security", &[]);
    assert!(told.contains("expected: hidden; got: shown; and ") && told.contains(" more alike\n"), "{told}");
    assert!(told.contains("`--format json` lists each of them"), "{told}");
    project.write("portalctl.yaml", &SPEC.replace("  manager: {grants", "  manager: {label: Lead, grants"));
    let ran = verify(&project, &[]).expect(0);
    assert!(ran.stderr.contains("the documents are not what was applied last"), "{}", ran.stderr);
}

#[test]
fn nothing_is_verified_where_nothing_was_applied() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.write("db/1.sql", CRM);
    assert!(verify(&project, &[]).expect(3).stderr.contains("portalctl apply"));
}
