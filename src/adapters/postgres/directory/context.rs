//! Contexts for the administrator at the keyboard.

use super::{Directory, PgError};
use crate::names::PersonaName;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a context for `sql --as` says.
#[derive(Debug)]
pub struct ContextWanted<'a> {
    pub persona: &'a PersonaName,
    /// Kind, empty where there is none, and key; `None` for staff and guests.
    pub tenant: Option<(&'a str, &'a str)>,
    pub user_keys: BTreeMap<String, String>,
    pub gateway_pid: i32,
    /// The moment that counts as the present, with its offset; `None`: the clock's.
    pub at: Option<&'a str>,
    pub valid_for: Duration,
}

impl Directory<'_> {
    /// A context for the backend `gateway_pid`, minted for the administrator at the keyboard and audited.
    ///
    /// # Errors
    /// The persona or the tenant does not exist; the server cannot be asked.
    pub async fn administrator_context(&mut self, wanted: &ContextWanted<'_>) -> Result<String, PgError> {
        let sql = format!(
            "SELECT {}.administrator_context($1, $2, $3, $4, $5, $7::timestamptz, make_interval(secs => $6))",
            self.control
        );
        let mut transaction = self.begin().await?;
        let token = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(wanted.persona.to_string())
            .bind(wanted.tenant.map_or("", |(kind, _)| kind))
            .bind(wanted.tenant.map_or("", |(_, key)| key))
            .bind(sqlx::types::Json(&wanted.user_keys))
            .bind(wanted.gateway_pid)
            .bind(wanted.valid_for.as_secs_f64())
            .bind(wanted.at)
            .fetch_one(&mut *transaction)
            .await
            .map_err(PgError::query("sign a context"))?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(token)
    }
}
