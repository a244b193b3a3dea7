//! Writes that wait for another system, as an administrator hands them over.

use super::{PgError, owner};
use crate::names::{Ident, ProjectName, SchemaName, SystemName};
use crate::plan::control::ProjectRoles;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Row, Transaction};
use std::time::Duration;

/// One write, without what was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Write {
    pub id: i64,
    pub at: String,
    pub system: String,
    pub object: String,
    pub row_key: Vec<String>,
    /// `insert`, `update` or `delete`.
    pub action: String,
    /// `pending`, `sent`, `failed` or `conflict`.
    pub state: String,
    pub attempts: i32,
    pub next_attempt_at: String,
    pub last_error: Option<String>,
    pub delivered_at: Option<String>,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    Conflict(String),
    Failed(String),
    /// Not yet: it is tried again after this while.
    Later(String, Duration),
}

/// What became of asking for a further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retried {
    Again,
    NotThere,
    Sent,
    /// The other system has a later change of the row already.
    Overtaken,
}

/// A session on the database that works for one project.
#[derive(Debug)]
pub struct Outbox<'c> {
    connection: &'c mut PgConnection,
    table: String,
    owner: String,
}

/// A write in hand: as long as this lives, nobody else sends it.
#[derive(Debug)]
pub struct Claim<'c> {
    transaction: Transaction<'c, Postgres>,
    table: &'c str,
    pub id: i64,
    pub system: SystemName,
    /// Made before.
    pub attempts: u32,
    pub idempotency_key: String,
    /// JSON.
    pub body: String,
}

/// $1: systems; $2: the newest write of this pass. A later change of a row waits for the earlier one.
const CLAIM: &str = "
SELECT o.id, o.system, o.attempts, o.idempotency_key::text AS key, json_build_object(
    'id', o.id, 'at', o.at, 'system', o.system, 'object', o.object, 'key', o.row_key, 'action', o.action,
    'before', o.before, 'after', o.after, 'persona', o.persona, 'actor', o.actor,
    'tenant', json_build_object('kind', o.tenant_kind, 'key', o.tenant_key))::text AS body
FROM {outbox} AS o
WHERE o.state = 'pending' AND o.next_attempt_at <= clock_timestamp() AND o.system = ANY ($1) AND o.id <= $2
  AND NOT EXISTS (SELECT FROM {outbox} AS e
                  WHERE e.object = o.object AND e.row_key = o.row_key AND e.id < o.id AND e.state = 'pending')
ORDER BY o.id LIMIT 1 FOR UPDATE OF o SKIP LOCKED";

/// Somebody may have asked for a further attempt of an earlier change between the look and the lock.
const STILL_FIRST: &str = "
SELECT NOT EXISTS (SELECT FROM {outbox} AS e JOIN {outbox} AS o ON e.object = o.object AND e.row_key = o.row_key
                   WHERE o.id = $1 AND e.id < o.id AND e.state = 'pending')";

const SETTLE: &str = "
UPDATE {outbox} SET state = $2, attempts = attempts + 1, last_error = $3,
    next_attempt_at = clock_timestamp() + make_interval(secs => $4),
    delivered_at = CASE WHEN $2 = 'sent' THEN clock_timestamp() END,
    before = CASE WHEN $2 <> 'sent' THEN before END, after = CASE WHEN $2 <> 'sent' THEN after END
WHERE id = $1";

const LIST: &str = "
SELECT id, to_json(at) #>> '{}' AS at, system, object, row_key, action, state, attempts,
    to_json(next_attempt_at) #>> '{}' AS next_attempt_at, last_error, to_json(delivered_at) #>> '{}' AS delivered_at
FROM {outbox} WHERE CASE WHEN $1::text IS NULL THEN state <> 'sent' ELSE state = $1 END ORDER BY id";

/// Waits for what is being sent of these rows, so that nothing of them is under way afterwards.
const LOCK: &str = "
SELECT o.id FROM {outbox} AS o
WHERE EXISTS (SELECT FROM {outbox} AS e WHERE e.object = o.object AND e.row_key = o.row_key
              AND CASE WHEN $1::bigint IS NULL THEN e.state = 'failed' ELSE e.id = $1 END)
