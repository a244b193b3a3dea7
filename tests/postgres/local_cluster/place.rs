use super::{number, server};
use portalctl::adapters::local_postgres::{Environment, LocalCluster, LocalError, Status};
use portalctl_test_support::PrivateProject;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap().mode() & 0o7777
}

fn script(path: &Path, text: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn nobody_else_gets_near_the_data_or_the_socket() {
    let project = PrivateProject::new();
    let cluster = project.cluster();
    let running = cluster.start().await.unwrap();
    let (_, address) = server(&cluster);
    for folder in [cluster.folder(), &cluster.folder().join("data"), &cluster.folder().join("log"), &address.folder] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    assert_eq!(std::fs::read_to_string(project.path().join(".portalctl/.gitignore")).unwrap(), "*\n!/manifest.json\n");
    // Under root the server is somebody else, and root reaches it all the same.
    let owner = address.folder.symlink_metadata().unwrap().uid();
    assert_ne!(owner, 0, "the server does not run as root");
    assert_eq!(number(&running, "select 1::bigint").await, 1);
}

#[tokio::test]
async fn a_deep_project_has_a_short_socket_path() {
    let project = PrivateProject::new();
    let deep = project.path().join("a-folder-with-quite-a-long-name/".repeat(6));
    std::fs::create_dir_all(&deep).unwrap();
    let cluster = LocalCluster::locate(&deep, Environment::of_process()).unwrap();
    let running = cluster.start().await.unwrap();
    assert!(cluster.folder().as_os_str().len() > 107);
    assert_eq!(number(&running, "select 1::bigint").await, 1);
}

#[tokio::test]
async fn a_socket_path_that_is_too_long_is_refused_with_its_length() {
    let project = PrivateProject::new();
    let runtime = project.path().join("r".repeat(100));
    std::fs::create_dir(&runtime).unwrap();
    let cluster = project.cluster_with(Environment { runtime_folder: runtime, ..Environment::of_process() });
    let error = cluster.start().await.unwrap_err();
    assert!(matches!(error, LocalError::SocketPathTooLong(_)), "{error:?}");
    assert!(error.to_string().contains("a socket takes 107"), "{error}");
}

#[tokio::test]
async fn a_taken_socket_folder_is_not_used() {
    let project = PrivateProject::new();
    let runtime = project.path().join("run");
    std::fs::create_dir(&runtime).unwrap();
    std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o1777)).unwrap();
    let environment = Environment { runtime_folder: runtime.clone(), ..Environment::of_process() };
    let cluster = project.cluster_with(environment);
    let first = cluster.start().await.unwrap();
    let expected = first.address.folder.clone();
    first.end().unwrap();

    // Open to everyone, or a link to elsewhere: somebody waits there for the server.
    let elsewhere = project.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, &expected).unwrap();
    let second = cluster.start().await.unwrap();
    assert_ne!(second.address.folder, expected);
    assert_eq!(mode(&second.address.folder), 0o700);
    assert_eq!(number(&second, "select 1::bigint").await, 1);
    let unforeseen = second.address.folder.clone();
    second.end().unwrap();
    assert!(!unforeseen.exists() && std::fs::read_dir(&elsewhere).unwrap().next().is_none());
}

#[tokio::test]
async fn without_binaries_the_way_to_install_them_is_told() {
    let project = PrivateProject::new();
    let nothing = Environment { pg_bindir: None, installed: Some(Vec::new()), path: None, ..Environment::of_process() };
    let error = project.cluster_with(nothing.clone()).start().await.unwrap_err();
    assert_eq!(error.to_string(), "no PostgreSQL server was found");
    let hint = error.hint().unwrap();
    assert!(hint.contains("install") && hint.contains("PG_BINDIR"), "{hint}");

    // What was found and will not do is named with the reason.
    let (old, broken) = (project.path().join("old"), project.path().join("broken"));
    for folder in [&old, &broken] {
        std::fs::create_dir(folder).unwrap();
        script(&folder.join("initdb"), "exit 1");
    }
    script(&old.join("postgres"), "echo 'postgres (PostgreSQL) 14.9'");
    script(&broken.join("postgres"), "echo 'libicu.so: cannot open shared object file' >&2; exit 127");
    let unusable = Environment { installed: Some(vec![old.clone(), broken]), ..nothing };
    let error = project.cluster_with(unusable.clone()).start().await.unwrap_err().to_string();
    assert!(error.contains("14.9, older than 15"), "{error}");
    assert!(error.contains("libicu.so: cannot open shared object file"), "{error}");

    // What `PG_BINDIR` names is not passed over in favour of something else.
    for folder in [old, project.path().join("absent"), project.path().to_owned()] {
        let chosen = Environment { pg_bindir: Some(folder), ..Environment::of_process() };
        let error = project.cluster_with(chosen).start().await.unwrap_err();
        assert!(matches!(error, LocalError::BinDir(_)), "{error:?}");
    }
    assert!(matches!(project.cluster().status().unwrap(), Status::Absent { .. }));
}

#[tokio::test]
async fn a_folder_that_is_not_ours_is_not_used() {
    let project = PrivateProject::new();
    let home = project.path().join(".portalctl/postgres");
    let elsewhere = project.path().join("elsewhere");
    std::fs::create_dir_all(home.parent().unwrap()).unwrap();
    std::fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, &home).unwrap();
    let error = project.cluster().start().await.unwrap_err();
    assert!(matches!(error, LocalError::NotAFolder(_) | LocalError::BelongsToOther { .. }), "{error:?}");
    std::fs::remove_file(&home).unwrap();

    std::fs::write(&home, "").unwrap();
    let error = project.cluster().start().await.unwrap_err();
    assert!(matches!(error, LocalError::NotAFolder(_)), "{error:?}");
    std::fs::remove_file(&home).unwrap();
    project.cluster().start().await.unwrap().end().unwrap();
}

/// Only root can be told apart from the server's user; anybody else is that user, and reaches the project.
#[tokio::test]
async fn a_project_that_the_server_cannot_reach_has_its_data_elsewhere() {
    let is_root = nix::unistd::geteuid().is_root();
    let project = PrivateProject::new();
    let state = PrivateProject::new();
    std::fs::set_permissions(project.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let state_folder = state.path().join("portalctl");
    let environment = Environment { state_folder: state_folder.clone(), ..Environment::of_process() };
    let cluster = project.cluster_with(environment.clone());
    let running = cluster.start().await.unwrap();
    assert_eq!(cluster.folder().starts_with(&state_folder), is_root, "{}", cluster.folder().display());
    assert_eq!(number(&running, "select 1::bigint").await, 1);
    running.end().unwrap();

    // Once there, it stays there, also when the project can be reached.
    std::fs::set_permissions(project.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let later = project.cluster_with(environment);
    assert_eq!(later.folder(), cluster.folder());
    assert!(matches!(later.status().unwrap(), Status::Stopped { .. }));
}
