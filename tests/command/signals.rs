use crate::run::{command, ended, minimal_project, project_with_setup, psql, run, spawn};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use portalctl::adapters::local_postgres::Status;
use portalctl_test_support::PrivateProject;
use sqlx::Connection;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap())
}

/// Waits until the server is as `reached` says.
fn wait_for(project: &PrivateProject, what: &str, reached: impl Fn(&Status) -> bool) {
    let began = Instant::now();
    let cluster = project.cluster();
    while !cluster.status().is_ok_and(|status| reached(&status)) {
        assert!(began.elapsed() < Duration::from_secs(60), "never {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until a query sleeps in the project's server.
async fn wait_for_sleep(project: &PrivateProject) {
    let Ok(Status::Running { address, .. }) = project.cluster().status() else { panic!("the server runs") };
    let began = Instant::now();
    loop {
        let url = address.url("postgres", "postgres");
        let sleeping = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'";
        // While it starts up it takes nobody in.
        if let Ok(mut connection) = sqlx::PgConnection::connect(&url).await {
            let count: i64 = sqlx::query_scalar(sleeping).fetch_one(&mut connection).await.unwrap();
            if count > 0 {
                return;
            }
        }
        assert!(began.elapsed() < Duration::from_secs(60), "no query sleeps");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[track_caller]
fn assert_stopped(project: &PrivateProject) {
    let status = project.cluster().status().unwrap();
    assert!(matches!(status, Status::Stopped { .. }), "{status:?}");
}

fn is_running(status: &Status) -> bool {
    matches!(status, Status::Running { .. })
}

#[tokio::test]
async fn an_interrupted_command_stops_its_server_and_undoes_its_setup() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
        let project = project_with_setup();
        project.make_cluster();
        project.write("db/04-slow.sql", "select pg_sleep(600);\n");
        let child = spawn(project.path(), &["db", "start"]);
        wait_for(&project, "running", is_running);
        wait_for_sleep(&project).await;
        let began = Instant::now();
        kill(pid(&child), signal).unwrap();
        ended(child.wait_with_output().unwrap()).expect(code);
        assert!(began.elapsed() < Duration::from_secs(20), "{signal} took {:?}", began.elapsed());
        assert_stopped(&project);
        project.write("db/04-slow.sql", "select 1;\n");
        assert_eq!(psql(&project, "select count(*) from crm.t").expect(0).stdout, "3\n");
    }
}

/// As the terminal does it: everything in the foreground gets the signal at once.
#[test]
fn ctrl_c_in_the_terminal_reaches_the_command_before_the_server() {
    let project = project_with_setup();
    project.make_cluster();
    project.write("db/04-slow.sql", "select pg_sleep(600);\n");
    let mut started = command(project.path(), &["db", "start"]);
    let child = started.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&project, "running", is_running);
    killpg(pid(&child), Signal::SIGINT).unwrap();
    let ran = ended(child.wait_with_output().unwrap()).expect(130);
    assert!(!ran.stderr.contains("error"), "{}", ran.stderr);
    assert_stopped(&project);
}

#[tokio::test]
async fn ctrl_c_in_psql_is_for_psql() {
    let project = minimal_project();
    let mut psql =
        command(project.path(), &["db", "psql", "--", "-AtX", "-c", "select pg_sleep(600)", "-c", "select 'after'"]);
    let child = psql.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&project, "running", is_running);
    wait_for_sleep(&project).await;
    killpg(pid(&child), Signal::SIGINT).unwrap();
    let ran = ended(child.wait_with_output().unwrap());
    assert_ne!(ran.code, 130, "psql ended its query, the command did not end");
    assert!(ran.stderr.contains("canceling statement due to user request"), "{}", ran.stderr);
    assert_stopped(&project);
}

#[test]
fn the_next_command_takes_over_what_a_killed_one_left() {
    let project = project_with_setup();
    project.make_cluster();
    psql(&project, "select 1").expect(0);
    let mut child = spawn(project.path(), &["db", "psql", "--", "-c", "select pg_sleep(600)"]);
    wait_for(&project, "running", is_running);
    kill(pid(&child), Signal::SIGKILL).unwrap();
    child.wait().unwrap();
    // A program that it was just starting may still hold its place for a moment.
    wait_for(&project, "left alone", |status| matches!(status, Status::Running { kept: false, in_use: false, .. }));
    let left = run(project.path(), &["db", "status"]).expect(0).stdout;
    assert!(left.contains("left behind by a command that was killed"), "{left}");
    assert_eq!(psql(&project, "select count(*) from crm.t").expect(0).stdout, "3\n");
    assert_stopped(&project);
}

#[tokio::test]
async fn setup_cut_short_by_a_kill_begins_anew() {
    let project = project_with_setup();
    project.make_cluster();
    project.write("db/04-slow.sql", "select pg_sleep(600);\n");
    let mut child = spawn(project.path(), &["db", "start"]);
    wait_for(&project, "running", is_running);
    wait_for_sleep(&project).await;
    kill(pid(&child), Signal::SIGKILL).unwrap();
    child.wait().unwrap();
    // The psql that runs the file lives on for now; its session is ended, its database dropped with it.
    project.write("db/04-slow.sql", "select 1;\n");
    let ran = psql(&project, "select count(*) from crm.t").expect(0);
    assert_eq!(ran.stdout, "3\n");
    assert!(ran.stderr.contains("ran 4 files"), "{}", ran.stderr);
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    let mut child = spawn(project.path(), &["validate"]);
    drop(child.stdout.take());
    let ran = ended(child.wait_with_output().unwrap()).expect(0);
    assert_eq!(ran.stderr, "");
}
