use super::QueryError;
use super::begin::{Reading, Writing};
use super::refusal::Refusal;
use super::sql::Sql;
use crate::names::{Ident, RoleName, SchemaName};
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::BTreeMap;

/// What functions of the database tell of those who ask to be let in, and do with them.
#[derive(Debug, Clone, Copy)]
pub struct Registrar<'a> {
    pub control: &'a SchemaName,
    pub role: &'a RoleName,
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub id: String,
    /// `2026-05-04 13:20`, in UTC.
    pub at: String,
    pub email: String,
    pub audience: String,
    /// What they wrote, by the names of the form.
    pub details: BTreeMap<String, String>,
    /// They have a place in the portal already.
    pub known: bool,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrarAnswer {
    Done,
    /// There is no such tenant, or one has to be named.
    Tenant,
    /// The operator keeps them out, or the tenant does: a place would not let them in.
    Barred,
    /// Nobody waits there, or somebody else was faster.
    Gone,
}

impl Registrar<'_> {
    /// Those who wait, the first first; with an `id`, that one alone.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn waiting(&self, id: Option<&str>, reading: &mut Reading) -> Result<Vec<Asked>, QueryError> {
        const MOST: u32 = 200;
        reading.act_as(self.role).await?;
        let mut sql = Sql::default();
        let one = id.map_or_else(|| "NULL".to_owned(), |id| sql.bind(id));
        let text = format!(
            "SELECT r.registration, to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), r.email, r.audience, r.details::text, r.known \
             FROM {}.registrations({one}) AS r LIMIT {MOST}",
            Ident::new(self.control.as_str())
        );
        let query = sqlx::query(AssertSqlSafe(text)).persistent(false);
        let query = sql.values.iter().fold(query, sqlx::query::Query::bind);
        let found = query.fetch_all(&mut *reading.connection).await?;
        let asked = |row: &sqlx::postgres::PgRow| {
            let details: String = row.try_get(4)?;
            Ok(Asked {
                id: row.try_get(0)?,
                at: row.try_get(1)?,
                email: row.try_get(2)?,
                audience: row.try_get(3)?,
                details: serde_json::from_str(&details).unwrap_or_default(),
                known: row.try_get(5)?,
            })
        };
        found.iter().map(asked).collect::<Result<_, sqlx::Error>>().map_err(QueryError::from)
    }

    /// Lets somebody in, as of a tenant or of a new one, or turns them away.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn answer(
        &self,
        id: &str,
        (approve, tenant, why): (bool, &str, &str),
        writing: &mut Writing,
    ) -> Result<RegistrarAnswer, Refusal> {
        writing.reading.act_as(self.role).await?;
        let mut sql = Sql::default();
        let (id, tenant, why) = (sql.bind(id), sql.bind(tenant), sql.bind(why));
        let control = Ident::new(self.control.as_str());
        let text = format!("SELECT {control}.registration_answer({id}, {approve}, {tenant}, {why})");
        let query = sqlx::query(AssertSqlSafe(text)).persistent(false);
        let query = sql.values.iter().fold(query, sqlx::query::Query::bind);
        let answer: String = query.fetch_one(&mut *writing.reading.connection).await?.try_get(0)?;
        match answer.as_str() {
            "done" => Ok(RegistrarAnswer::Done),
            "tenant" => Ok(RegistrarAnswer::Tenant),
            "barred" => Ok(RegistrarAnswer::Barred),
            "gone" => Ok(RegistrarAnswer::Gone),
            other => Err(Refusal::Failed(QueryError::Failed(format!("`{other}` is no answer")))),
        }
    }
}
