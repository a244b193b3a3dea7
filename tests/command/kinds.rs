//! Tenants of several kinds on the command line.

use crate::run::{psql, run};
use portalctl_test_support::PrivateProject;

const SPEC: &str = "\
version: 1
kind: project
name: acme
---
kind: object
name: ticket
managed: true
tenant: account_id
fields: {subject: {type: text, required: true}}
---
kind: portal
name: desk
audiences:
  customer: {tenant_kind: customer, grants: {ticket: {read: [subject], create: [subject]}}}
  partner: {tenant_kind: partner, grants: {ticket: {read: [subject], create: [subject]}}}
";

/// Where rows name tenants of any kind by their keys alone, a key that is taken is taken for all kinds; and `sql --tenant`
/// needs no kind to know who is meant.
#[test]
fn a_key_that_another_kind_has_is_refused() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.make_cluster();
    run(project.path(), &["apply", "--yes"]).expect(0);
    run(project.path(), &["tenant", "add", "north", "--kind", "customer", "--key", "1"]).expect(0);
    let refused = run(project.path(), &["tenant", "add", "flow", "--kind", "partner", "--key", "1"]).expect(2);
    assert!(refused.stderr.contains("key `1` belongs to `north`, a `customer`"), "{}", refused.stderr);
    assert!(refused.stderr.contains("choose another `--key`"), "{}", refused.stderr);
    run(project.path(), &["tenant", "add", "flow", "--kind", "partner", "--key", "2"]).expect(0);
    let write = "insert into acme.ticket (subject) values ('of a partner')";
    run(project.path(), &["sql", "--as", "desk/partner", "--tenant", "2", "--write", "-c", write]).expect(0);
    for (persona, tenant, tickets) in [("desk/partner", "partner:2", 1), ("desk/customer", "1", 0)] {
        let question = "select subject from acme.ticket";
        let seen = run(project.path(), &["sql", "--as", persona, "--tenant", tenant, "-c", question]).expect(0);
        assert_eq!(seen.stdout.matches("of a partner").count(), tickets, "{persona}: {}", seen.stdout);
    }
    // Nobody is the other kind's tenant.
    let refused = run(project.path(), &["sql", "--as", "desk/customer", "--tenant", "2", "-c", "select 1"]);
    assert_ne!(refused.code, 0, "{}", refused.stdout);
}

/// Whose rows are whose goes by further keys as well as by the main one, which no other key stands in for.
#[test]
fn a_named_key_is_one_tenants_and_never_the_main_one() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.make_cluster();
    run(project.path(), &["apply", "--yes"]).expect(0);
    let add = |name: &str, key: &str, named: &str| {
        let args = ["tenant", "add", name, "--kind", "customer", "--key", key, "--named-key", named];
        run(project.path(), &args)
    };
    add("north", "1", "erp=C-1").expect(0);
    let refused = add("evil", "2", "erp=C-1").expect(2);
    assert!(refused.stderr.contains("the `erp` key `C-1` belongs to `north`"), "{}", refused.stderr);
    let refused = add("evil", "2", "key=1").expect(2);
    assert!(refused.stderr.contains("`key` is what a tenant's main key is called"), "{}", refused.stderr);
    add("evil", "2", "erp=C-2").expect(0);

    // Whatever got into the table all the same.
    psql(&project, "update acme_portal.tenant set keys = '{\"key\": \"1\"}' where key = '2'").expect(0);
    let sql = |tenant: &str, more: &[&str]| {
        run(project.path(), &[&["sql", "--as", "desk/customer", "--tenant", tenant], more].concat()).expect(0).stdout
    };
    sql("1", &["--write", "-c", "insert into acme.ticket (subject) values ('of north')"]);
    let question = ["-c", "select subject from acme.ticket"];
    assert!(sql("1", &question).contains("of north"));
    assert!(!sql("2", &question).contains("of north"));
}

/// A kind that no audience is of is a slip. Where there are no kinds, such a tenant would have the key of another.
#[test]
fn a_kind_that_the_project_does_not_know_is_refused() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.make_cluster();
    run(project.path(), &["apply", "--yes"]).expect(0);
    let refused = run(project.path(), &["tenant", "add", "north", "--kind", "custmer", "--key", "1"]).expect(2);
    assert!(refused.stderr.contains("the project has no kind of tenant `custmer`"), "{}", refused.stderr);
    assert!(refused.stderr.contains("the kinds are customer, partner"), "{}", refused.stderr);

    project.write("portalctl.yaml", &SPEC.replace("tenant_kind: customer, ", "").replace("tenant_kind: partner, ", ""));
    run(project.path(), &["apply", "--yes"]).expect(0);
    run(project.path(), &["tenant", "add", "north", "--key", "7"]).expect(0);
    let refused = run(project.path(), &["tenant", "add", "flow", "--kind", "x", "--key", "7"]).expect(2);
    assert!(refused.stderr.contains("the tenants of this project have no kinds"), "{}", refused.stderr);
    assert!(refused.stderr.contains("leave `--kind` out"), "{}", refused.stderr);
}
