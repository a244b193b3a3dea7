//! The states that were applied, as the control schema keeps them.

use super::PgError;
use super::inspect::parse;
use crate::names::{Ident, SchemaName};
use crate::plan::AppliedState;
use sqlx::{AssertSqlSafe, PgConnection};

/// What was applied last.
///
/// # Errors
/// The server cannot be asked.
pub async fn last(connection: &mut PgConnection, schema: &SchemaName) -> Result<Option<AppliedState>, PgError> {
    Ok(read(connection, schema, "true", 1).await?.pop())
}

/// One state by its number.
///
/// # Errors
/// The server cannot be asked.
pub async fn numbered(
    connection: &mut PgConnection,
    schema: &SchemaName,
    number: i64,
) -> Result<Option<AppliedState>, PgError> {
    Ok(read(connection, schema, &format!("s.id = {number}"), 1).await?.pop())
}

/// All that are kept, the newest first.
///
/// # Errors
/// The server cannot be asked.
pub async fn all(connection: &mut PgConnection, schema: &SchemaName) -> Result<Vec<AppliedState>, PgError> {
    read(connection, schema, "true", i64::MAX).await
}

/// The same, each without its documents.
///
/// # Errors
/// The server cannot be asked.
pub async fn history(connection: &mut PgConnection, schema: &SchemaName) -> Result<Vec<AppliedState>, PgError> {
    ask(connection, schema, "'{}'::json", "true", i64::MAX).await
}

async fn read(
    connection: &mut PgConnection,
    schema: &SchemaName,
    which: &str,
    most: i64,
) -> Result<Vec<AppliedState>, PgError> {
    ask(connection, schema, "s.documents", which, most).await
}

async fn ask(
    connection: &mut PgConnection,
    schema: &SchemaName,
    documents: &str,
    which: &str,
    most: i64,
) -> Result<Vec<AppliedState>, PgError> {
    let schema = Ident::new(schema.as_str());
    let is_there: bool = sqlx::query_scalar("SELECT pg_catalog.to_regclass($1) IS NOT NULL")
        .bind(format!("{schema}.applied_state"))
        .persistent(false)
        .fetch_one(&mut *connection)
        .await
        .map_err(PgError::query("look for what was applied"))?;
    // A control schema that an older version made.
    if !is_there {
        return Ok(Vec::new());
    }
    let question = format!(
        "SELECT coalesce(json_agg(json_build_object('state', s.id, 'at', to_char(s.at AT TIME ZONE 'UTC',
             'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), 'applied_by', s.applied_by, 'portalctl', s.portalctl,
             'spec_hash', s.spec_hash, 'environment', s.environment, 'commit', s.git_commit,
             'is_current', s.receipt IS NOT DISTINCT FROM (SELECT max(r.id) FROM {schema}.receipt AS r),
             'documents', {documents}) ORDER BY s.id DESC), '[]')::text
         FROM (SELECT * FROM {schema}.applied_state AS s WHERE {which} ORDER BY s.id DESC LIMIT {most}) AS s"
    );
    let answer: String = sqlx::query_scalar(AssertSqlSafe(question))
        .persistent(false)
        .fetch_one(connection)
        .await
        .map_err(PgError::query("read what was applied"))?;
    parse("what was applied", &answer)
}
