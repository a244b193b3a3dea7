//! A project whose tables are portalctl's.

use crate::run::run;
use portalctl_test_support::PrivateProject;

const SPEC: &str = "\
version: 1
kind: project
name: acme
---
kind: object
name: order
managed: true
tenant: account_id
owner: contact_id
fields: {number: {type: text, numbered: {prefix: A-, digits: 4}}, subject: {type: text, required: true}}
---
kind: object
name: line
managed: true
tenant: {via: order_id, object: order}
fields: {text: text}
---
kind: portal
name: shop
audiences:
  customer:
    grants: {order: {read: [number, subject], create: [subject]}, line: {read: [text]}}
---
kind: access_test
name: walls
given:
  tenants: {north: {}, south: {}}
  users: {ann: {tenant: north, audience: shop/customer}, bob: {tenant: south, audience: shop/customer}}
  rows:
    order: [{id: 1, tenant: north, owner: ann}, {id: second, tenant: south, owner: bob}]
    line: [{id: 11, order: 1}, {id: 12, order: second}]
expect:
  - {as: ann, lists: {order: [1], line: [11]}}
  - {as: bob, lists: {order: [second], line: [12]}}
";

fn project(spec: &str) -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", spec);
    project
}

#[test]
fn access_tests_run_on_tables_that_are_made_for_them() {
    let project = project(SPEC);
    let before = run(project.path(), &["test"]).expect(0);
    assert!(before.stderr.contains("1 test, 4 expectations: all hold"), "{}", before.stderr);
    run(project.path(), &["apply", "--yes"]).expect(0);
    // The same where the tables are there already: what is ours is no part of the copy.
    run(project.path(), &["test"]).expect(0);
    project.write("portalctl.yaml", &SPEC.replace("order: [1], line: [11]", "order: [1, second], line: [11]"));
    let wrong = run(project.path(), &["test"]).expect(1);
    assert!(wrong.stdout.contains("must also see `second`"), "{}", wrong.stdout);
}
