//! People as an administrator of the whole handles them, wherever they live.

use super::super::PgError;
use super::{Directory, Place, place_of};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{AssertSqlSafe, Row};

/// Somebody's place, with how it stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Person {
    #[serde(flatten)]
    pub place: Place,
    /// `active`, `disabled`, or `disabled by the tenant`.
    pub state: String,
}

impl Directory<'_> {
    /// Every place of everybody, by e-mail.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn people(&mut self) -> Result<Vec<Person>, PgError> {
        let sql = format!(
            "WITH found AS (\
               SELECT e.email, e.person, e.persona, e.tenant_kind, e.tenant_key, \
                 CASE WHEN EXISTS (SELECT FROM {0}.app_user AS u WHERE u.email = e.email AND u.disabled_at IS NOT NULL) \
                   THEN 'disabled' ELSE 'active' END AS state FROM {0}.everyone() AS e \
               UNION SELECT u.email, coalesce(m.title, u.title), m.portal || '/' || m.audience, m.tenant_kind, m.tenant_key, \
                 CASE WHEN u.disabled_at IS NOT NULL THEN 'disabled' ELSE 'disabled by the tenant' END \
               FROM {0}.membership AS m JOIN {0}.app_user AS u ON u.id = m.user_id \
               WHERE u.disabled_at IS NOT NULL OR m.disabled_at IS NOT NULL) \
             SELECT f.*, t.title AS tenant_title FROM found AS f \
             LEFT JOIN {0}.tenants() AS t ON t.tenant_kind = f.tenant_kind AND t.key = f.tenant_key \
             ORDER BY f.email, f.persona, f.tenant_kind, f.tenant_key",
            self.control
        );
        self.list("list the people", sql, PgArguments::default(), person_of).await
    }

    /// Keeps somebody out of every place from the next request on, or lets them in again; false: nobody has that
    /// e-mail. What a tenant's administrator has disabled stays so.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn set_disabled(&mut self, email: &str, disabled: bool) -> Result<bool, PgError> {
        // Whoever lives in a table of the business may never have signed in, and is no user yet.
        let sql = format!(
            "INSERT INTO {0}.app_user AS u (source, source_key, email, title, disabled_at) \
             SELECT DISTINCT ON (p.source, p.source_key) p.source, p.source_key, lower($1), p.person, \
               CASE WHEN $2 THEN clock_timestamp() END FROM {0}.places($1) AS p \
             ON CONFLICT (source, source_key) DO UPDATE SET disabled_at = excluded.disabled_at",
            self.control
        );
        let event = self.event(if disabled { "user.disable" } else { "user.enable" });
        let mut transaction = self.begin().await?;
        let done = sqlx::query(AssertSqlSafe(sql))
            .bind(email)
            .bind(disabled)
            .execute(&mut *transaction)
            .await
            .map_err(PgError::query("change a user"))?;
        super::record(&mut transaction, event, "", &email.to_lowercase()).await?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(done.rows_affected() > 0)
    }
}

fn person_of(row: &PgRow) -> Result<Person, sqlx::Error> {
    Ok(Person { place: place_of(row)?, state: row.try_get("state")? })
}
