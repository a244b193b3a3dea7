//! The project's private server, at its best and at its worst.

mod crash;
mod place;
mod sharing;

use portalctl::adapters::local_postgres::{Address, LocalCluster, Running, SUPERUSER, Status};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

async fn connect(running: &Running) -> PgConnection {
    let options: PgConnectOptions = running.url(SUPERUSER, "postgres").parse().unwrap();
    options.connect().await.unwrap()
}

async fn execute(running: &Running, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connect(running).await).await.unwrap();
}

async fn number(running: &Running, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connect(running).await).await.unwrap()
}

/// Process number and address of the running server.
fn server(cluster: &LocalCluster) -> (i32, Address) {
    match cluster.status().unwrap() {
        Status::Running { pid, address, .. } => (pid, address),
        other => panic!("the server should run, it is {other:?}"),
    }
}

/// No process of the server lives, and the folder of its socket is gone.
fn assert_stopped(cluster: &LocalCluster, address: &Address) {
    let status = cluster.status().unwrap();
    assert!(matches!(status, Status::Stopped { .. }), "{status:?}");
    assert!(!address.folder.exists(), "`{}` is left", address.folder.display());
}
