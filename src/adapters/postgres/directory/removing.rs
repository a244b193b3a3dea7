//! Taking a place away.

use super::super::PgError;
use super::people::record_place;
use super::{Directory, Place};
use sqlx::AssertSqlSafe;

/// What became of a place that was to be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    Done,
    /// A document gives it, and `apply` would give it again.
    Document,
    /// It is not kept here: a table of the business says it.
    Elsewhere,
}

impl Directory<'_> {
    /// Takes one place from somebody, with the sessions and the links that are open there; other places stay.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn remove_place(&mut self, place: &Place) -> Result<Removed, PgError> {
        let what = "take the place away";
        let control = self.control.clone();
        let event = self.event_of_place("user.remove");
        let member = format!(
            "FROM {control}.app_user AS u WHERE u.id = m.user_id AND u.source = '' AND u.source_key = lower($1) \
             AND m.portal || '/' || m.audience = $2 AND m.tenant_kind = $3 AND m.tenant_key = $4"
        );
        let origin =
            format!("SELECT m.origin FROM {control}.membership AS m WHERE EXISTS (SELECT {member}) FOR UPDATE OF m");
        let member = member.replacen("FROM", "USING", 1);
        let delete =
            format!("DELETE FROM {control}.membership AS m {member} AND m.origin <> 'spec' RETURNING m.user_id::text");
        let mut transaction = self.begin().await?;
        let place_of = |sql: String| {
            let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql));
            query.bind(&place.email).bind(&place.persona).bind(&place.tenant_kind).bind(&place.tenant_key)
        };
        let origin = place_of(origin).fetch_optional(&mut *transaction).await.map_err(PgError::query(what))?;
        match origin.as_deref() {
            None => return Ok(Removed::Elsewhere),
            Some("spec") => return Ok(Removed::Document),
            Some(_) => {}
        }
        let account = place_of(delete).fetch_optional(&mut *transaction).await.map_err(PgError::query(what))?;
        let Some(account) = account else { return Ok(Removed::Elsewhere) };
        // A session that is over is told from one that never was, until it is swept away; a link is simply gone.
        let ends = [
            format!("UPDATE {control}.session AS s SET expires_at = least(s.expires_at, clock_timestamp())"),
            format!("DELETE FROM {control}.sign_in_link AS s"),
        ];
        for end in ends {
            let sql = format!(
                "{end} WHERE s.user_id::text = $1 AND s.portal || '/' || s.audience = $2 AND s.tenant_kind = $3 AND s.tenant_key = $4"
            );
            let query = sqlx::query(AssertSqlSafe(sql)).bind(&account).bind(&place.persona);
            let query = query.bind(&place.tenant_kind).bind(&place.tenant_key);
            query.execute(&mut *transaction).await.map_err(PgError::query("end the sessions"))?;
        }
        record_place(&mut transaction, event, &account, place).await?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(Removed::Done)
    }
}
