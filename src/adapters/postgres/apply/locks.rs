//! Taking turns, and who is in the way.

use super::super::PgError;
use crate::names::TableName;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, Row};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Advisory locks are known by number: the first eight bytes of the hash of a phrase.
const CLUSTER: &str = "portalctl: roles of this cluster";
const DATABASE: &str = "portalctl: access in this database";

const RETRY: Duration = Duration::from_millis(50);

fn number(phrase: &str) -> i64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&blake3::hash(phrase.as_bytes()).as_bytes()[..8]);
    i64::from_be_bytes(bytes)
}

/// Roles belong to all databases, but an advisory lock to one, so all agree on `postgres`; a cluster
/// without it has `template1`.
pub async fn connect_for_cluster(options: &PgConnectOptions) -> Result<PgConnection, PgError> {
    match options.clone().database("postgres").connect().await {
        Err(error) if code(&error) == "3D000" => options.clone().database("template1").connect().await,
        outcome => outcome,
    }
    .map_err(PgError::query("connect to the database `postgres`, where every apply on this server takes its turn"))
}

pub fn code(error: &sqlx::Error) -> String {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default().into_owned()
}

/// Holds the turn of the cluster while it lives; the lock ends with the session at the latest.
pub async fn take_cluster(cluster: &mut PgConnection, turn: Duration) -> Result<Result<(), String>, PgError> {
    take(cluster, "SELECT pg_try_advisory_lock($1)", number(CLUSTER), turn).await
}

pub async fn give_back_cluster(cluster: &mut PgConnection) -> Result<(), PgError> {
    sqlx::query("SELECT pg_advisory_unlock($1)")
        .bind(number(CLUSTER))
        .persistent(false)
        .execute(cluster)
        .await
        .map_err(PgError::query("end the turn"))?;
    Ok(())
}

/// Until the transaction ends.
pub async fn take_database(connection: &mut PgConnection, turn: Duration) -> Result<Result<(), String>, PgError> {
    take(connection, "SELECT pg_try_advisory_xact_lock($1)", number(DATABASE), turn).await
}

async fn take(
    connection: &mut PgConnection,
    question: &'static str,
    key: i64,
    turn: Duration,
) -> Result<Result<(), String>, PgError> {
    let began = Instant::now();
    loop {
        let taken: bool = sqlx::query_scalar(question)
            .bind(key)
            .persistent(false)
            .fetch_one(&mut *connection)
            .await
            .map_err(PgError::query("wait for another apply"))?;
        if taken {
            return Ok(Ok(()));
        }
        if began.elapsed() >= turn {
            return Ok(Err(holder(connection, key).await?));
        }
        tokio::time::sleep(RETRY).await;
    }
}

async fn holder(connection: &mut PgConnection, key: i64) -> Result<String, PgError> {
    let bytes = key.to_be_bytes();
    let half = |bytes: &[u8]| bytes.iter().fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
    let who = who(
        connection,
        "SELECT a.pid, a.usename::text, a.application_name, a.state FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
         WHERE l.locktype = 'advisory' AND l.granted AND l.classid::int8 = $1 AND l.objid::int8 = $2
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1",
        (half(&bytes[..4]), half(&bytes[4..])),
    )
    .await?;
    Ok(format!("another apply is at work{}", who.map(|who| format!(": {who}")).unwrap_or_default()))
}

async fn who(
    connection: &mut PgConnection,
    question: &'static str,
    (first, second): (i64, i64),
) -> Result<Option<String>, PgError> {
    let row = sqlx::query(question)
        .bind(first)
        .bind(second)
        .persistent(false)
        .fetch_optional(connection)
        .await
        .map_err(PgError::query("find out who holds the lock"))?;
    row.map(|row| described(&row)).transpose()
}

fn described(row: &sqlx::postgres::PgRow) -> Result<String, PgError> {
    let failed = || PgError::query("find out who holds the lock");
    let text = |at: usize| {
        row.try_get::<Option<String>, _>(at).map(|text| text.filter(|text| !text.is_empty())).map_err(failed())
    };
    let pid: i32 = row.try_get(0).map_err(failed())?;
    let user = text(1)?.unwrap_or_else(|| "another role".to_owned());
    let application = text(2)?.map(|name| format!(" with `{name}`")).unwrap_or_default();
    let state = text(3)?.map(|state| format!(", {state}")).unwrap_or_default();
    Ok(format!("`{user}`{application} (process {pid}{state})"))
}

/// Who holds a lock on one of these tables.
pub async fn blocker(connection: &mut PgConnection, tables: &BTreeSet<TableName>) -> Result<String, PgError> {
    let names: Vec<String> = tables.iter().map(TableName::sql).collect();
    let row = sqlx::query(
        "SELECT a.pid, a.usename::text, a.application_name, a.state, l.relation::regclass::text
         FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
         WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid()
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND l.relation IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS name)
         ORDER BY a.xact_start LIMIT 1",
    )
    .bind(names)
    .persistent(false)
    .fetch_optional(connection)
    .await
    .map_err(PgError::query("find out who holds the lock"))?;
    let Some(row) = row else { return Ok("a lock on a table could not be had in time".to_owned()) };
    let table: String = row.try_get(4).map_err(PgError::query("find out who holds the lock"))?;
    Ok(format!("{} holds a lock on {table}", described(&row)?))
}
