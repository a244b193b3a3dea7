//! `portalctl can`, where the documents answer alone.

use crate::run::{Ran, run};
use tempfile::TempDir;

pub fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("portalctl.yaml"), include_str!("../cases/writes/portalctl.yaml")).unwrap();
    folder
}

fn can(folder: &TempDir, args: &[&str]) -> Ran {
    run(folder.path(), &[&["can"], args].concat())
}

#[test]
fn every_action_is_answered_with_its_reason_and_its_exit_code() {
    let folder = project();
    let rep = "partners/rep";
    for action in ["read", "create", "update", "delete", "export", "assign", "share", "transition:submitted"] {
        let said = can(&folder, &[rep, action, "deal"]).expect(0).stdout;
        assert!(said.starts_with("allow\n  because ") && said.contains("(portalctl.yaml:"), "{said}");
    }
    let denied = can(&folder, &[rep, "update", "deal.margin"]).expect(1).stdout;
    let expected = "deny\n  \
        because this grant changes title, amount of own where state is draft (portalctl.yaml:34)\n  \
        because `partners/desk` may: this grant changes title, margin of all (portalctl.yaml:61)\n";
    assert_eq!(denied, expected);
}

#[test]
fn programs_read_the_decision() {
    let folder = project();
    let json = |code: i32, args: &[&str]| -> serde_json::Value {
        serde_json::from_str(&can(&folder, &[args, &["--format", "json"]].concat()).expect(code).stdout).unwrap()
    };
    let allow = json(0, &["partners/rep", "update", "deal"]);
    assert_eq!(allow["decision"], "allow");
    assert_eq!((&allow["scope"], &allow["where"]), (&"own".into(), &"own where state is draft".into()));
    assert_eq!(allow["fields"], serde_json::json!(["title", "amount"]));
    assert_eq!((&allow["because"][0]["file"], &allow["because"][0]["line"]), (&"portalctl.yaml".into(), &34.into()));
    let deny = json(1, &["partners/auditor", "transition:approved", "deal"]);
    assert_eq!((&deny["decision"], &deny["scope"]), (&"deny".into(), &serde_json::Value::Null));
}

#[test]
fn a_question_that_cannot_be_is_no_denial() {
    let folder = project();
    for (args, message) in [
        (["partners/rep", "transition:aproved", "deal"], "did you mean `approved`?"),
        (["partners/rep", "transition:approved", "note"], "`note` has no states"),
        (["partners/rep", "transition:", "deal"], "`transition:approved`, `transition:"),
        (["partners/rep", "transition", "deal"], "a transition is asked about with its state"),
        (["partners/rep", "destroy", "deal"], "the actions are read, create"),
        (["partners/rep", "delete", "deal.title"], "`delete` is about rows, not about `title`"),
        (["partners/rep", "create", "deal/7"], "a row that is made has no key yet"),
        (["partners/rep", "export", "deal/7"], "`export` is about all rows that are seen"),
    ] {
        let said = can(&folder, &args).expect(2).stderr;
        assert!(said.contains(message), "{message}\nin\n{said}");
    }
}

#[test]
fn what_takes_a_field_away_is_named_and_a_mask_is_told_from_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let text = "version: 1\nkind: project\nname: practice\n---\nkind: object\nname: patient\ntable: practice.patients\ntenant: id\n\
        fields: {name: text, born: date, phone: {type: phone, mask: last4}}\n---\n\
        kind: permission_set\nname: careful\ndeny: {patient: [born]}\n---\n\
        kind: portal\nname: my\naudiences:\n  dentist:\n    permission_sets: [careful]\n    \
        grants: {patient: {read: [name, born, phone]}}\n";
    std::fs::write(folder.path().join("portalctl.yaml"), text).unwrap();
    let denied = can(&folder, &["my/dentist", "read", "patient.born"]).expect(1).stdout;
    assert_eq!(denied, "deny\n  because `deny` takes `patient.born` away, whatever grants it (portalctl.yaml:13)\n");
    let masked = can(&folder, &["my/dentist", "read", "patient.phone"]).expect(0).stdout;
    assert!(masked.starts_with("allow, masked\n  because reads name, phone (masked: last4)"), "{masked}");
    let plain = can(&folder, &["my/dentist", "read", "patient.name"]).expect(0).stdout;
    assert!(plain.starts_with("allow\n"), "{plain}");
}
