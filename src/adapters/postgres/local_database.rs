//! The project's database in its private cluster: made on demand, and filled once with the business's own SQL.

use super::connect::{ConnectError, DatabaseUrl};
use super::error::PgError;
use crate::adapters::files::SetupFile;
use crate::adapters::local_postgres::{Address, LocalError, Running, SUPERUSER};
use crate::names::Ident;
use sqlx::{AssertSqlSafe, PgConnection, raw_sql};
use std::path::Path;
use std::process::Stdio;

/// The database of the cluster that belongs to nobody; keeps account of the others.
const MAINTENANCE: &str = "postgres";

/// A database is `preparing` from before it is created until its SQL has run through, so one that was
/// interrupted is known as such whatever is in it. Roles belong to the cluster and outlive a dropped database:
/// those that were there before are remembered, the others go with it.
const ACCOUNT: &str = "
    create table if not exists public.portalctl_databases (
        name text primary key,
        state text not null check (state in ('preparing', 'ready')),
        roles_before text[] not null,
        prepared_at timestamptz
    )";

/// The session of a command that was killed still finishes its last statement, perhaps a CREATE DATABASE.
const QUEUE: &str = "select pg_advisory_lock(hashtext('portalctl_databases'))";

#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Query(#[from] PgError),
    #[error("`database.setup` failed: {0}")]
    Setup(String),
}

/// What [`prepare`] found or did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepared {
    /// It was there, with whatever it holds.
    Found,
    /// It was created, and this many files ran.
    Created { files: usize },
}

/// Makes sure that the database `name` exists. Where it does not, creates it and runs `setup` in it with psql,
/// file by file, each in a session of its own, in the project's folder. A failure or an interruption leaves
/// nothing behind: what there is of it is removed now, or by the next call.
///
/// # Errors
/// psql's own words for what failed, with file and line; or what kept the server from being asked.
pub async fn prepare(
    running: &Running,
    name: &str,
    setup: &[SetupFile],
    folder: &Path,
) -> Result<Prepared, PrepareError> {
    let _turn = running.change().await?;
    let account = local_url(running, MAINTENANCE);
    let mut connection = account.connect().await?;
    execute(&mut connection, "wait for a killed command's session to end", QUEUE).await?;
    execute(&mut connection, "prepare the account of databases", ACCOUNT).await?;
    let (exists, state) = look(&mut connection, name).await?;
    match (exists, state.as_deref()) {
        (_, Some("preparing")) => undo(&mut connection, name).await?,
        (true, _) => return Ok(Prepared::Found),
        (false, _) => {}
    }
    create(&mut connection, name).await?;
    for file in setup {
        if let Err(error) = run_file(running, name, file, folder).await {
            undo(&mut connection, name).await?;
            return Err(error);
        }
    }
    sqlx::query("update public.portalctl_databases set state = 'ready', prepared_at = now() where name = $1")
        .bind(name)
        .execute(&mut connection)
        .await
        .map_err(PgError::query("note the database as ready"))?;
    Ok(Prepared::Created { files: setup.len() })
}

/// The administrator's way to a database of the private cluster.
pub fn local_url(running: &Running, database: &str) -> DatabaseUrl {
    url_at(&running.address, database)
}

/// The same to a server that somebody else started.
pub fn url_at(address: &Address, database: &str) -> DatabaseUrl {
    DatabaseUrl::local(&address.folder, address.port, SUPERUSER, database)
}

async fn look(connection: &mut PgConnection, name: &str) -> Result<(bool, Option<String>), PgError> {
    let query = "select exists (select from pg_database where datname = $1), \
                 (select state from public.portalctl_databases where name = $1)";
    sqlx::query_as(query).bind(name).fetch_one(connection).await.map_err(PgError::query("look for the database"))
}

async fn create(connection: &mut PgConnection, name: &str) -> Result<(), PgError> {
    let note = "insert into public.portalctl_databases (name, state, roles_before) \
                select $1, 'preparing', array_agg(rolname::text) from pg_roles \
                on conflict (name) do update set state = excluded.state, roles_before = excluded.roles_before";
    sqlx::query(note).bind(name).execute(&mut *connection).await.map_err(PgError::query("note the database"))?;
    execute(connection, "create the database", &format!("create database {}", Ident::new(name))).await
}

