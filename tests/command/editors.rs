use crate::run::run;
use portalctl_test_support::PrivateProject;
use std::fs;
use std::os::unix::fs::symlink;

fn project() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "# Acme.\nversion: 1\nkind: project\nname: acme\n");
    project.write(
        "objects/deep/case.yaml",
        "kind: object\nname: case\ntable: crm.cases   # theirs\nfields: {number: text}\n",
    );
    project
}

#[test]
fn editors_find_the_schema_from_every_document_and_the_second_time_nothing_changes() {
    let project = project();
    let read = |path: &str| fs::read_to_string(project.path().join(path)).unwrap();
    let ran = run(project.path(), &["schema", "--install"]).expect(0);
    assert_eq!(ran.stdout, ".schema/portalctl.json\nportalctl.yaml\nobjects/deep/case.yaml\n");
    assert_eq!(read(".schema/portalctl.json"), run(project.path(), &["schema"]).expect(0).stdout);
    assert!(read("portalctl.yaml").starts_with("# yaml-language-server: $schema=.schema/portalctl.json\n# Acme.\n"));
    let deep = read("objects/deep/case.yaml");
    let first = deep.lines().next().unwrap();
    assert_eq!(first, "# yaml-language-server: $schema=../../.schema/portalctl.json");
    assert!(deep.ends_with("table: crm.cases   # theirs\nfields: {number: text}\n"));
    let again = run(project.path(), &["schema", "--install"]).expect(0);
    assert_eq!((again.stdout.as_str(), again.stderr.as_str()), ("", "editors know the schema already\n"));
    run(project.path(), &["validate"]).expect(0);
    run(project.path(), &["fmt", "--check"]).expect(0);
}

#[test]
fn a_broken_document_or_a_link_keeps_everything_as_it_is() {
    let project = project();
    project.write("objects/order.yaml", "kind: object\nfields: [\n");
    let ran = run(project.path(), &["schema", "--install"]).expect(2);
    assert!(ran.stderr.contains("`objects/order.yaml` cannot be edited"), "{}", ran.stderr);
    assert!(!project.path().join(".schema").exists());
    fs::remove_file(project.path().join("objects/order.yaml")).unwrap();
    let outside = PrivateProject::new();
    symlink(outside.path(), project.path().join(".schema")).unwrap();
    run(project.path(), &["schema", "--install"]).expect(4);
    assert!(fs::read_dir(outside.path()).unwrap().next().is_none());
    assert!(fs::read_to_string(project.path().join("portalctl.yaml")).unwrap().starts_with("# Acme."));
}
