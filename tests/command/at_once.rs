//! Two administrators at the same time.

use crate::run::{ended, run, spawn};
use portalctl::adapters::local_postgres::Status;
use portalctl_test_support::PrivateProject;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

const SPEC: &str = "\
version: 1
kind: project
name: acme
---
{kind: object, name: ticket, managed: true, tenant: account_id, fields: {subject: text}}
---
kind: portal
name: desk
audiences:
  customer: {grants: {ticket: {read: {fields: [subject], scope: tenant_tree}}}}
";

/// Whoever writes to the audit log waits for whoever holds the number.
const GATE: &str = "\
create function public.gate() returns trigger language plpgsql as
    'begin perform pg_advisory_xact_lock_shared(42); return new; end';
create trigger gate before insert on acme_portal.audit_event for each row execute function public.gate()";

/// Asks until the answer is true.
async fn until(connection: &mut PgConnection, question: &'static str) {
    let began = Instant::now();
    while !sqlx::query_scalar::<_, bool>(question).fetch_one(&mut *connection).await.unwrap() {
        assert!(began.elapsed() < Duration::from_secs(60), "never: {question}");
    }
}

/// Each sees the tree as it was when it asks, and neither sees what the other has not ended yet.
#[tokio::test]
async fn two_tenants_are_not_put_below_each_other() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    let server = project.cluster().start().await.unwrap();
    let at = project.path();
    run(at, &["apply", "--yes"]).expect(0);
    for name in ["north", "south"] {
        run(at, &["tenant", "add", name, "--key", name]).expect(0);
    }
    let Ok(Status::Running { address, .. }) = project.cluster().status() else { panic!("the server runs") };
    let mut gate = PgConnection::connect(&address.url("postgres", "acme")).await.unwrap();
    sqlx::raw_sql(GATE).execute(&mut gate).await.unwrap();
    sqlx::raw_sql("select pg_advisory_lock(42)").execute(&mut gate).await.unwrap();
    let both = [["north", "south"], ["south", "north"]]
        .map(|[below, above]| spawn(at, &["tenant", "set", below, "--parent", above, "--title", "moved"]));
    until(&mut gate, "select count(*) = 2 from pg_locks where not granted").await;
    sqlx::raw_sql("select pg_advisory_unlock(42)").execute(&mut gate).await.unwrap();
    let mut ran = both.map(|child| ended(child.wait_with_output().unwrap()));
    ran.sort_by_key(|ran| ran.code);
    let [done, refused] = ran;
    done.expect(0);
    assert!(refused.expect(2).stderr.contains("would be below itself"));
    let list: Value = serde_json::from_str(&run(at, &["tenant", "list", "--format", "json"]).expect(0).stdout).unwrap();
    let of = |name: &str| list["tenants"].as_array().unwrap().iter().filter(|one| !one[name].is_null()).count();
    assert_eq!(of("parent_key"), 1, "{list:#}");
    // Of what was refused nothing is kept, nor recorded.
    assert_eq!(list.to_string().matches("moved").count(), 1, "{list:#}");
    let recorded = "select count(*) = 1 from acme_portal.audit_event where action = 'tenant.change'";
    until(&mut gate, recorded).await;
    drop(gate);
    server.end().unwrap();
}
