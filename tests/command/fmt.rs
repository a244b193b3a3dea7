use crate::run::{Ran, command, ended, run};
use portalctl_test_support::PrivateProject;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;

const CROOKED: &str = "# Cases of support.\nkind: object\nname:   case\ntable: crm.cases   # as it is\nfields:\n     number: text\n\n\n\n     subject: {type: text,required: true}\n";
const STRAIGHT: &str = "# Cases of support.\nkind: object\nname: case\ntable: crm.cases   # as it is\nfields:\n  number: text\n\n  subject: {type: text, required: true}\n";

fn project() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    project.write("objects/case.yaml", CROOKED);
    project
}

fn stream(project: &PrivateProject, args: &[&str], text: &str) -> Ran {
    let mut command = command(project.path(), args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    ended(child.wait_with_output().unwrap())
}

#[test]
fn documents_are_laid_out_and_the_second_time_nothing_is_left() {
    let project = project();
    let path = project.path().join("objects/case.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let ran = run(project.path(), &["fmt"]).expect(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("objects/case.yaml\n", "1 of 2 files laid out anew\n"));
    assert_eq!(fs::read_to_string(&path).unwrap(), STRAIGHT);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    let ran = run(project.path(), &["fmt"]).expect(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "2 files: nothing to change\n"));
}

#[test]
fn check_shows_what_would_change_and_changes_nothing() {
    let project = project();
    let ran = run(project.path(), &["fmt", "--check"]).expect(1);
    let shown = ["--- objects/case.yaml", "-name:   case\n+name: case\n", "+  subject: {type: text, required: true}\n"];
    assert!(shown.iter().all(|line| ran.stdout.contains(line)), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'), "no colours where there is no terminal");
    assert!(ran.stderr.starts_with("1 of 2 files would be laid out anew"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(project.path().join("objects/case.yaml")).unwrap(), CROOKED);
    let colored = run(project.path(), &["fmt", "--check", "--color", "always"]).expect(1);
    assert!(colored.stdout.contains("\u{1b}[32m+name: case"), "{:?}", colored.stdout);
    run(project.path(), &["fmt", "--check", "portalctl.yaml"]).expect(0);
}

#[test]
fn one_broken_file_keeps_all_from_being_written_and_is_told_at_its_place() {
    let project = project();
    project.write("objects/order.yaml", "kind: object\nname: order\nfields:\n\tnumber: text\n");
    let ran = run(project.path(), &["fmt"]).expect(2);
    assert!(ran.stderr.contains("yaml-syntax") && ran.stderr.contains("objects/order.yaml:4:1"), "{}", ran.stderr);
    assert!(ran.stderr.contains("error: nothing is laid out, because of a file that is invalid"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(project.path().join("objects/case.yaml")).unwrap(), CROOKED);
    // What only `validate` would complain of is no matter here.
    project.write("objects/order.yaml", "kind: objekt\nnaem: order\n");
    run(project.path(), &["fmt", "objects"]).expect(0);
    assert_eq!(fs::read_to_string(project.path().join("objects/case.yaml")).unwrap(), STRAIGHT);
}

#[test]
fn the_standard_input_comes_out_laid_out() {
    let project = project();
    assert_eq!(stream(&project, &["fmt", "-"], CROOKED).expect(0).stdout, STRAIGHT);
    assert_eq!(stream(&project, &["fmt", "-", "--check"], STRAIGHT).expect(0).stdout, "");
    stream(&project, &["fmt", "-", "--check"], CROOKED).expect(1);
    assert!(stream(&project, &["fmt", "-"], "a: [1\n").expect(2).stdout.is_empty());
}

#[test]
fn nothing_outside_is_written_through_a_link() {
    let (project, outside) = (project(), PrivateProject::new());
    outside.write("other.yaml", "a:   1\n");
    symlink(outside.path().join("other.yaml"), project.path().join("objects/link.yaml")).unwrap();
    for args in [vec!["fmt"], vec!["fmt", "objects"], vec!["fmt", "objects/link.yaml"]] {
        let ran = run(project.path(), &args).expect(2);
        assert!(ran.stderr.contains("path-outside-project"), "{}", ran.stderr);
    }
    assert_eq!(fs::read_to_string(outside.path().join("other.yaml")).unwrap(), "a:   1\n");
    // A file of no project is laid out where it lies.
    run(outside.path(), &["fmt", "other.yaml"]).expect(0);
    assert_eq!(fs::read_to_string(outside.path().join("other.yaml")).unwrap(), "a: 1\n");
}

#[test]
fn a_file_that_is_not_there_or_no_yaml_is_said() {
    let project = project();
    let ran = run(project.path(), &["fmt", "objects/nothing.yaml"]).expect(2);
    assert!(ran.stderr.contains("`objects/nothing.yaml` cannot be read"), "{}", ran.stderr);
    let ran = run(project.path(), &["fmt", "notes.txt"]).expect(2);
    assert!(ran.stderr.contains("`notes.txt` is no YAML file"), "{}", ran.stderr);
}
