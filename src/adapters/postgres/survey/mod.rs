//! Looking at a database that was there before, without leaving a trace: one snapshot, read only, and of the rows
//! nothing but numbers.

mod count;
mod key;
mod kind;
mod sample;
mod wire;

use super::PgError;
use crate::import::{Answers, Found, Questions};
use crate::names::{SchemaName, TableName};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use std::time::{Duration, Instant};

/// Names are qualified whatever the session's own settings are, and no query may go on for long.
const SETTINGS: &str = "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL jit = off; \
    SET LOCAL quote_all_identifiers = off; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '10s'";

/// For all questions together; what is left then stays unanswered.
const PATIENCE: Duration = Duration::from_mins(2);

/// More rows than that are not looked at one by one.
const MOST_ROWS: u64 = 100_000;

/// A snapshot of the database, in which everything is asked.
#[derive(Debug)]
pub struct Survey<'c> {
    snapshot: sqlx::Transaction<'c, sqlx::Postgres>,
    deadline: Instant,
}

impl<'c> Survey<'c> {
    /// # Errors
    /// No transaction can be begun.
    pub async fn begin(connection: &'c mut PgConnection) -> Result<Self, PgError> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let mut snapshot = connection.begin_with(begin).await.map_err(PgError::query("begin a transaction"))?;
        let pinned = sqlx::raw_sql(SETTINGS).execute(&mut *snapshot).await;
        pinned.map_err(PgError::query("pin the session's settings"))?;
        Ok(Self { snapshot, deadline: Instant::now() + PATIENCE })
    }

    /// The tables of `schemas`, or of all where none is named; those of `control` are portalctl's.
    ///
    /// # Errors
    /// The server cannot be asked, or answers what cannot be read.
    pub async fn found(&mut self, schemas: &[SchemaName], control: &SchemaName) -> Result<Found, PgError> {
        let answer: String = sqlx::query_scalar(include_str!("survey.sql"))
            .bind(schemas.iter().map(SchemaName::as_str).collect::<Vec<_>>())
            .bind(control.as_str())
            .persistent(false)
            .fetch_one(&mut *self.snapshot)
            .await
            .map_err(PgError::query("read the tables"))?;
        let answer: wire::Answer = super::inspect::parse("tables", &answer)?;
        Ok(answer.found(schemas))
    }

    /// Asks one after the other. A table that cannot be looked into, or not in time, is said to be unanswered.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn answers(&mut self, questions: &Questions, told: impl Fn(&TableName)) -> Result<Answers, PgError> {
        let mut answers = Answers::default();
        for question in &questions.samples {
            told(&question.table);
            for (part, sql) in sample::queries(question) {
                match self.numbers(&sql).await? {
                    Ok(numbers) => answers.samples.extend(sample::read(&question.table, part, &numbers)),
                    Err(why) => drop(answers.unanswered.insert(question.table.clone(), why)),
                }
            }
        }
        for question in &questions.keys {
            told(&question.table);
            match self.numbers(&key::query(question)).await? {
                Ok(numbers) => drop(answers.keys.insert(question.table.clone(), key::read(&numbers))),
                Err(why) => drop(answers.unanswered.insert(question.table.clone(), why)),
            }
        }
        for question in &questions.kinds {
            told(&question.table);
            // Where it cannot be counted, nothing is proposed.
            if let Ok(numbers) = self.numbers(&kind::query(question)).await? {
                answers.kinds.insert((question.table.clone(), question.column.clone()), kind::read(&numbers));
            }
        }
        for question in &questions.counts {
            told(&question.table);
            let counted = self.numbers(&count::query(question)).await?;
            let counted = counted.map(|numbers| count::read(question, &numbers));
            answers.counts.insert((question.table.clone(), question.kind), counted);
        }
        Ok(answers)
    }

    /// The numbers of one row; inside a savepoint, so that one table's refusal is not everybody's.
    async fn numbers(&mut self, sql: &str) -> Result<Result<Vec<i64>, String>, PgError> {
        if Instant::now() > self.deadline {
            return Ok(Err(format!("it took longer than {} s to look at the others", PATIENCE.as_secs())));
        }
        let mut aside = self.snapshot.begin().await.map_err(PgError::query("begin a savepoint"))?;
        let row = sqlx::query(AssertSqlSafe(sql.to_owned())).persistent(false).fetch_one(&mut *aside).await;
        let outcome = match row {
            Ok(row) => row.try_get(0).map_err(|error| super::error::reason(&error)),
            Err(error @ sqlx::Error::Database(_)) => Err(super::error::reason(&error)),
            Err(error) => return Err(PgError::query("look at the rows")(error)),
        };
        aside.rollback().await.map_err(PgError::query("end a savepoint"))?;
        Ok(outcome)
    }

    /// # Errors
    /// The connection is lost.
    pub async fn end(self) -> Result<(), PgError> {
        self.snapshot.rollback().await.map_err(PgError::query("end a transaction"))
    }
}

/// `schema.table`, with what takes a part of its pages where it has too many rows, and at most this many rows of it.
fn part_of(table: &TableName, extent: crate::import::Extent, most: u64) -> (String, bool) {
    let sql = table.sql();
    match extent.rows.filter(|rows| extent.has_pages && *rows > most) {
        Some(rows) => {
            let share = (most as f64 / rows as f64 * 100.0).clamp(0.000_1, 100.0);
            (format!("{sql} TABLESAMPLE SYSTEM ({share:.4}) REPEATABLE (1)"), true)
        }
        None => (sql, false),
    }
}
