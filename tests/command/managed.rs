//! A project whose tables are portalctl's.

use crate::run::{command, ended, run};
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

/// What a pull request brings to run finds none of CI's secrets.
#[test]
fn setup_files_are_given_nothing_of_the_surroundings() {
    let project = project(&SPEC.replace("name: acme\n", "name: acme\ndatabase: {setup: [db/*.sql]}\n"));
    project.write("db/1.sql", "\\! env > told\nselect 1;\n");
    let mut test = command(project.path(), &["test"]);
    ended(test.env("CI_SECRET", "s3cret").env("LC_TIME", "C").output().unwrap()).expect(0);
    let told = std::fs::read_to_string(project.path().join("told")).unwrap();
    assert!(!told.contains("s3cret") && !told.contains("CARGO"), "{told}");
    assert!(told.lines().any(|line| line.starts_with("PATH=")), "{told}");
}

/// What is computed from a name, and what the name was called before, go out of the audit log with it.
#[test]
fn what_was_noted_of_a_name_goes_with_the_name() {
    let person = "kind: object\nname: person\nmanaged: true\ntenant: account_id\nfields:\n  given: {type: text, class: personal}\n  \
        full_name: {type: text, class: personal, generated: \"given || ' Berg'\"}\n  joined: {type: date, default: 2020-01-01}\n\
        retention: {after: 30d, from: joined, then: anonymise, fields: [given]}\n---\nkind: portal\nname: shop\naudiences:\n  \
        customer: {grants: {person: {read: [full_name], create: [given]}}}\n---\n{kind: tenant, name: north, key: north}\n";
    let spec = format!("version: 1\nkind: project\nname: acme\n---\n{person}");
    let project = project(&spec);
    project.make_cluster();
    run(project.path(), &["apply", "--yes"]).expect(0);
    let insert = "insert into acme.person (given) values ('Bea')";
    run(project.path(), &["sql", "--as", "shop/customer", "--tenant", "north", "--write", "-c", insert]).expect(0);
    let renamed = spec.replace("  given: {type: text,", "  first_name: {was: given, type: text,");
    let renamed = renamed.replace("given || ", "first_name || ").replace("fields: [given]", "fields: [first_name]");
    project.write("portalctl.yaml", &renamed.replace("create: [given]", "create: [first_name]"));
    run(project.path(), &["apply", "--yes"]).expect(0);
    let log = || {
        run(
            project.path(),
            &["db", "psql", "--", "-Atc", "select before, after from acme_portal.audit_event where object = 'person'"],
        )
        .expect(0)
        .stdout
    };
    assert!(log().contains("Bea"), "{}", log());
    run(project.path(), &["retention", "run", "--yes"]).expect(0);
    assert!(!log().contains("Bea") && log().contains("2020-01-01"), "{}", log());
}
