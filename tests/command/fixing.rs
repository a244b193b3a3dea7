use crate::run::{command, ended, run};
use portalctl_test_support::PrivateProject;
use std::fs;
use std::process::{Command, Stdio};

const PROJECT: &str = "version: 1\nkind: project\nname: acme\n";
const OBJECT: &str = "kind: object\nname: case\n# As people say it.\nlabell: {one: Case, many: Cases}   # one\ntable: crm.cases\nfields:\n  number: {type: text, requird: true}\n  state: [\"on\", off]\n";
const MENDED: &str = "kind: object\nname: case\n# As people say it.\nlabel: {one: Case, many: Cases}   # one\ntable: crm.cases\nfields:\n  number: {type: text, required: true}\n  state: [\"on\", \"off\"]\n";

fn project() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", PROJECT);
    project.write("objects/case.yaml", OBJECT);
    project
}

fn read(project: &PrivateProject, path: &str) -> String {
    fs::read_to_string(project.path().join(path)).unwrap()
}

#[test]
fn what_is_certain_is_mended_and_everything_around_it_stays() {
    let project = project();
    let before = run(project.path(), &["validate"]).expect(1);
    assert!(before.stderr.ends_with("`portalctl validate --fix` mends 3 of them\n"), "{}", before.stderr);
    let asked = run(project.path(), &["validate", "--fix"]).expect(4);
    assert!(
        asked.stderr.contains("+label: {one: Case, many: Cases}   # one") && asked.stderr.contains("say `--yes`"),
        "{}",
        asked.stderr
    );
    assert_eq!(read(&project, "objects/case.yaml"), OBJECT);
    let ran = run(project.path(), &["validate", "--fix", "--yes"]).expect(0);
    assert_eq!(ran.stdout, "no findings\n");
    assert!(ran.stderr.contains("mended 3 findings"), "{}", ran.stderr);
    assert_eq!(read(&project, "objects/case.yaml"), MENDED);
    let again = run(project.path(), &["validate", "--fix", "--yes"]).expect(0);
    assert!(again.stderr.starts_with("nothing that is found can be mended"), "{}", again.stderr);
}

#[test]
fn other_line_ends_and_a_byte_order_mark_stay() {
    let project = project();
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    project.write("objects/case.yaml", &windows(OBJECT));
    run(project.path(), &["validate", "--fix", "--yes"]).expect(0);
    assert_eq!(read(&project, "objects/case.yaml"), windows(MENDED));
}

/// A key that nobody reads gives nothing; written as it was meant it would.
#[test]
fn no_fix_gives_anybody_access() {
    let project = project();
    project.write("objects/case.yaml", MENDED);
    let portal = "kind: portal\nname: support\naudiences:\n  visitor:\n    who: guest\n    permisson_sets: [all]\n    grants: {case: {raed: {scop: public, feilds: [number]}, read: {scope: public, fields: [number], wher: {state: \"on\"}}}}\n";
    project.write("portal.yaml", portal);
    run(project.path(), &["validate", "--fix", "--yes"]).expect(1);
    assert_eq!(
        read(&project, "portal.yaml"),
        portal.replace("wher:", "where:"),
        "what narrows is written, nothing else"
    );
    let json = run(project.path(), &["validate", "--format", "json"]).expect(1);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert!(
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| finding["hint"] == "did you mean `permission_sets`?")
    );
    assert!(report["findings"].as_array().unwrap().iter().all(|finding| finding["fix"].is_null()), "{}", json.stdout);
}

#[test]
fn acceptances_of_nothing_and_of_the_past_are_taken_out() {
    let project = project();
    project.write("objects/case.yaml", MENDED);
    let accept = "accept:\n  # The first.\n  - {check: guest-write, object: case, reason: why not, until: 2020-01-31}\n  - {check: guest-unfiltered-read, object: case, reason: why not, until: 2020-01-31}\ntimezone: UTC   # ours\n";
    project.write("portalctl.yaml", &format!("{PROJECT}{accept}"));
    run(project.path(), &["validate", "--fix", "--yes", "--deny", "info"]).expect(0);
    assert_eq!(read(&project, "portalctl.yaml"), format!("{PROJECT}timezone: UTC   # ours\n"));
}

#[test]
fn programs_are_told_what_would_be_written_and_where() {
    let project = project();
    let json = run(project.path(), &["validate", "--format", "json"]).expect(1);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let fix = &report["findings"][0]["fix"];
    assert_eq!(fix["title"], "write `label`");
    let edit = &fix["edits"][0];
    assert_eq!(
        (&edit["text"], &edit["line"], &edit["column"], &edit["end_column"]),
        (&"label".into(), &4.into(), &1.into(), &7.into())
    );
    let sarif = run(project.path(), &["validate", "--format", "sarif"]).expect(1);
    let report: serde_json::Value = serde_json::from_str(&sarif.stdout).unwrap();
    let change = &report["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "objects/case.yaml");
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "label");
    assert_eq!(change["replacements"][0]["deletedRegion"]["startLine"], 4);
}

/// The second file does not fit onto the disk, as it seems; the first one, which did, is as it was.
#[test]
fn of_several_files_all_are_mended_or_none() {
    let project = project();
    let long = format!("{OBJECT}# {}\n", "x".repeat(4000)).replace("name: case", "name: other");
    project.write("objects/other.yaml", &long);
    let program = command(project.path(), &[]).get_program().to_owned();
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$0\" validate --fix --yes"]).arg(program);
    let ran = ended(limited.current_dir(project.path()).stdin(Stdio::null()).output().unwrap()).expect(2);
    assert!(ran.stderr.contains("cannot be written"), "{}", ran.stderr);
    assert_eq!(read(&project, "objects/case.yaml"), OBJECT);
    assert_eq!(read(&project, "objects/other.yaml"), long);
    assert_eq!(fs::read_dir(project.path().join("objects")).unwrap().count(), 2, "nothing is left beside them");
    run(project.path(), &["validate", "--fix", "--yes"]).expect(0);
    assert_eq!(read(&project, "objects/case.yaml"), MENDED);
}

/// A document may be a link to one that several projects have.
#[test]
fn a_link_stays_one() {
    let project = project();
    project.write(".shared/case.yaml", OBJECT);
    fs::remove_file(project.path().join("objects/case.yaml")).unwrap();
    std::os::unix::fs::symlink("../.shared/case.yaml", project.path().join("objects/case.yaml")).unwrap();
    run(project.path(), &["validate", "--fix", "--yes"]).expect(0);
    assert!(project.path().join("objects/case.yaml").symlink_metadata().unwrap().is_symlink());
    assert_eq!(read(&project, ".shared/case.yaml"), MENDED);
}
