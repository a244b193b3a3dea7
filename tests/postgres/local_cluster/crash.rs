use super::{assert_stopped, connect, execute, number, server};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use portalctl::adapters::local_postgres::{Environment, LocalError, ServerBinaries, Status};
use portalctl_test_support::PrivateProject;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[tokio::test]
async fn a_killed_server_is_started_again_with_its_data() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    let running = cluster.start().await.unwrap();
    execute(&running, "create table t as select 42 as n").await;
    let (pid, address) = server(&cluster);
    // One of its processes is busy while the server dies.
    let mut busy = connect(&running).await;
    let sleeping = tokio::spawn(async move { sqlx::raw_sql("select pg_sleep(60)").execute(&mut busy).await.is_err() });
    tokio::time::sleep(Duration::from_millis(100)).await;
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    // The signal has arrived when nobody listens any more.
    while UnixStream::connect(address.folder.join(format!(".s.PGSQL.{}", address.port))).is_ok() {}

    let again = project.cluster().start().await.unwrap();
    assert!(again.started);
    assert_eq!(number(&again, "select n::bigint from t").await, 42);
    assert!(sleeping.await.unwrap());
    again.end().unwrap();
    running.end().unwrap();
    assert_stopped(&cluster, &address);
}

#[tokio::test]
async fn a_process_number_in_use_again_does_not_keep_the_server_down() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    let running = cluster.start().await.unwrap();
    execute(&running, "create table t as select 42 as n").await;
    let (pid, _) = server(&cluster);
    let file = cluster.folder().join("data/postmaster.pid");
    let written = std::fs::read_to_string(&file).unwrap();
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    drop(running);

    // What the crashed server left names a process that lives and has nothing to do with it: this one.
    let mine = written.replacen(&pid.to_string(), &std::process::id().to_string(), 1);
    std::fs::write(&file, mine).unwrap();
    let again = cluster.start().await.unwrap();
    assert!(again.started);
    assert_eq!(number(&again, "select n::bigint from t").await, 42);
}

#[tokio::test]
async fn stopping_a_dead_server_kills_nobody_else() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    cluster.start().await.unwrap().end().unwrap();
    let mut bystander = std::process::Command::new("sleep").arg("600").spawn().unwrap();
    let stale = format!("{}\n/nowhere\n1\n5432\n/tmp/nowhere\n\n 1 1\nready   \n", bystander.id());
    std::fs::write(cluster.folder().join("data/postmaster.pid"), stale).unwrap();
    assert!(!cluster.stop().await.unwrap());
    cluster.start().await.unwrap().end().unwrap();
    assert!(bystander.try_wait().unwrap().is_none(), "the bystander lives");
    bystander.kill().unwrap();
    bystander.wait().unwrap();
}

#[tokio::test]
async fn a_server_without_its_socket_is_started_anew() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    let running = cluster.start().await.unwrap();
    running.keep().unwrap();
    let (pid, address) = server(&cluster);
    running.end().unwrap();
    std::fs::remove_dir_all(&address.folder).unwrap();

    let again = cluster.start().await.unwrap();
    assert!(again.started);
    assert_eq!(number(&again, "select 1::bigint").await, 1);
    assert_ne!(server(&cluster).0, pid);
    assert_eq!(again.notices.len(), 1, "{:?}", again.notices);
}

/// A folder of server binaries whose files can be replaced, as a package upgrade does.
fn wrapped_binaries(folder: &Path) -> PathBuf {
    let real = ServerBinaries::find(&Environment::of_process(), folder, None).unwrap().folder;
    let bin = folder.join("bin");
    std::fs::create_dir(&bin).unwrap();
    for name in ["postgres", "initdb", "psql"] {
        let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", real.join(name).display());
        std::fs::write(bin.join(name), script).unwrap();
        std::fs::set_permissions(bin.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    bin
}

#[tokio::test]
async fn an_upgrade_under_a_running_server_is_noticed() {
    let project = PrivateProject::new();
    let bin = wrapped_binaries(project.path());
    let environment = Environment { pg_bindir: Some(bin.clone()), ..Environment::of_process() };
    let cluster = project.cluster_with(environment);
    let running = cluster.start().await.unwrap();
    running.keep().unwrap();
    let (before, _) = server(&cluster);

    // The server notes its start in whole seconds.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    std::fs::set_permissions(bin.join("postgres"), std::fs::Permissions::from_mode(0o555)).unwrap();
    let beside = cluster.start().await.unwrap();
    assert!(!beside.started, "another command uses it");
    assert!(beside.notices[0].contains("upgraded"), "{:?}", beside.notices);
    beside.end().unwrap();
    running.end().unwrap();

    let alone = cluster.start().await.unwrap();
    assert!(alone.started);
    assert!(alone.notices[0].contains("restarted"), "{:?}", alone.notices);
    assert_ne!(server(&cluster).0, before);
}

#[tokio::test]
async fn data_of_another_version_are_left_alone() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    cluster.start().await.unwrap().end().unwrap();
    let version = cluster.folder().join("data/PG_VERSION");
    std::fs::write(&version, "12\n").unwrap();
    let error = cluster.start().await.unwrap_err();
    assert!(matches!(error, LocalError::OtherVersion { data: 12, .. }), "{error:?}");
    let hint = error.hint().unwrap();
    assert!(hint.contains("PG_BINDIR") && hint.contains("12"), "{hint}");
    assert!(matches!(cluster.status().unwrap(), Status::Stopped { major: 12, .. }));
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    cluster.start().await.unwrap().end().unwrap();
    let conf = cluster.folder().join("data/postgresql.conf");
    let good = std::fs::read_to_string(&conf).unwrap();
    std::fs::write(&conf, format!("{good}\nno_such_setting = 1\n")).unwrap();
    let error = cluster.start().await.unwrap_err();
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    std::fs::write(&conf, good).unwrap();
    cluster.start().await.unwrap().end().unwrap();
}

#[tokio::test]
async fn a_copy_of_a_running_project_gets_a_server_of_its_own() {
    let project = PrivateProject::new();
    let running = project.cluster().start().await.unwrap();
    let copy = PrivateProject::new();
    let copied = std::process::Command::new("cp")
        .arg("-a")
        .arg(project.path().join(".portalctl"))
        .arg(copy.path())
        .status()
        .unwrap();
    assert!(copied.success());
    let second = copy.cluster().start().await.unwrap();
    assert!(second.started);
    assert_ne!(running.address, second.address);
    second.end().unwrap();
    assert_eq!(number(&running, "select 1::bigint").await, 1, "the first is undisturbed");
}