ORDER BY o.id FOR UPDATE OF o";

const AGAIN: &str = "
UPDATE {outbox} AS o SET state = 'pending', attempts = 0, next_attempt_at = clock_timestamp(), last_error = NULL
WHERE CASE WHEN $1::bigint IS NULL THEN o.state = 'failed' ELSE o.id = $1 AND o.state <> 'sent' END
  AND NOT EXISTS (SELECT FROM {outbox} AS l
                  WHERE l.object = o.object AND l.row_key = o.row_key AND l.id > o.id AND l.state = 'sent')";

impl<'c> Outbox<'c> {
    pub fn new(connection: &'c mut PgConnection, project: &ProjectName, control_schema: &SchemaName) -> Self {
        Self {
            connection,
            table: format!("{}.outbox", Ident::new(control_schema.as_str())),
            owner: Ident::new(ProjectRoles::named(project).owner.as_str()).to_string(),
        }
    }

    fn sql(&self, text: &str) -> AssertSqlSafe<String> {
        AssertSqlSafe(text.replace("{outbox}", &self.table))
    }

    /// The writes in `state`; without one, all that are not sent. The oldest come first.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn list(&mut self, state: Option<&str>) -> Result<Vec<Write>, PgError> {
        let sql = self.sql(LIST);
        let mut transaction = owner::begin(self.connection, &self.owner).await?;
        let doing = "list what waits for other systems";
        let rows = sqlx::query(sql).bind(state).fetch_all(&mut *transaction).await.map_err(PgError::query(doing))?;
        rows.iter().map(write_of).collect::<Result<_, _>>().map_err(PgError::query(doing))
    }

    /// The newest write, where a pass ends: otherwise it might go on for as long as somebody writes.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn newest(&mut self) -> Result<i64, PgError> {
        let sql = self.sql("SELECT coalesce(max(id), 0) FROM {outbox}");
        let mut transaction = owner::begin(self.connection, &self.owner).await?;
        let newest = sqlx::query_scalar(sql).fetch_one(&mut *transaction).await;
        newest.map_err(PgError::query("look for what waits for other systems"))
    }

    /// How many writes wait for systems other than these.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn waiting_elsewhere(&mut self, systems: &[SystemName]) -> Result<i64, PgError> {
        let sql = self.sql("SELECT count(*) FROM {outbox} WHERE state = 'pending' AND system <> ALL ($1)");
        let systems: Vec<&str> = systems.iter().map(SystemName::as_str).collect();
        let mut transaction = owner::begin(self.connection, &self.owner).await?;
        let count = sqlx::query_scalar(sql).bind(systems).fetch_one(&mut *transaction).await;
        count.map_err(PgError::query("count what waits for other systems"))
    }

    /// Takes the oldest write for one of `systems` that is due, up to `newest`.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn claim(&mut self, systems: &[SystemName], newest: i64) -> Result<Option<Claim<'_>>, PgError> {
        let doing = "take a write that waits for another system";
        let systems: Vec<&str> = systems.iter().map(SystemName::as_str).collect();
        let (claim, still_first) =
            (CLAIM.replace("{outbox}", &self.table), STILL_FIRST.replace("{outbox}", &self.table));
        let mut transaction = owner::begin(self.connection, &self.owner).await?;
        let (id, row) = loop {
            let claim = sqlx::query(AssertSqlSafe(claim.as_str().to_owned())).bind(&systems).bind(newest);
            let found = claim.fetch_optional(&mut *transaction).await;
            let Some(row) = found.map_err(PgError::query(doing))? else { return Ok(None) };
            let id: i64 = row.try_get("id").map_err(PgError::query(doing))?;
            let still_first = sqlx::query_scalar(AssertSqlSafe(still_first.as_str().to_owned())).bind(id);
            if still_first.fetch_one(&mut *transaction).await.map_err(PgError::query(doing))? {
                break (id, row);
            }
            // The earlier one waits now, so the next look passes this one over.
        };
        let read = || {
            let attempts: i32 = row.try_get("attempts")?;
            Ok((
                row.try_get::<String, _>("system")?,
                attempts.unsigned_abs(),
                row.try_get("key")?,
                row.try_get("body")?,
            ))
        };
        let (system, attempts, idempotency_key, body) = read().map_err(PgError::query(doing))?;
        let system = SystemName::new(system);
        Ok(Some(Claim { transaction, table: &self.table, id, system, attempts, idempotency_key, body }))
    }

    /// Lets a write be tried again: at once, and as often as a new one.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn retry(&mut self, id: i64) -> Result<Retried, PgError> {
        let state = self.sql("SELECT state FROM {outbox} WHERE id = $1");
        let (again, mut transaction) = self.again(Some(id)).await?;
        let doing = "ask for a further attempt";
        let state = sqlx::query_scalar(state).bind(id).fetch_optional(&mut *transaction).await;
        let state: Option<String> = state.map_err(PgError::query(doing))?;
        transaction.commit().await.map_err(PgError::query(doing))?;
        Ok(match (again, state.as_deref()) {
            (1.., _) => Retried::Again,
            (0, None) => Retried::NotThere,
            (0, Some("sent")) => Retried::Sent,
            (0, Some(_)) => Retried::Overtaken,
        })
    }

    /// The same for all that have failed: how many are tried again, and how many a later change has overtaken.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn retry_failed(&mut self) -> Result<(u64, i64), PgError> {
        let left = self.sql("SELECT count(*) FROM {outbox} WHERE state = 'failed'");
        let (again, mut transaction) = self.again(None).await?;
        let doing = "ask for further attempts";
        let left = sqlx::query_scalar(left).fetch_one(&mut *transaction).await.map_err(PgError::query(doing))?;
        transaction.commit().await.map_err(PgError::query(doing))?;
        Ok((again, left))
    }

    async fn again(&mut self, id: Option<i64>) -> Result<(u64, Transaction<'_, Postgres>), PgError> {
        let doing = "ask for a further attempt";
        let (lock, again) = (self.sql(LOCK), self.sql(AGAIN));
        let mut transaction = owner::begin(self.connection, &self.owner).await?;
        sqlx::query(lock).bind(id).execute(&mut *transaction).await.map_err(PgError::query(doing))?;
        let done = sqlx::query(again).bind(id).execute(&mut *transaction).await.map_err(PgError::query(doing))?;
        Ok((done.rows_affected(), transaction))
    }
}

