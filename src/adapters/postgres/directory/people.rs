//! People as an administrator of the whole handles them, wherever they live.

use super::super::PgError;
use super::{Directory, Place};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Postgres, Row, Transaction};
use std::collections::BTreeMap;

impl Directory<'_> {
    /// Gives a person a place, as a user of the control schema; one that exists stays. Keys that are not said are made
    /// from the person's id, where the business does not number its people itself.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn invite(&mut self, place: &Place, keys: &BTreeMap<String, String>) -> Result<(), PgError> {
        let sql = format!(
            "WITH invited AS (\
               INSERT INTO {0}.app_user AS u (source_key, email, title) VALUES (lower($1), lower($1), $2) \
               ON CONFLICT (source, source_key) DO UPDATE SET title = coalesce(excluded.title, u.title) RETURNING id) \
             INSERT INTO {0}.membership AS m (user_id, portal, audience, tenant_kind, tenant_key, keys, origin) \
             SELECT id, split_part($3, '/', 1), split_part($3, '/', 2), $4, $5, {0}.newcomer_keys(id) || $6, 'command' FROM invited \
             ON CONFLICT (user_id, portal, audience, tenant_kind, tenant_key) \
             DO UPDATE SET keys = {0}.newcomer_keys(m.user_id) || m.keys || $6 \
             RETURNING m.user_id::text",
            self.control
        );
        let event = self.event_of_place("user.invite");
        let mut transaction = self.begin().await?;
        let account: String = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(&place.email)
            .bind(&place.person)
            .bind(&place.persona)
            .bind(&place.tenant_kind)
            .bind(&place.tenant_key)
            .bind(sqlx::types::Json(keys))
            .fetch_one(&mut *transaction)
            .await
            .map_err(PgError::query("invite the user"))?;
        record_place(&mut transaction, event, &account, place).await?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))
    }

    /// What is recorded of a place that somebody gets or loses.
    pub(super) fn event_of_place(&self, action: &'static str) -> String {
        format!(
            "INSERT INTO {}.audit_event (actor, action, subject, detail) VALUES (session_user, '{action}', $1, \
             jsonb_build_object('persona', $2, 'tenant_kind', $3, 'tenant_key', $4))",
            self.control
        )
    }

    /// Somebody with another e-mail who has one of these keys: its name, and their e-mail.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn holder(
        &mut self,
        email: &str,
        keys: &BTreeMap<String, String>,
    ) -> Result<Option<(String, String)>, PgError> {
        let sql = format!(
            "SELECT k.key, h.email FROM jsonb_each_text($2) AS k JOIN (\
               SELECT e.email, e.keys FROM {0}.everyone() AS e \
               UNION ALL SELECT u.email, m.keys FROM {0}.membership AS m JOIN {0}.app_user AS u ON u.id = m.user_id) AS h \
             ON h.keys ->> k.key = k.value WHERE h.email <> lower($1) ORDER BY 1, 2 LIMIT 1",
            self.control
        );
        let mut arguments = PgArguments::default();
        let added = arguments.add(email).and_then(|()| arguments.add(sqlx::types::Json(keys)));
        added.map_err(sqlx::Error::Encode).map_err(PgError::query("look for who has a key"))?;
        let read = |row: &PgRow| Ok((row.try_get(0)?, row.try_get(1)?));
        Ok(self.list("look for who has a key", sql, arguments, read).await?.into_iter().next())
    }

    /// The named keys of a person at one place.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn user_keys(&mut self, place: &Place) -> Result<BTreeMap<String, String>, PgError> {
        let sql = format!(
            "SELECT p.keys FROM {0}.everyone() AS p WHERE p.email = lower($1) AND p.persona = $2 \
             AND p.tenant_kind = $3 AND p.tenant_key = $4 LIMIT 1",
            self.control
        );
        let mut transaction = self.begin().await?;
        let keys: Option<sqlx::types::Json<BTreeMap<String, String>>> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(&place.email)
            .bind(&place.persona)
            .bind(&place.tenant_kind)
            .bind(&place.tenant_key)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(PgError::query("read a user's keys"))?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(keys.map(|keys| keys.0).unwrap_or_default())
    }

    /// Keeps somebody out of every place from the next request on, or lets them in again; false: nobody has that
    /// e-mail. What a tenant's administrator has disabled stays so.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn set_disabled(&mut self, email: &str, disabled: bool) -> Result<bool, PgError> {
        // Whoever lives in a table of the business may never have signed in, and is no user yet. The account of those who
        // live here is always written: by it nobody is invited, or let in, past the others.
        let sql = format!(
            "WITH known AS (\
               SELECT p.source, p.source_key, p.person FROM {0}.places($1) AS p \
               UNION ALL SELECT u.source, u.source_key, u.title FROM {0}.app_user AS u WHERE u.email = lower($1)), \
             accounts AS (SELECT k.* FROM known AS k \
               UNION ALL SELECT '', lower($1), NULL WHERE EXISTS (SELECT FROM known)) \
             INSERT INTO {0}.app_user AS u (source, source_key, email, title, disabled_at) \
             SELECT DISTINCT ON (a.source, a.source_key) a.source, a.source_key, lower($1), \
               CASE WHEN a.source <> '' THEN a.person END, CASE WHEN $2 THEN clock_timestamp() END \
             FROM accounts AS a ORDER BY a.source, a.source_key, a.person NULLS LAST \
             ON CONFLICT (source, source_key) DO UPDATE SET disabled_at = excluded.disabled_at",
            self.control
        );
        let event = self.event(if disabled { "user.disable" } else { "user.enable" });
        let control = self.control.clone();
        let mut transaction = self.begin().await?;
        let done = sqlx::query(AssertSqlSafe(sql))
            .bind(email)
            .bind(disabled)
            .execute(&mut *transaction)
            .await
            .map_err(PgError::query("change a user"))?;
        if disabled {
            // Whoever is let in again begins anew: what was open may be in other hands.
            let theirs = format!("(SELECT u.id FROM {control}.app_user AS u WHERE u.email = lower($1))");
            let ends = [
                format!(
                    "UPDATE {control}.session SET expires_at = least(expires_at, clock_timestamp()) WHERE user_id IN {theirs}"
                ),
                format!("DELETE FROM {control}.sign_in_link WHERE user_id IN {theirs}"),
            ];
            for end in ends {
                let ended = sqlx::query(AssertSqlSafe(end)).bind(email).execute(&mut *transaction).await;
                ended.map_err(PgError::query("end the sessions"))?;
            }
        }
        // Of nobody there is nothing to record.
        if done.rows_affected() > 0 {
            super::record(&mut transaction, event, "", &email.to_lowercase()).await?;
        }
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(done.rows_affected() > 0)
    }
}

/// Records it, of an account.
pub(super) async fn record_place(
    transaction: &mut Transaction<'_, Postgres>,
    event: String,
    account: &str,
    place: &Place,
) -> Result<(), PgError> {
    let query = sqlx::query(AssertSqlSafe(event)).bind(account).bind(&place.persona);
    let query = query.bind(&place.tenant_kind).bind(&place.tenant_key);
    query.execute(&mut **transaction).await.map(drop).map_err(PgError::query("write the audit log"))
}
