use super::{assert_stopped, connect, execute, number, server};
use portalctl::adapters::local_postgres::{Environment, LocalCluster, Status};
use portalctl_test_support::PrivateProject;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

#[tokio::test]
async fn a_server_ends_with_its_last_user_and_not_before() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    let first = cluster.start().await.unwrap();
    let second = project.cluster().start().await.unwrap();
    assert!(first.started && !second.started);
    assert_eq!(first.address, second.address);
    let address = first.address.clone();
    execute(&first, "create table t as select 42 as n").await;

    first.end().unwrap();
    assert!(matches!(cluster.status().unwrap(), Status::Running { kept: false, in_use: true, .. }));
    assert_eq!(number(&second, "select n::bigint from t").await, 42);
    second.end().unwrap();
    assert_stopped(&cluster, &address);

    let again = cluster.start().await.unwrap();
    assert_eq!(number(&again, "select n::bigint from t").await, 42, "the data are kept");
}

#[tokio::test]
async fn a_kept_server_stays_until_it_is_stopped() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    let running = cluster.start().await.unwrap();
    let address = running.address.clone();
    running.keep().unwrap();
    running.end().unwrap();
    assert!(matches!(cluster.status().unwrap(), Status::Running { kept: true, in_use: false, .. }));

    // A command that finds it running leaves it running.
    let user = cluster.start().await.unwrap();
    assert!(!user.started);
    user.end().unwrap();
    server(&cluster);

    assert!(cluster.stop().await.unwrap());
    assert_stopped(&cluster, &address);
    assert!(!cluster.stop().await.unwrap());

    // The wish to keep it ended with it.
    cluster.start().await.unwrap().end().unwrap();
    assert_stopped(&cluster, &address);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_commands_at_once_make_one_cluster() {
    let project = PrivateProject::new();
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let cluster = project.cluster();
            tokio::spawn(async move {
                let mut started = 0;
                for _ in 0..3 {
                    let running = cluster.start().await.unwrap();
                    assert_eq!(number(&running, "select 1::bigint").await, 1);
                    started += usize::from(running.started);
                    running.end().unwrap();
                }
                started
            })
        })
        .collect();
    let mut started = 0;
    for task in tasks {
        started += task.await.unwrap();
    }
    assert!(started >= 1, "somebody started it");
    let status = project.cluster().status().unwrap();
    assert!(matches!(status, Status::Stopped { .. }), "{status:?}");
}

#[tokio::test]
async fn a_start_that_is_given_up_leaves_nothing_running() {
    let project = PrivateProject::new();
    let runtime = project.path().join("run");
    std::fs::create_dir(&runtime).unwrap();
    std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o1777)).unwrap();
    let environment = Environment { runtime_folder: runtime.clone(), ..Environment::of_process() };
    let located = || project.cluster_with(environment.clone()).with_settings([("fsync", "off")]);
    // At ten moments of making and starting, from the first file to the last wait.
    for milliseconds in [0, 5, 20, 60, 120, 200, 300, 400, 500, 700] {
        let cluster = located();
        let given_up = tokio::time::timeout(Duration::from_millis(milliseconds), cluster.start()).await;
        drop(given_up);
        let status = cluster.status().unwrap();
        assert!(
            matches!(status, Status::Absent { .. } | Status::Stopped { .. }),
            "after {milliseconds} ms: {status:?}"
        );
        assert_eq!(std::fs::read_dir(&runtime).unwrap().count(), 0, "a socket folder is left after {milliseconds} ms");
    }
    let running = located().start().await.unwrap();
    assert_eq!(number(&running, "select 1::bigint").await, 1);
}

#[tokio::test]
async fn stopping_does_not_wait_for_those_who_use_it() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    let running = cluster.start().await.unwrap();
    let address = running.address.clone();
    let mut busy = connect(&running).await;
    let sleeping = tokio::spawn(async move { sqlx::raw_sql("select pg_sleep(60)").execute(&mut busy).await.is_err() });
    assert!(project.cluster().stop().await.unwrap());
    assert_stopped(&cluster, &address);
    assert!(sleeping.await.unwrap(), "the query was cut off");
    running.end().unwrap();
}

/// Opened by the server itself: what only sits in this process would not do.
#[tokio::test]
async fn the_settings_are_those_of_a_private_and_safe_server() {
    let project = PrivateProject::new();
    let running = project.cluster_with(Environment::of_process()).start().await.unwrap();
    for (name, value) in [
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("shared_preload_libraries", ""),
        ("max_connections", "50"),
        ("logging_collector", "on"),
        ("log_min_error_statement", "panic"),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
    ] {
        let sql = format!("select (current_setting('{name}') = '{value}')::int::bigint");
        assert_eq!(number(&running, &sql).await, 1, "{name} should be {value:?}");
    }
}

#[tokio::test]
async fn no_statement_reaches_the_log() {
    let project = PrivateProject::new();
    let cluster: LocalCluster = project.cluster();
    let running = cluster.start().await.unwrap();
    let mut connection = connect(&running).await;
    let failed = sqlx::raw_sql("create role r password 's3cret' nonsense").execute(&mut connection).await;
    assert!(failed.is_err());
    drop(connection);
    running.end().unwrap();
    let mut seen = String::new();
    for entry in std::fs::read_dir(cluster.folder().join("log")).unwrap() {
        seen.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    assert!(seen.contains("ERROR"), "the log tells of the error:\n{seen}");
    assert!(!seen.contains("s3cret"), "{seen}");
}
