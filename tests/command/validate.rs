use crate::run::run;
use portalctl_test_support::PrivateProject;

#[test]
fn a_sound_spec_has_no_findings() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    project.write(
        "objects/case.yaml",
        "# nothing yet\n---\nkind: tenant\nname: a\nkey: x\n---\nkind: tenant\nname: b\nkey: y\n",
    );
    let ran = run(project.path(), &["validate"]).expect(0);
    assert_eq!(ran.stdout, "no findings\n");
    assert_eq!(ran.stderr, "checked 3 documents in 2 files: no findings\n");
}

#[test]
fn what_is_passed_over_is_named_and_a_misspelt_kind_is_a_mistake() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    project.write("compose.yaml", "services: {}\n");
    let ran = run(project.path(), &["validate"]).expect(0);
    let told = "checked 1 document in 1 file, passed over compose.yaml (no `kind` of portalctl's): no findings\n";
    assert_eq!(ran.stderr, told);
    let quiet = run(project.path(), &["validate", "--quiet"]).expect(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    for name in ["a.yaml", "b.yaml", "c.yaml", "d.yaml"] {
        project.write(name, "services: {}\n");
    }
    let ran = run(project.path(), &["validate"]).expect(0);
    assert!(ran.stderr.contains("c.yaml (no `kind` of portalctl's) and 2 more files: no"), "{}", ran.stderr);
    project.write("few.yaml", "knd: permission_set\nname: few\n");
    let ran = run(project.path(), &["validate"]).expect(1);
    assert!(
        ran.stdout.contains("few.yaml:1:1") && ran.stdout.contains("did you mean `kind` by `knd`?"),
        "{}",
        ran.stdout
    );
}

#[test]
fn one_slip_in_the_name_of_a_type_is_one_finding() {
    let project = PrivateProject::new();
    run(project.path(), &["new", "acme", "--type", "partner"]).expect(0);
    let portal = project.path().join("acme/portals/partner.yaml");
    let text = std::fs::read_to_string(&portal).unwrap();
    std::fs::write(&portal, text.replace("\ntype: partner\n", "\ntype: partnr\n")).unwrap();
    let ran = run(&project.path().join("acme"), &["validate"]).expect(1);
    assert!(ran.stdout.contains("there is no type `partnr`") && ran.stdout.ends_with("1 error\n"), "{}", ran.stdout);
}

/// What cannot be resolved may be what a state, an audience or an acceptance waits for.
#[test]
fn that_something_is_nowhere_is_not_told_beside_an_error() {
    let project = PrivateProject::new();
    let spec = "version: 1\nkind: project\nname: acme\n---\nkind: object\nname: deal\nmanaged: true\ntenant: account\n\
        fields: {state: {type: enum, values: [draft, sent, won], default: draft}}\n\
        states: {field: state, transitions: {draft: [sent], sent: [won]}}\n---\nkind: portal\nname: shop\naudiences:\n  rep:\n    \
        grants: {deal: {read: [state], transition: {state: {draft: [sent]}}}}\n";
    project.write("portalctl.yaml", spec);
    let ran = run(project.path(), &["validate"]).expect(0);
    assert!(ran.stdout.contains("transition-unreachable"), "{}", ran.stdout);
    project.write("portalctl.yaml", &spec.replace("    grants:", "    permission_sets: [closing]\n    grants:"));
    let ran = run(project.path(), &["validate"]).expect(1);
    assert!(!ran.stdout.contains("transition-unreachable"), "{}", ran.stdout);
}

#[test]
fn a_date_that_is_none_is_one_finding() {
    let project = PrivateProject::new();
    let accept = "accept: [{check: missing-scope-index, object: case, reason: small, until: 2027-13-01}]\n";
    project.write("portalctl.yaml", &format!("version: 1\nkind: project\nname: acme\n{accept}"));
    let ran = run(project.path(), &["validate"]).expect(1);
    assert!(ran.stdout.contains("`2027-13-01` is not a date") && ran.stdout.ends_with("1 error\n"), "{}", ran.stdout);
}

#[test]
fn every_finding_is_told_at_its_place_and_the_code_is_1() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\nnonsense: 1\nrubbish: 2\n");
    let text = run(project.path(), &["validate"]).expect(1);
    assert!(
        text.stdout.contains("portalctl.yaml:4:1") && text.stdout.contains("portalctl.yaml:5:1"),
        "{}",
        text.stdout
    );
    let json = run(project.path(), &["validate", "--format", "json"]).expect(1);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(report["summary"]["error"], 2);
    assert_eq!((&report["findings"][1]["line"], &report["findings"][1]["file"]), (&5.into(), &"portalctl.yaml".into()));
}

#[test]
fn what_cannot_be_read_is_told_before_all_else_and_what_is_missing_because_of_it_is_not() {
    let project = PrivateProject::new();
    let portal = "kind: portal\nname: support\naudiences: {customer: {grants: {case: {read: [number]}, cse: {read: [number]}}}}\n";
    project.write("portalctl.yaml", &format!("version: 1\nkind: project\nname: acme\n---\n{portal}"));
    project.write("objects/case.yaml", "kind: object\nname: case\ntable: crm.cases\nfields: {number: text\n");
    let json = run(project.path(), &["validate", "--format", "json"]).expect(1);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let ids: Vec<&str> = report["findings"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids, ["yaml-syntax", "unknown-name"]);
    assert_eq!(report["findings"][1]["message"], "there is no object `cse`");
}

/// A tab is one column, as in an editor's count of characters, however wide a terminal shows it.
#[test]
fn a_tab_is_pointed_at_and_counts_as_one_column() {
    let project = PrivateProject::new();
    for (text, line, columns) in [
        (
            "version: 1\nkind: project\nname: acme\n---\nkind: object\nname: case\ntable: t\nfields:\n\t\tnumber: text\n",
            9,
            (1, 3),
        ),
        ("version: 1\nkind: project\nname: acme\ntiers: [a,\t\tBAD_]\n", 4, (13, 17)),
    ] {
        project.write("portalctl.yaml", text);
        let json = run(project.path(), &["validate", "--format", "json"]).expect(1);
        let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
        let first = &report["findings"][0];
        let place = [&first["line"], &first["column"], &first["end_column"]].map(|at| at.as_u64().unwrap());
        assert_eq!(place, [line, columns.0, columns.1], "{}", json.stdout);
    }
}

#[test]
fn broken_yaml_is_a_finding_as_well() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "kind: [project\n");
    run(project.path(), &["validate"]).expect(1);
}
