//! Working as the project's owner role: it has what the control schema holds and nothing of the business's tables.

use super::PgError;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Postgres, Transaction};

/// A transaction as `owner`, which is quoted.
///
/// # Errors
/// The server cannot be asked, or does not let the administrator become the owner.
pub async fn begin<'c>(connection: &'c mut PgConnection, owner: &str) -> Result<Transaction<'c, Postgres>, PgError> {
    let mut transaction = connection.begin().await.map_err(PgError::query("begin a transaction"))?;
    sqlx::raw_sql(AssertSqlSafe(format!("SET LOCAL ROLE {owner}")))
        .execute(&mut *transaction)
        .await
        .map_err(PgError::query("act as the project's owner role"))?;
    Ok(transaction)
}
