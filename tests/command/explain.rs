use crate::run::run;
use portalctl_test_support::PrivateProject;

/// Without a project, as somebody asks who reads a log.
#[test]
fn a_check_is_explained_anywhere() {
    let folder = PrivateProject::new();
    let page = run(folder.path(), &["explain", "guest-write"]).expect(0).stdout;
    assert!(page.starts_with("# guest-write\n\n*error · found in the spec · can be accepted*\n"), "{page}");
    assert!(page.contains("## Use instead") && page.ends_with("```\n"), "{page}");
    let json = run(folder.path(), &["explain", "locks-out", "--format", "json"]).expect(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["id"], &json["looks_at"]), (&"locks-out".into(), &"database".into()));
    assert!(json["page"].as_str().unwrap().contains("## Why is this bad"));
}

#[test]
fn all_checks_are_listed() {
    let folder = PrivateProject::new();
    let list = run(folder.path(), &["explain"]).expect(0).stdout;
    for rule in portalctl::check::RULES {
        assert!(list.lines().any(|line| line.split_whitespace().next() == Some(rule.id)), "{}:\n{list}", rule.id);
    }
    let json = run(folder.path(), &["explain", "--format", "json"]).expect(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["checks"].as_array().unwrap().len(), portalctl::check::RULES.len());
}

#[test]
fn a_slip_of_the_name_is_told() {
    let folder = PrivateProject::new();
    let slip = run(folder.path(), &["explain", "guest-wirte"]).expect(2).stderr;
    assert!(slip.contains("no page about `guest-wirte`") && slip.contains("did you mean `guest-write`?"), "{slip}");
    let form = run(folder.path(), &["explain", "yaml-syntax"]).expect(2).stderr;
    assert!(form.contains("`portalctl explain` lists the checks"), "{form}");
}
