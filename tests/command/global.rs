use crate::run::{command, ended, minimal_project, run};
use portalctl_test_support::PrivateProject;

const MINIMAL: &str = "version: 1\nkind: project\nname: acme\n";

#[test]
fn outside_a_project_one_is_told_so() {
    let ran = run(std::path::Path::new("/"), &["db", "status"]).expect(2);
    let expected = "error: there is no project here: no `portalctl.yaml` in `/` or above\nhint: name the project's folder with `-C DIR`\n";
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", expected));
}

#[test]
fn a_project_is_found_from_below_and_from_elsewhere() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", MINIMAL);
    project.write("objects/deep/note.txt", "");
    let folder = project.path().to_str().unwrap();
    run(&project.path().join("objects/deep"), &["validate"]).expect(0);
    run(std::path::Path::new("/"), &["-C", folder, "validate"]).expect(0);
    run(std::path::Path::new("/"), &["validate", "-C", folder]).expect(0);
    let ran = run(std::path::Path::new("/"), &["-C", "/no/such/folder", "validate"]).expect(2);
    assert!(ran.stderr.contains("cannot change to `/no/such/folder`"), "{}", ran.stderr);
}

#[test]
fn wrong_usage_is_exit_code_2_and_help_is_0() {
    let root = std::path::Path::new("/");
    let unknown = run(root, &["db", "strat"]).expect(2);
    assert!(unknown.stderr.contains("'start'"), "{}", unknown.stderr);
    run(root, &[]).expect(2);
    run(root, &["db"]).expect(2);
    run(root, &["--quiet", "--verbose", "validate"]).expect(2);
    let help = run(root, &["--help"]).expect(0);
    assert!(help.stdout.contains("validate") && help.stderr.is_empty());
    assert!(run(root, &["--version"]).expect(0).stdout.starts_with("portalctl "));
}

#[test]
fn help_never_shows_the_password_of_the_database() {
    let mut shown = command(std::path::Path::new("/"), &["--help"]);
    let ran = ended(shown.env("DATABASE_URL", "postgresql://ann:s3cret@db.example/acme").output().unwrap()).expect(0);
    assert!(ran.stdout.contains("DATABASE_URL") && !ran.stdout.contains("s3cret"), "{}", ran.stdout);
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\nnonsense: 1\n");
    let plain = run(project.path(), &["validate"]).expect(1);
    assert!(!plain.stdout.contains('\u{1b}'), "{}", plain.stdout);
    let coloured = run(project.path(), &["validate", "--color", "always"]).expect(1);
    assert!(coloured.stdout.contains('\u{1b}'), "{}", coloured.stdout);
    let never = run(std::path::Path::new("/"), &["validate", "--color", "never"]).expect(2);
    assert!(!never.stderr.contains('\u{1b}'), "{}", never.stderr);
    let always = run(std::path::Path::new("/"), &["validate", "--color=always"]).expect(2);
    assert!(always.stderr.contains('\u{1b}'), "{}", always.stderr);
}

#[test]
fn quiet_leaves_data_and_errors() {
    let project = minimal_project();
    let quiet = run(project.path(), &["db", "start", "--quiet"]).expect(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    assert!(run(project.path(), &["db", "url", "-q"]).expect(0).stdout.starts_with("postgresql:///acme?"));
    run(project.path(), &["db", "stop", "-q"]).expect(0);
    assert!(run(project.path(), &["db", "url", "-q"]).expect(3).stderr.starts_with("error: "));
}