impl Claim<'_> {
    /// Writes down what became of it, and lets it go.
    ///
    /// # Errors
    /// The server cannot be asked. Then the write is sent once more: rather twice than never.
    pub async fn settle(mut self, outcome: &Outcome) -> Result<(), PgError> {
        let doing = "write down what became of a write";
        let (state, error, wait) = match outcome {
            Outcome::Sent => ("sent", None, Duration::ZERO),
            Outcome::Conflict(error) => ("conflict", Some(error), Duration::ZERO),
            Outcome::Failed(error) => ("failed", Some(error), Duration::ZERO),
            Outcome::Later(error, wait) => ("pending", Some(error), *wait),
        };
        sqlx::query(AssertSqlSafe(SETTLE.replace("{outbox}", self.table)))
            .bind(self.id)
            .bind(state)
            .bind(error)
            .bind(wait.as_secs_f64())
            .execute(&mut *self.transaction)
            .await
            .map_err(PgError::query(doing))?;
        self.transaction.commit().await.map_err(PgError::query(doing))
    }
}

fn write_of(row: &PgRow) -> Result<Write, sqlx::Error> {
    Ok(Write {
        id: row.try_get("id")?,
        at: row.try_get("at")?,
        system: row.try_get("system")?,
        object: row.try_get("object")?,
        row_key: row.try_get("row_key")?,
        action: row.try_get("action")?,
        state: row.try_get("state")?,
        attempts: row.try_get("attempts")?,
        next_attempt_at: row.try_get("next_attempt_at")?,
        last_error: row.try_get("last_error")?,
        delivered_at: row.try_get("delivered_at")?,
    })
}
