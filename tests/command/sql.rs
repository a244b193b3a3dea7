//! `portalctl sql`: as a persona, taken back or kept.

use crate::run::{Ran, psql, run};
use portalctl_test_support::PrivateProject;

const SPEC: &str = "\
version: 1
kind: project
name: acme
database: {setup: [db/*.sql]}
---
kind: object
name: account
table: crm.accounts
tenant: id
fields: {name: text}
---
kind: portal
name: support
audiences:
  customer:
    grants:
      account: {read: [name]}
---
kind: tenant
name: globex
title: Globex Corporation
key: \"1\"
";

fn sql(project: &PrivateProject, args: &[&str]) -> Ran {
    let whole = [&["sql", "--as", "support/customer", "--tenant", "globex", "--format", "csv"], args].concat();
    run(project.path(), &whole)
}

#[test]
fn what_a_statement_changes_is_kept_only_where_that_is_asked() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", SPEC);
    project.write(
        "db/1.sql",
        "create schema crm; create table crm.accounts (id int primary key, name text);
         insert into crm.accounts values (1, 'globex'), (2, 'umbrella'); create table crm.notes (body text);",
    );
    run(project.path(), &["apply", "--yes"]).expect(0);
    assert_eq!(sql(&project, &["-c", "select name from crm.accounts"]).expect(0).stdout, "name\r\nglobex\r\n");
    let titled = ["sql", "--as", "support/customer", "--tenant", "globex corporation", "-c", "select 1"];
    run(project.path(), &titled).expect(0);
    // A table beside the portal that its persona may write, so that the statement itself is what is tested.
    psql(&project, "grant select, insert on crm.notes to acme__support__customer").expect(0);
    let notes =
        || psql(&project, "select coalesce(string_agg(body, ',' order by body), '') from crm.notes").expect(0).stdout;

    let tried = sql(&project, &["-c", "insert into crm.notes values ('tried') returning body"]).expect(0);
    assert_eq!((tried.stdout.as_str(), notes().as_str()), ("body\r\ntried\r\n", "\n"));
    sql(&project, &["--write", "-c", "insert into crm.notes values ('kept')"]).expect(0);
    assert_eq!(notes(), "kept\n");

    for statement in ["commit", "/* x */ rollback", "set role postgres", "reset role", "begin", "savepoint a"] {
        let refused = sql(&project, &["--write", "-c", statement]).expect(4);
        assert!(refused.stderr.contains("would leave the persona or its transaction"), "{}", refused.stderr);
    }
    // Nor behind another statement.
    sql(&project, &["--write", "-c", "insert into crm.notes values ('a'); commit"]).expect(3);
    // What the persona may not do it may not do for good either, and nothing of a failed statement stays.
    let denied = sql(&project, &["--write", "-c", "update crm.accounts set name = 'mine'"]).expect(3);
    assert!(denied.stderr.contains("permission denied"), "{}", denied.stderr);
    sql(&project, &["--write", "-c", "insert into crm.notes values ('b'), ((1 / (select 0))::text)"]).expect(3);
    assert_eq!(notes(), "kept\n");
}
