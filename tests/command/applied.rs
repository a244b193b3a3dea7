//! People while the documents are broken: whoever has to be kept out is, by what was applied.

use crate::run::{Ran, run};
use portalctl_test_support::PrivateProject;

const PROJECT: &str = "version: 1\nkind: project\nname: acme\n";
const DESK: &str = "\
{kind: object, name: ticket, managed: true, tenant: account_id, fields: {subject: text}}
---
kind: portal
name: desk
audiences:
  customer: {grants: {ticket: {read: [subject]}}}
  staff: {who: internal, grants: {ticket: {read: [subject]}}}
";

fn desk() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", PROJECT);
    project.write("desk.yaml", DESK);
    project.make_cluster();
    run(project.path(), &["apply", "--yes"]).expect(0);
    run(project.path(), &["tenant", "add", "north", "--key", "n", "--title", "North Ltd"]).expect(0);
    invite(&project, &["--name", "Ann Berg"]).expect(0);
    project
}

fn invite(project: &PrivateProject, more: &[&str]) -> Ran {
    let args = ["user", "invite", "ann@north.example", "--audience", "desk/customer", "--tenant", "north"];
    run(project.path(), &[&args[..], more].concat())
}

fn state(project: &PrivateProject) -> String {
    let shown = run(project.path(), &["user", "list", "--format", "json"]).expect(0).stdout;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let ann = &shown["users"][0];
    assert_eq!(ann["person"], "Ann Berg", "{ann}");
    ann["standing"]["state"].as_str().unwrap().to_owned()
}

#[test]
fn people_are_kept_out_and_let_in_whatever_is_wrong_with_the_documents() {
    let project = desk();
    let broken = [
        ("a mistake", DESK.replace("read: [subject]", "read: [subjct]")),
        ("a document that cannot be read", format!("{DESK}---\nkind: portal\nname: {{\n")),
        ("no portal", String::new()),
    ];
    for (what, documents) in broken {
        project.write("desk.yaml", &documents);
        let verb = |verb: &str| run(project.path(), &["user", verb, "ann@north.example"]).expect(0);
        let said = verb("disable").stderr;
        assert_eq!(said.contains("goes by what was applied last"), what != "no portal", "{what}: {said}");
        assert_eq!(state(&project), "disabled", "{what}");
        let kept_out = run(project.path(), &["user", "link", "ann@north.example"]).expect(2).stderr;
        assert!(kept_out.contains("is disabled") && kept_out.contains("`portalctl user enable ann@north.example`"));
        verb("enable");
        assert_eq!(state(&project), "active", "{what}");
        assert!(verb("link").stdout.contains("/desk/sign-in?link="), "{what}");
        // Who gets a place is the documents' to say.
        invite(&project, &[]).expect(2);
    }
    project.write("desk.yaml", &format!("{DESK}---\n{{kind: object, nam: x}}\n"));
    run(project.path(), &["user", "remove", "ann@north.example", "--as", "desk/customer"]).expect(0);
    let none = run(project.path(), &["user", "link", "ann@north.example"]).expect(2).stderr;
    assert!(none.contains("nobody with the e-mail `ann@north.example` has such a place"), "{none}");
}

#[test]
fn a_link_that_would_let_nobody_in_says_why_and_what_lets_them_in() {
    let project = desk();
    run(project.path(), &["tenant", "suspend", "north"]).expect(0);
    let said = run(project.path(), &["user", "link", "ann@north.example"]).expect(2).stderr;
    assert!(said.contains("North Ltd is suspended") && said.contains("`portalctl tenant resume n`"), "{said}");
    let other = run(project.path(), &["user", "link", "ann@north.example", "--as", "desk/staff"]).expect(2).stderr;
    assert!(other.contains("has such a place") && !other.contains("suspended"), "{other}");
}

#[test]
fn psql_runs_a_statement_that_is_given() {
    let project = desk();
    let sql = "select email from acme_portal.app_user";
    let said = run(project.path(), &["db", "psql", "-c", sql, "-c", "select 6 * 7", "--", "-tA"]).expect(0);
    assert_eq!(said.stdout, "ann@north.example\n42\n", "{}", said.stderr);
}
