use super::begin::{Reading, Writing};
use super::refusal::Refusal;
use super::sql::anywhere;
use super::{QueryError, sql::Sql};
use crate::names::{Ident, ObjectName, PathName, RoleName, SchemaName};
use crate::plan::object_function;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use std::collections::BTreeSet;

/// One row, as one role: what may be done with it, its files, handing it over, sharing it. Functions of the database answer, who
/// ask first whether the grant holds for the row.
#[derive(Debug, Clone, Copy)]
pub struct OneRow<'a> {
    pub object: &'a ObjectName,
    pub control: &'a SchemaName,
    pub role: &'a RoleName,
    pub key: &'a [String],
}

/// Somebody to whom a row may be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignee {
    /// What the owner column then holds.
    pub key: String,
    pub name: String,
}

/// Somebody with whom a row is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    pub id: String,
    pub person: String,
    /// In the project's time zone; `None`: without end.
    pub until: Option<String>,
}

impl OneRow<'_> {
    /// The first by name whose names hold all of the words, and one more than `most` where there are more.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn assignees(
        &self,
        path: &PathName,
        words: &[String],
        most: usize,
        reading: &mut Reading,
    ) -> Result<Vec<Assignee>, QueryError> {
        let mut sql = Sql::default();
        let path = sql.bind(path.as_str());
        let words: Vec<String> =
            words.iter().map(|word| format!(" AND a.person ILIKE {}", sql.bind(anywhere(word)))).collect();
        sql.text = format!(
            "SELECT a.key, min(a.person) FROM {}({}, {path}) AS a WHERE a.person IS NOT NULL{} \
             GROUP BY a.key ORDER BY lower(min(a.person)), a.key LIMIT {}",
            self.function("assignees"),
            self.key(&mut sql),
            words.concat(),
            most + 1
        );
        let found = self.ask(sql, reading).await?;
        found.iter().map(|row| Ok(Assignee { key: row.try_get(0)?, name: row.try_get(1)? })).collect()
    }

    /// Which of the persona's grants to change, move or delete the row, by their places, this role may use now.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn possible(&self, reading: &mut Reading) -> Result<BTreeSet<usize>, QueryError> {
        let mut sql = Sql::default();
        sql.text = format!("SELECT {}({})", self.function("possible"), self.key(&mut sql));
        let found: Option<Vec<i32>> = match self.ask(sql, reading).await?.first() {
            Some(row) => row.try_get(0)?,
            None => None,
        };
        Ok(found.into_iter().flatten().filter_map(|place| usize::try_from(place).ok()).collect())
    }

    /// The one with this key; `None`: the row may not go to them.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn assignee(
        &self,
        path: &PathName,
        key: &str,
        reading: &mut Reading,
    ) -> Result<Option<String>, QueryError> {
        let mut sql = Sql::default();
        let (path, key) = (sql.bind(path.as_str()), sql.bind(key));
        let row = self.key(&mut sql);
        sql.text =
            format!("SELECT a.key FROM {}({row}, {path}) AS a WHERE a.key = {key} LIMIT 1", self.function("assignees"));
        Ok(self.ask(sql, reading).await?.first().map(|row| row.try_get(0)).transpose()?)
    }

    /// With whom the row is shared; `None`: it is not one that this role may share.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn shares(&self, timezone: &str, reading: &mut Reading) -> Result<Option<Vec<Shared>>, QueryError> {
        let mut sql = Sql::default();
        let (key, zone) = (self.key(&mut sql), Ident::literal(timezone));
        sql.text = format!(
            "SELECT s.id, min(s.person), min(s.until AT TIME ZONE {zone})::text FROM (SELECT {}({key}) AS may) AS m \
             LEFT JOIN {}({key}) AS s ON true WHERE m.may GROUP BY s.id ORDER BY lower(min(s.person)), s.id",
            self.function("shareable"),
            self.function("shares")
        );
        let found = self.ask(sql, reading).await?;
        if found.is_empty() {
            return Ok(None);
        }
        let mut shares = Vec::new();
        for row in &found {
            if let Some(id) = row.try_get::<Option<String>, _>(0)? {
                shares.push(Shared { id, person: row.try_get(1)?, until: row.try_get(2)? });
            }
        }
        Ok(Some(shares))
    }

    /// `false`: the row is not this role's to share, or not with that person, or there is no such person.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn share(&self, email: &str, days: Option<u32>, writing: &mut Writing) -> Result<bool, Refusal> {
        let mut sql = Sql::default();
        let (key, email) = (self.key(&mut sql), sql.bind(email));
        let days = days.map_or_else(|| "NULL".to_owned(), |days| format!("'{days} days'"));
        sql.text = format!("SELECT {}({key}, {email}, {days}::interval)", self.function("share"));
        self.done(sql, writing).await
    }

    /// `false`: there is no such share, or it is not this role's to take back.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn unshare(&self, id: &str, writing: &mut Writing) -> Result<bool, Refusal> {
        let mut sql = Sql::default();
        let (key, id) = (self.key(&mut sql), sql.bind(id));
        sql.text = format!("SELECT {}({key}, {id})", self.function("unshare"));
        self.done(sql, writing).await
    }

    pub(super) fn function(&self, verb: &str) -> String {
        let name = object_function(verb, self.object);
        format!("{}.{}", Ident::new(self.control.as_str()), Ident::new(&name))
    }

    pub(super) fn key(&self, sql: &mut Sql) -> String {
        let parts: Vec<String> = self.key.iter().map(|part| sql.bind(part)).collect();
        format!("ARRAY[{}]::text[]", parts.join(", "))
    }

    pub(super) async fn ask(&self, sql: Sql, reading: &mut Reading) -> Result<Vec<PgRow>, QueryError> {
        reading.act_as(self.role).await?;
        Ok(sql.query().fetch_all(&mut *reading.connection).await?)
    }

    async fn done(&self, sql: Sql, writing: &mut Writing) -> Result<bool, Refusal> {
        writing.reading.act_as(self.role).await?;
        let done: Option<bool> = sql.query().fetch_one(&mut *writing.reading.connection).await?.try_get(0)?;
        Ok(done == Some(true))
    }
}
