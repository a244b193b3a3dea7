//! Those who ask to be let in.

use super::super::PgError;
use super::Directory;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Waiting {
    pub id: String,
    /// `2026-05-04 13:20:00+00`.
    pub at: String,
    pub email: String,
    /// What they would become, as `portal/audience`.
    pub persona: String,
    pub tenant_kind: String,
    /// What they wrote.
    pub details: BTreeMap<String, String>,
}

impl Directory<'_> {
    /// Those who wait, the first first.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn waiting(&mut self) -> Result<Vec<Waiting>, PgError> {
        let sql = format!(
            "SELECT r.id::text AS id, (r.at AT TIME ZONE 'UTC')::timestamp(0)::text || '+00' AS at, r.email, \
             r.portal || '/' || r.audience AS persona, r.tenant_kind, r.details \
             FROM {}.registration AS r WHERE r.state = 'waiting' ORDER BY r.at, r.id",
            self.control
        );
        self.list("list those who wait", sql, PgArguments::default(), waiting_of).await
    }

    /// Lets somebody in, as of that tenant or, where it is empty, of a new one. The answer is `done`, `gone`, `tenant` or `barred`.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn approve(&mut self, id: &str, tenant_key: &str) -> Result<String, PgError> {
        self.decide("registration_approve", id, tenant_key).await
    }

    /// Turns somebody away. The answer is `done` or `gone`.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn reject(&mut self, id: &str, why: &str) -> Result<String, PgError> {
        self.decide("registration_reject", id, why).await
    }

    async fn decide(&mut self, function: &str, id: &str, said: &str) -> Result<String, PgError> {
        let sql = format!("SELECT {}.{function}($1::uuid, $2, session_user::text)", self.control);
        let mut transaction = self.begin().await?;
        let answer = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(id)
            .bind(said)
            .fetch_one(&mut *transaction)
            .await
            .map_err(PgError::query("answer somebody who waits"))?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(answer)
    }
}

fn waiting_of(row: &PgRow) -> Result<Waiting, sqlx::Error> {
    Ok(Waiting {
        id: row.try_get("id")?,
        at: row.try_get("at")?,
        email: row.try_get("email")?,
        persona: row.try_get("persona")?,
        tenant_kind: row.try_get("tenant_kind")?,
        details: row.try_get::<sqlx::types::Json<_>, _>("details")?.0,
    })
}
