//! Whom a new `lifecycle` takes access from, where the dates cannot simply be counted.

use crate::run::{psql, run};
use portalctl_test_support::PrivateProject;

const SPEC: &str = "\
version: 1
kind: project
name: acme
database: {schema: crm, setup: [db/*.sql]}
tenants: [{from_table: crm.SOURCE, key: id, title: name}]
---
{kind: object, name: ticket, managed: true, tenant: account_id, fields: {subject: text}}
---
kind: portal
name: desk
audiences:
  former: {grants: {ticket: {read: {fields: [subject], where: {subject: Welcome}}}}}
  customer: {grants: {ticket: {read: [subject]}}}
";

/// Who wrote the view is nobody in particular; whom it runs as is written down outside of any transaction.
const TABLES: &str = "\
create role crm_author;
create schema crm;
grant usage on schema crm to crm_author;
create table crm.accounts (id text primary key, name text not null, paid date);
insert into crm.accounts values ('n', 'North', null), ('s', 'South', '2999-01-01');
create sequence crm.ran_as_administrator;
create function crm.trap() returns boolean language plpgsql as $$ begin
    if (select rolsuper from pg_roles where rolname = current_user) then
        perform nextval('crm.ran_as_administrator');
        raise 'trapped';
    end if;
    return true;
end $$;
create view crm.firms as select id, name, paid from crm.accounts where crm.trap();
grant select on crm.accounts to crm_author;
alter view crm.firms owner to crm_author;
";

fn desk(source: &str) -> (PrivateProject, String) {
    let project = PrivateProject::new();
    let spec = SPEC.replace("SOURCE", source);
    project.write("portalctl.yaml", &spec);
    project.write("db/01.sql", TABLES);
    project.make_cluster();
    run(project.path(), &["apply", "--yes"]).expect(0);
    for key in ["n", "s"] {
        let email = format!("ann@{key}.example");
        run(project.path(), &["user", "invite", &email, "--as", "desk/customer", "--tenant", key]).expect(0);
    }
    (project, spec)
}

fn with(spec: &str, lifecycle: &str) -> String {
    spec.replace("name: desk\n", &format!("name: desk\nlifecycle: {{{lifecycle}, on_lapse: former}}\n"))
}

fn told(project: &PrivateProject) -> String {
    let plan = run(project.path(), &["plan"]).expect(0).stdout;
    let line = plan.lines().find(|line| line.contains("lapses=desk/customer  ")).map(str::to_owned);
    line.unwrap_or_else(|| panic!("nobody lapses:\n{plan}"))
}

#[test]
fn dates_of_a_table_are_counted() {
    let (project, spec) = desk("accounts");
    project.write("portalctl.yaml", &with(&spec, "paid_until: paid"));
    let line = told(&project);
    assert!(line.contains("  1 person of 1 tenant loses access at once") && line.contains(": North"), "{line}");
}

/// A view runs what its owner wrote. It is not run with the rights of the administrator to count, who may do everything.
#[test]
fn a_view_of_somebody_else_is_not_run_to_count() {
    let (project, spec) = desk("firms");
    let before = psql(&project, "select is_called from crm.ran_as_administrator").expect(0).stdout;
    assert_eq!(before, "f\n", "nothing before runs it, either");
    project.write("portalctl.yaml", &with(&spec, "paid_until: paid"));
    let line = told(&project);
    assert!(line.contains("  up to 2 people of 2 tenants lose access at once"), "{line}");
    run(project.path(), &["apply", "--yes"]).expect(4);
    run(project.path(), &["apply", "--yes", "--allow", "lapses=desk/customer"]).expect(0);
    assert_eq!(psql(&project, "select is_called from crm.ran_as_administrator").expect(0).stdout, "f\n");
    // And it is a trap indeed.
    assert!(psql(&project, "select count(*) from crm.firms").stderr.contains("trapped"));
}

/// Where the plan itself makes what holds the dates, nobody has one yet.
#[test]
fn dates_that_are_not_there_yet_are_nobodys() {
    let (project, spec) = desk("accounts");
    let terms = "---\n{kind: object, name: term, managed: true, tenant: account_id, fields: {until: date}}\n---\nkind: portal\n";
    let of_rows = with(&spec.replace("---\nkind: portal\n", terms), "paid_until: {object: term, field: until}");
    project.write("portalctl.yaml", &of_rows);
    let line = told(&project);
    assert!(line.contains("  2 people of 2 tenants lose access at once"), "{line}");
    run(project.path(), &["apply", "--yes", "--allow", "lapses=desk/customer"]).expect(0);
    let users = run(project.path(), &["user", "list"]).expect(0).stdout;
    assert_eq!(users.matches("as desk/former").count(), 2, "{users}");
}
