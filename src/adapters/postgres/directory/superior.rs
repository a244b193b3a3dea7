//! To whom people report who live in the control schema.

use super::{Directory, PgError, record};
use sqlx::AssertSqlSafe;

impl Directory<'_> {
    /// Says to whom a user of the control schema reports; `None`: to nobody. Whether both are there.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn set_superior(&mut self, email: &str, superior: Option<&str>) -> Result<bool, PgError> {
        let sql = format!(
            "UPDATE {0}.app_user AS u SET reports_to = s.id \
             FROM (SELECT $2::text IS NULL AS nobody, (SELECT o.id FROM {0}.app_user AS o \
             WHERE o.source = '' AND o.source_key = lower($2)) AS id) AS s \
             WHERE u.source = '' AND u.source_key = lower($1) AND (s.nobody OR s.id IS NOT NULL)",
            self.control
        );
        let event = self.event("user.reports_to");
        let mut transaction = self.begin().await?;
        let done = sqlx::query(AssertSqlSafe(sql))
            .bind(email)
            .bind(superior)
            .execute(&mut *transaction)
            .await
            .map_err(PgError::query("say to whom the user reports"))?;
        if done.rows_affected() == 1 {
            record(&mut transaction, event, email, superior.unwrap_or_default()).await?;
        }
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(done.rows_affected() == 1)
    }
}
