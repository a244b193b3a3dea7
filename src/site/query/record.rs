use super::QueryError;
use super::begin::Reading;
use super::list::key_is;
use super::row::{Row, Selection};
use super::sql::Sql;
use super::types::LiveTypes;
use crate::model::Object;
use crate::names::RoleName;
use sqlx::Row as _;
use std::collections::BTreeSet;

/// One row by its key.
#[derive(Debug)]
pub struct RecordQuery<'a> {
    pub object: &'a Object,
    pub role: &'a RoleName,
    pub types: &'a LiveTypes,
    pub selection: &'a Selection,
    pub key: &'a [String],
}

impl RecordQuery<'_> {
    /// `None`: there is no such row, or it is not one that the persona sees.
    ///
    /// # Errors
    /// [`QueryError::BadValue`] where the key does not fit its columns.
    pub async fn run(&self, reading: &mut Reading) -> Result<Option<Row>, QueryError> {
        reading.act_as(self.role).await?;
        let mut sql = Sql::default();
        let condition = key_is("t", &self.object.key, self.key, self.types, &self.object.table, &mut sql);
        sql.text = format!(
            "SELECT {} FROM {} AS t WHERE {condition} LIMIT 1",
            self.selection.array(None),
            self.types.relation(self.role, &self.object.table).sql()
        );
        let found = sql.query().fetch_optional(&mut *reading.connection).await?;
        found.map(|row| self.selection.read(row.try_get(0)?)).transpose()
    }
}

/// Rows of one object by their keys, in one statement.
#[derive(Debug)]
pub struct RecordsQuery<'a> {
    pub object: &'a Object,
    pub role: &'a RoleName,
    pub types: &'a LiveTypes,
    pub selection: &'a Selection,
    pub keys: &'a BTreeSet<Vec<String>>,
}

impl RecordsQuery<'_> {
    /// Those of them that are there and that the persona sees.
    ///
    /// # Errors
    /// [`QueryError::BadValue`] where a key does not fit its columns.
    pub async fn run(&self, reading: &mut Reading) -> Result<Vec<Row>, QueryError> {
        reading.act_as(self.role).await?;
        let mut sql = Sql::default();
        let table = &self.object.table;
        let is = |key: &Vec<String>| format!("({})", key_is("t", &self.object.key, key, self.types, table, &mut sql));
        let keys: Vec<String> = self.keys.iter().map(is).collect();
        sql.text = format!(
            "SELECT {} FROM {} AS t WHERE {}",
            self.selection.array(None),
            self.types.relation(self.role, table).sql(),
            keys.join(" OR ")
        );
        let found = sql.query().fetch_all(&mut *reading.connection).await?;
        found.iter().map(|row| self.selection.read(row.try_get(0)?)).collect()
    }
}
