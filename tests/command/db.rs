use crate::run::{minimal_project, project_with_setup, psql, run, spawn};
use portalctl_test_support::PrivateProject;
use std::process::Command;

fn state(project: &PrivateProject) -> serde_json::Value {
    let ran = run(project.path(), &["db", "status", "--format", "json"]).expect(0);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn the_database_is_made_once_and_keeps_its_data() {
    let project = project_with_setup();
    assert_eq!(state(&project)["state"], "absent");
    let first = psql(&project, "select count(*) from crm.t").expect(0);
    assert_eq!(first.stdout, "3\n");
    assert!(first.stderr.contains("created the local database `acme` and ran 3 files"), "{}", first.stderr);
    assert_eq!(state(&project)["state"], "stopped", "it ended with its last command");

    psql(&project, "delete from crm.t where id < 3").expect(0);
    let second = psql(&project, "select name from crm.t").expect(0);
    assert_eq!((second.stdout.as_str(), second.stderr.as_str()), ("çağla\n", ""));
}

#[test]
fn start_keeps_it_running_and_stop_ends_it() {
    let project = project_with_setup();
    project.make_cluster();
    let started = run(project.path(), &["db", "start"]).expect(0);
    assert!(started.stderr.contains("until `portalctl db stop`"), "{}", started.stderr);
    assert_eq!(started.stdout, "");
    let running = state(&project);
    assert_eq!((&running["state"], &running["kept"]), (&"running".into(), &true.into()));
    let text = run(project.path(), &["db", "status"]).expect(0).stdout;
    assert!(text.starts_with("running  until `portalctl db stop`\n"), "{text}");

    // The printed URL is one that others can use, from anywhere.
    let url = run(project.path(), &["db", "url"]).expect(0).stdout;
    let counted =
        Command::new("psql").args(["-AtXc", "select count(*) from crm.t", url.trim()]).current_dir("/").output();
    assert_eq!(String::from_utf8(counted.unwrap().stdout).unwrap(), "3\n");

    psql(&project, "select 1").expect(0);
    assert_eq!(state(&project)["pid"], running["pid"], "a command that found it running left it so");
    run(project.path(), &["db", "start"]).expect(0);
    assert_eq!(state(&project)["pid"], running["pid"]);

    assert!(run(project.path(), &["db", "stop"]).expect(0).stderr.contains("stopped"));
    assert_eq!(state(&project)["state"], "stopped");
    assert!(run(project.path(), &["db", "stop"]).expect(0).stderr.contains("was not running"));
    let url = run(project.path(), &["db", "url"]).expect(3);
    assert!(url.stderr.contains("hint: run `portalctl db start`"), "{}", url.stderr);
}

#[test]
fn setup_that_fails_is_told_with_its_line_and_leaves_nothing() {
    let project = project_with_setup();
    project.make_cluster();
    project.write("db/03-more.sql", "insert into crm.t values (3, 'c');\n\nselect * from crm.missing;\n");
    for _ in 0..2 {
        // The second time shows that the roles of the first are gone: they would exist already.
        let failed = run(project.path(), &["db", "start"]).expect(3);
        let expected = "`database.setup` failed: db/03-more.sql:3: relation \"crm.missing\" does not exist";
        assert!(failed.stderr.contains(expected), "{}", failed.stderr);
        assert_eq!(state(&project)["state"], "stopped");
    }
    project.write("db/03-more.sql", "insert into crm.t values (3, 'c');\n");
    assert_eq!(psql(&project, "select count(*) from crm.t").expect(0).stdout, "3\n");
}

#[test]
fn setup_files_may_do_what_psql_can() {
    let project = PrivateProject::new();
    project.make_cluster();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\ndatabase: {setup: [db/*.sql]}\n");
    project.write("db/1.sql", "\\set n 7\ncreate table t as select :n as n;\nvacuum t;\n\\ir more/rows.sql\n");
    project.write("db/more/rows.sql", "insert into t values (8);\n");
    assert_eq!(psql(&project, "select sum(n) from t").expect(0).stdout, "15\n");
}

#[test]
fn setup_patterns_that_match_nothing_are_refused() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\ndatabase: {setup: [sql/*.sql]}\n");
    let refused = run(project.path(), &["db", "start"]).expect(2);
    assert!(refused.stderr.contains("`sql/*.sql` in `database.setup` matches no file"), "{}", refused.stderr);
    assert_eq!(state(&project)["state"], "absent");
}

#[test]
fn commands_at_once_set_up_one_database() {
    let project = project_with_setup();
    let children: Vec<_> =
        (0..4).map(|_| spawn(project.path(), &["db", "psql", "--", "-AtXc", "select count(*) from crm.t"])).collect();
    let mut created = 0;
    for child in children {
        let ran = crate::run::ended(child.wait_with_output().unwrap()).expect(0);
        assert_eq!(ran.stdout, "3\n");
        created += usize::from(ran.stderr.contains("created the local database"));
    }
    assert_eq!(created, 1);
    assert_eq!(state(&project)["state"], "stopped");
}

#[test]
fn a_mistake_in_another_document_keeps_nobody_from_the_data() {
    let project = project_with_setup();
    project.make_cluster();
    project.write("objects/broken.yaml", "kind: object\nname: [\n");
    psql(&project, "select 1").expect(0);
    project.write("portalctl.yaml", "version: 1\nkind: project\n");
    let refused = run(project.path(), &["db", "start"]).expect(2);
    assert!(refused.stderr.contains("portalctl.yaml") && refused.stderr.contains("`name`"), "{}", refused.stderr);
    // What needs no name still works.
    run(project.path(), &["db", "stop"]).expect(0);
}

#[test]
fn psql_says_by_its_exit_code_that_a_statement_failed() {
    let project = minimal_project();
    let failed = psql(&project, "select nonsense").expect(3);
    assert!(failed.stderr.contains("column \"nonsense\" does not exist"), "{}", failed.stderr);
}