async fn undo(connection: &mut PgConnection, name: &str) -> Result<(), PgError> {
    let drop = format!("drop database if exists {} with (force)", Ident::new(name));
    execute(connection, "drop the unfinished database", &drop).await?;
    let query = "select rolname::text from pg_roles \
                 where rolname <> all (select unnest(roles_before) from public.portalctl_databases where name = $1)";
    let roles: Vec<String> = sqlx::query_scalar(query)
        .bind(name)
        .fetch_all(&mut *connection)
        .await
        .map_err(PgError::query("list the roles of the unfinished database"))?;
    for role in roles {
        let role = Ident::new(&role);
        execute(connection, "drop a role", &format!("drop owned by {role} cascade; drop role {role}")).await?;
    }
    sqlx::query("delete from public.portalctl_databases where name = $1")
        .bind(name)
        .execute(connection)
        .await
        .map(drop_result)
        .map_err(PgError::query("forget the unfinished database"))
}

fn drop_result(_: sqlx::postgres::PgQueryResult) {}

async fn execute(connection: &mut PgConnection, doing: &'static str, sql: &str) -> Result<(), PgError> {
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.map(drop_result).map_err(PgError::query(doing))
}

/// What psql and the programs that it calls need of the surroundings, besides what begins with `PG` and `LC_`.
const KEPT: &[&str] = &["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "TERM"];

/// Such files hold COPY data and commands of psql, so psql runs them. Commits need not reach the disk one by
/// one: the note that the database is ready does, and everything before it.
async fn run_file(running: &Running, database: &str, file: &SetupFile, folder: &Path) -> Result<(), PrepareError> {
    let mut psql = running.psql(database)?;
    // Such a file may call programs: what the surroundings hold besides, such as the secrets of CI, is none of theirs.
    for (name, _) in std::env::vars_os() {
        let kept =
            name.to_str().is_some_and(|name| KEPT.contains(&name) || name.starts_with("PG") || name.starts_with("LC_"));
        if !kept && !psql.get_envs().any(|(set, _)| set == name) {
            psql.env_remove(name);
        }
    }
    psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file", &file.name]).current_dir(folder);
    psql.env("PGOPTIONS", "-c client_min_messages=warning -c synchronous_commit=off").env("PGCLIENTENCODING", "UTF8");
    psql.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut psql = tokio::process::Command::from(psql);
    let output = psql
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| PrepareError::Setup(format!("psql does not run: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(PrepareError::Setup(failure(&said, &file.name)))
}

/// From `psql:db/02.sql:17: ERROR:  relation "x" does not exist` and the lines that belong to it.
fn failure(said: &str, file: &str) -> String {
    let lines: Vec<&str> = said.trim_end().lines().collect();
    let Some(from) = lines.iter().position(|line| line.contains("ERROR:") || line.contains("error:")) else {
        return format!("`{file}`: {}", said.trim());
    };
    let first = lines[from].replacen("psql: error: ", "", 1).replacen(": ERROR:  ", ": ", 1);
    let first = first.strip_prefix("psql:").unwrap_or(&first);
    let more = lines[from + 1..].iter().take_while(|line| !line.starts_with("psql:"));
    std::iter::once(first).chain(more.copied()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_is_told_with_its_place() {
        let said = "psql:db/02.sql:3: WARNING:  odd\npsql:db/02.sql:17: ERROR:  relation \"x\" does not exist\nLINE 1: select * from x;\n                      ^\n";
        assert_eq!(
            failure(said, "db/02.sql"),
            "db/02.sql:17: relation \"x\" does not exist\nLINE 1: select * from x;\n                      ^"
        );
        assert_eq!(
            failure("psql: error: db/02.sql: No such file or directory\n", "db/02.sql"),
            "db/02.sql: No such file or directory"
        );
        assert_eq!(failure("out of cheese\n", "db/02.sql"), "`db/02.sql`: out of cheese");
    }
}
