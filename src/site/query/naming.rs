use super::QueryError;
use super::begin::Reading;
use super::handing::Assignee;
use super::row::Row;
use super::sql::{Sql, anywhere};
use crate::names::{FieldName, Ident, ObjectName, RoleName, SchemaName};
use crate::plan::object_function;
use sqlx::Row as _;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What people and tenants are called whose keys stand in rows that a role sees. A function of the database answers.
#[derive(Debug, Clone, Copy)]
pub struct NamesQuery<'a> {
    pub object: &'a ObjectName,
    pub control: &'a SchemaName,
    pub role: &'a RoleName,
}

impl NamesQuery<'_> {
    /// By the field and the key in it.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn run(
        &self,
        rows: &[Row],
        reading: &mut Reading,
    ) -> Result<BTreeMap<(FieldName, String), String>, QueryError> {
        reading.act_as(self.role).await?;
        let keys: Vec<&Vec<String>> = rows.iter().map(|row| &row.key).collect();
        let keys = serde_json::to_string(&keys).map_err(|error| QueryError::Failed(error.to_string()))?;
        let mut sql = Sql::default();
        let keys = sql.bind(keys);
        sql.text = format!(
            "SELECT n.field, n.key, n.name FROM {}.{}({keys}::jsonb) AS n",
            Ident::new(self.control.as_str()),
            Ident::new(&object_function("names", self.object))
        );
        let found = sql.query().fetch_all(&mut *reading.connection).await?;
        let name = |row: &sqlx::postgres::PgRow| {
            let field = FieldName::new(row.try_get::<String, _>(0)?);
            Ok(((field, row.try_get(1)?), row.try_get(2)?))
        };
        found.iter().map(name).collect()
    }
}

/// The people or tenants that a role may put into a field. A function of the database answers.
#[derive(Debug, Clone, Copy)]
pub struct KeyChoices<'a> {
    pub object: &'a ObjectName,
    pub field: &'a FieldName,
    pub control: &'a SchemaName,
    pub role: &'a RoleName,
}

impl KeyChoices<'_> {
    /// The first by name whose names hold all of the words, and one more than `most` where there are more.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn run(&self, words: &[String], most: usize, reading: &mut Reading) -> Result<Vec<Assignee>, QueryError> {
        let mut sql = self.asked();
        let hold = |word: &String| format!(" AND c.name ILIKE {}", sql.bind(anywhere(word)));
        let words: String = words.iter().map(hold).collect();
        let _ = write!(sql.text, "{words} ORDER BY lower(c.name), c.key LIMIT {}", most + 1);
        reading.act_as(self.role).await?;
        let found = sql.query().fetch_all(&mut *reading.connection).await?;
        found.iter().map(|row| Ok(Assignee { key: row.try_get(0)?, name: row.try_get(1)? })).collect()
    }

    /// The name of the one with that key; `None`: not one of them.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn name(&self, key: &str, reading: &mut Reading) -> Result<Option<String>, QueryError> {
        let mut sql = self.asked();
        let key = sql.bind(key);
        let _ = write!(sql.text, " AND c.key = {key}");
        reading.act_as(self.role).await?;
        let found = sql.query().fetch_optional(&mut *reading.connection).await?;
        Ok(found.map(|row| row.try_get(1)).transpose()?)
    }

    fn asked(&self) -> Sql {
        let mut sql = Sql::default();
        let field = sql.bind(self.field.as_str());
        sql.text = format!(
            "SELECT c.key, c.name FROM {}.{}({field}) AS c WHERE true",
            Ident::new(self.control.as_str()),
            Ident::new(&object_function("choices", self.object))
        );
        sql
    }
}
