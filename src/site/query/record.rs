use super::QueryError;
use super::begin::Reading;
use super::list::key_is;
use super::row::{Row, Selection};
use super::sql::Sql;
use super::types::LiveTypes;
use crate::model::Object;
use crate::names::RoleName;
use sqlx::{AssertSqlSafe, Row as _};

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
        let text = format!(
            "SELECT {} FROM {} AS t WHERE {condition} LIMIT 1",
            self.selection.array(None),
            self.types.relation(self.role, &self.object.table).sql()
        );
        let mut query = sqlx::query(AssertSqlSafe(text)).persistent(false);
        for value in &sql.values {
            query = query.bind(value);
        }
        let found = query.fetch_optional(&mut *reading.connection).await?;
        found.map(|row| self.selection.read(row.try_get(0)?)).transpose()
    }
}
