//! `--env`: the project as it is elsewhere.

use crate::run::{Ran, command, ended, run};
use portalctl_test_support::PrivateProject;

const OBJECTS: &str = "kind: object\nname: case\ntable: crm.cases\ntenant: account_id\nfields: {number: text, note: text}\n---\n\
    kind: portal\nname: support\naudiences:\n  customer: {grants: {case: {read: [number, note]}}}\n";

fn project(environments: &str) -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", &format!("version: 1\nkind: project\nname: acme\ntiers: [basic]\n{environments}"));
    project.write("objects.yaml", OBJECTS);
    project
}

fn reads(project: &PrivateProject, args: &[&str]) -> String {
    let all = [&["can", "support/customer", "read", "case", "--format", "json"], args].concat();
    let ran = run(project.path(), &all).expect(0);
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    answer["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field.as_str().unwrap().to_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

const STAGING: &str = "environments:\n  staging:\n    objects: {case: {table: crm.test_cases, fields: {extra: text}}}\n    \
    portals: {support: {host: staging.acme.example, audiences: {customer: {grants: {case: {read: [number, extra]}}}}}}\n    \
    timezone: Europe/Berlin\n  bare:\n    portals: {support: {audiences: {customer: {grants: {case: {-read: [note]}}}}}}\n";

#[test]
fn an_environment_lies_over_the_documents_where_it_is_chosen() {
    let project = project(STAGING);
    assert_eq!(reads(&project, &[]), "number note");
    assert_eq!(reads(&project, &["--env", "staging"]), "number extra");
    assert_eq!(reads(&project, &["--env", "bare"]), "number");
    let mut by_variable = command(project.path(), &["show", "--expanded", "object/case"]);
    let shown = |ran: Ran| ran.expect(0).stdout;
    let there = shown(ended(by_variable.env("PORTALCTL_ENV", "staging").output().unwrap()));
    assert!(there.contains("crm.test_cases"), "{there}");
    let written = ended(by_variable.env("PORTALCTL_ENV", "").output().unwrap());
    assert!(shown(written).contains("crm.cases"));
    run(project.path(), &["validate"]).expect(0);
    run(project.path(), &["validate", "--env", "staging"]).expect(0);
}

#[test]
fn an_environment_that_is_not_there_is_a_mistake_and_names_those_that_are() {
    let there = project(STAGING);
    for verb in
        [&["validate"][..], &["can", "support/customer", "read", "case"], &["matrix"], &["plan"], &["tenant", "list"]]
    {
        let ran = run(there.path(), &[verb, &["--env", "stagin"]].concat()).expect(2);
        assert!(ran.stderr.contains("no environment `stagin`") && ran.stderr.contains("`staging`"), "{}", ran.stderr);
    }
    let ran = run(there.path(), &["validate", "--env", "production"]).expect(2);
    assert!(ran.stderr.contains("staging, bare"), "{}", ran.stderr);
    let ran = run(project("").path(), &["validate", "--env", "staging"]).expect(2);
    assert!(ran.stderr.contains("it has none"), "{}", ran.stderr);
}

/// What is wrong in an environment is found at its place, chosen or not; and only there it keeps anybody from anything.
#[test]
fn every_environment_is_checked_by_validate() {
    for (inside, at, said) in [
        ("objects: {cse: {table: crm.x}}", "7:15", "no object `cse` of its own"),
        ("objects: {case: {name: other}}", "7:22", "gives no document another `name`"),
        ("objects: {case: {tabel: crm.x}}", "7:22", "an object has no key `tabel`"),
        ("objects: {case: {fields: {number: txt}}}", "7:39", "`txt` is not a field type"),
        ("portals: {support: {audiences: {customer: {permission_sets: [nope]}}}}", "7:66", "nope"),
        (
            "portals: {support: {audiences: {customer: {grants: {case: {-read: [nte]}}}}}}",
            "7:72",
            "no `nte` that could be removed",
        ),
        ("name: other", "7:5", "an environment has no key `name`"),
        ("environments: {}", "7:5", "an environment has no key `environments`"),
        ("objects: [case]", "7:14", "must be"),
        ("database: {control_schema: crm, schma: crm}", "7:37", "`schma`"),
    ] {
        let project = project(&format!("environments:\n  staging:\n    {inside}\n"));
        let found = run(project.path(), &["validate"]).expect(1).stdout;
        let place = format!("portalctl.yaml:{at}\n");
        assert!(found.contains(&place) && found.contains(said), "{inside}: {place}{found}");
    }
    let project = project("environments:\n  staging:\n    objects: {case: {table: 5}}\n");
    assert!(run(project.path(), &["validate"]).expect(1).stdout.contains("in environment `staging`"));
    assert_eq!(reads(&project, &[]), "number note");
    run(project.path(), &["can", "support/customer", "read", "case", "--env", "staging"]).expect(2);
}

/// What lies over a type or a module is not added to where it does not write the key: that would replace all of it.
#[test]
fn nothing_is_appended_to_what_only_the_document_below_has() {
    let project = project("environments: {staging: {portals: {shop: {+navigation: [case]}}}}\n");
    project.write("types/t.yaml", "kind: type\nname: plain\naudiences: {visitor: {who: guest}}\nnavigation: [home]\n");
    project.write("shop.yaml", "kind: portal\nname: shop\ntype: plain\n");
    let found = run(project.path(), &["validate"]).expect(1).stdout;
    assert!(found.contains("portalctl.yaml:5:43\n") && found.contains("does not write `navigation` itself"), "{found}");
}
