use super::QueryError;
use super::begin::Reading;
use super::sql::Sql;
use crate::names::{Ident, ObjectName, RoleName, SchemaName};
use crate::plan::object_function;
use sqlx::Row as _;

/// Something that somebody did to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: i64,
    /// In the project's time zone.
    pub at: String,
    pub who: String,
    /// `insert`, `update` or `delete`; of its files `attach` or `detach`.
    pub what: String,
    pub object: ObjectName,
    pub key: Vec<String>,
    pub fields: Vec<String>,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// What the database tells one role of what was done.
#[derive(Debug, Clone, Copy)]
pub struct Events<'a> {
    pub control: &'a SchemaName,
    pub role: &'a RoleName,
    pub timezone: &'a str,
    pub most: usize,
}

impl Events<'_> {
    /// To one row, the latest first.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn of_row(
        &self,
        object: &ObjectName,
        key: &[String],
        reading: &mut Reading,
    ) -> Result<Vec<Event>, QueryError> {
        let mut sql = Sql::default();
        let parts: Vec<String> = key.iter().map(|part| sql.bind(part)).collect();
        let row = format!("ARRAY[{}]::text[]", parts.join(", "));
        let function = object_function("changes", object);
        let of = format!("{}, {row} AS row_key", sql.bind(object.as_str()));
        self.ask(&of, &format!("{}({row}, {})", Ident::new(&function), self.most), sql, reading).await
    }

    /// To rows of one's tenant, the latest first.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn of_tenant(&self, before: Option<i64>, reading: &mut Reading) -> Result<Vec<Event>, QueryError> {
        let before = before.map_or_else(|| "NULL".to_owned(), |id| id.to_string());
        let call = format!("activity({}, {before})", self.most);
        self.ask("a.object, a.row_key", &call, Sql::default(), reading).await
    }

    async fn ask(&self, of: &str, call: &str, mut sql: Sql, reading: &mut Reading) -> Result<Vec<Event>, QueryError> {
        reading.act_as(self.role).await?;
        sql.text = format!(
            "SELECT a.id, (a.at AT TIME ZONE {})::text, a.who, a.what, a.fields, a.state_from, a.state_to, {of} \
             FROM {}.{call} AS a ORDER BY a.id DESC",
            Ident::literal(self.timezone),
            Ident::new(self.control.as_str())
        );
        let found = sql.query().fetch_all(&mut *reading.connection).await?;
        let event = |row: &sqlx::postgres::PgRow| {
            Ok(Event {
                id: row.try_get(0)?,
                at: row.try_get(1)?,
                who: row.try_get(2)?,
                what: row.try_get(3)?,
                fields: row.try_get(4)?,
                from: row.try_get(5)?,
                to: row.try_get(6)?,
                object: ObjectName::new(row.try_get::<String, _>(7)?),
                key: row.try_get(8)?,
            })
        };
        found.iter().map(event).collect::<Result<_, sqlx::Error>>().map_err(QueryError::from)
    }
}
