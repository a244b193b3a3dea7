use super::begin::{Reading, Writing};
use super::handing::OneRow;
use super::refusal::Refusal;
use super::sql::Sql;
use super::{Pools, QueryError};
use crate::names::{Ident, SchemaName};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row as _};
use std::sync::Arc;

/// One file of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub id: String,
    pub name: String,
    pub media_type: String,
    pub bytes: u64,
    /// In the project's time zone.
    pub at: String,
    pub who: String,
    /// Whether this person may take it away.
    pub mine: bool,
    pub scanned: bool,
    /// What the bytes are called.
    pub storage: String,
}

/// What is known of a file that is to be added.
#[derive(Debug, Clone)]
pub struct NewFile {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: u64,
    pub sha256: String,
    pub scanned: bool,
}

/// The files of a row.
impl OneRow<'_> {
    /// In the order in which they came; all, or the one with this id.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn list(
        &self,
        wanted: Option<&str>,
        timezone: &str,
        reading: &mut Reading,
    ) -> Result<Vec<File>, QueryError> {
        let mut sql = Sql::default();
        let (key, zone) = (self.key(&mut sql), Ident::literal(timezone));
        let wanted = wanted.map_or_else(|| "NULL".to_owned(), |id| sql.bind(id));
        sql.text = format!(
            "SELECT a.id::text, a.name, a.media_type, a.bytes, (a.at AT TIME ZONE {zone})::text, a.who, a.mine, a.state = 'clean', a.storage \
             FROM {}({key}, {wanted}::uuid) AS a",
            self.function("attachments")
        );
        let found = self.ask(sql, reading).await?;
        found.iter().map(|row| file(row).map_err(QueryError::from)).collect()
    }

    /// Whether this role may add files to the row.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn attachable(&self, reading: &mut Reading) -> Result<bool, QueryError> {
        let mut sql = Sql::default();
        sql.text = format!("SELECT {}({})", self.function("attachable"), self.key(&mut sql));
        let found = self.ask(sql, reading).await?;
        Ok(found.first().map(|row| row.try_get::<Option<bool>, _>(0)).transpose()?.flatten() == Some(true))
    }

    /// What the bytes are to be called; `None`: the row is not this role's to add files to.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn attach(&self, new: &NewFile, writing: &mut Writing) -> Result<Option<String>, Refusal> {
        let mut sql = Sql::default();
        let (key, name, media_type) = (self.key(&mut sql), sql.bind(&new.name), sql.bind(new.media_type));
        let (bytes, sha256) = (sql.bind(new.bytes.to_string()), sql.bind(&new.sha256));
        let state = if new.scanned { "clean" } else { "unscanned" };
        sql.text = format!(
            "SELECT a.storage FROM {}({key}, {name}, {media_type}, {bytes}::bigint, {sha256}, '{state}') AS a",
            self.function("attach")
        );
        writing.reading.act_as(self.role).await?;
        let made = sql.query().fetch_optional(&mut *writing.reading.connection).await?;
        Ok(made.map(|row| row.try_get(0)).transpose()?)
    }

    /// `false`: there is no such file that this person may take away.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn detach(&self, id: &str, writing: &mut Writing) -> Result<bool, Refusal> {
        let mut sql = Sql::default();
        let (key, id) = (self.key(&mut sql), sql.bind(id));
        sql.text = format!("SELECT {}({key}, {id}::uuid)", self.function("detach"));
        let found = self.ask(sql, &mut writing.reading).await?;
        Ok(found.first().map(|row| row.try_get::<Option<bool>, _>(0)).transpose()?.flatten() == Some(true))
    }
}

fn file(row: &PgRow) -> Result<File, sqlx::Error> {
    Ok(File {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        media_type: row.try_get(2)?,
        bytes: u64::try_from(row.try_get::<i64, _>(3)?).unwrap_or_default(),
        at: row.try_get(4)?,
        who: row.try_get(5)?,
        mine: row.try_get::<Option<bool>, _>(6)? == Some(true),
        scanned: row.try_get(7)?,
        storage: row.try_get(8)?,
    })
}

/// Bytes that belong to nothing any more, asked and told on the issuer's connections: no visitor is meant.
#[derive(Debug, Clone)]
pub struct Remains {
    pools: Pools,
    list: Arc<str>,
    removed: Arc<str>,
}

/// Removed in one go.
const AT_ONCE: usize = 200;

impl Remains {
    pub fn new(pools: Pools, control: &SchemaName) -> Self {
        let control = Ident::new(control.as_str());
        Self {
            pools,
            list: format!("SELECT r.storage FROM {control}.attachment_remains({AT_ONCE}) AS r (storage)").into(),
            removed: format!("SELECT {control}.attachment_removed($1)::text").into(),
        }
    }

    /// # Errors
    /// Where the database does not answer.
    pub async fn list(&self) -> Result<Vec<String>, QueryError> {
        let query = sqlx::query_scalar(AssertSqlSafe(self.list.to_string())).persistent(false);
        Ok(query.fetch_all(&self.pools.issuer).await?)
    }

    /// # Errors
    /// Where the database does not answer.
    pub async fn removed(&self, storages: &[String]) -> Result<(), QueryError> {
        let query = sqlx::query(AssertSqlSafe(self.removed.to_string())).persistent(false).bind(storages);
        query.execute(&self.pools.issuer).await?;
        Ok(())
    }
}
