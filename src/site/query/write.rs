use super::begin::Writing;
use super::list::key_is;
use super::refusal::Refusal;
use super::row::{Row, Selection};
use super::sql::Sql;
use super::types::LiveTypes;
use crate::model::{Deletion, Object};
use crate::names::{ColumnName, Ident, RoleName, SchemaName};
use crate::plan::object_function;
use sqlx::{AssertSqlSafe, Row as _};

/// A column and what it shall hold; `None`: nothing.
pub type Written = (ColumnName, Option<String>);

/// Changes to the rows of one object, as one role.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    pub object: &'a Object,
    pub role: &'a RoleName,
    pub types: &'a LiveTypes,
    /// IANA name of the zone that points in time are written in.
    pub timezone: &'a str,
}

/// How firmly a row is held until the transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// To learn whether the role may change it at all: nobody else is kept from it.
    Ask,
    /// To change it: whoever else wants to waits.
    Change,
}

impl Change<'_> {
    /// The row, held; `None`: there is none that this role may change.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn hold(
        &self,
        key: &[String],
        hold: Hold,
        selection: &Selection,
        writing: &mut Writing,
    ) -> Result<Option<Row>, Refusal> {
        writing.reading.act_as(self.role).await?;
        let mut sql = Sql::default();
        let condition = self.is(key, &mut sql);
        let lock = if hold == Hold::Ask { "FOR KEY SHARE" } else { "FOR UPDATE" };
        let cells = selection.array(None);
        sql.text = format!("SELECT {cells} FROM {} AS t WHERE {condition} {lock} OF t", self.object.table.sql());
        let found = sql.query().fetch_optional(&mut *writing.reading.connection).await?;
        Ok(found.map(|row| selection.read(row.try_get(0)?)).transpose()?)
    }

    /// Makes a row of these columns and no others; the rest the database fills in. The key comes back
    /// where the role may read it.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn create(
        &self,
        columns: &[Written],
        readable: bool,
        writing: &mut Writing,
    ) -> Result<Option<Vec<String>>, Refusal> {
        writing.reading.act_as(self.role).await?;
        let mut sql = Sql::default();
        let names: Vec<String> = columns.iter().map(|(column, _)| Ident::new(column.as_str()).to_string()).collect();
        let values: Vec<String> =
            columns.iter().map(|(column, value)| self.value(column, value.as_deref(), &mut sql)).collect();
        let what = match names.is_empty() {
            true => "DEFAULT VALUES".to_owned(),
            false => format!("({}) VALUES ({})", names.join(", "), values.join(", ")),
        };
        let keys: Vec<String> =
            self.object.key.iter().map(|column| format!("{}::text", Ident::new(column.as_str()))).collect();
        let returning = if readable { format!(" RETURNING ARRAY[{}]", keys.join(", ")) } else { String::new() };
        sql.text = format!("INSERT INTO {} {what}{returning}", self.object.table.sql());
        if !readable {
            sql.query().execute(&mut *writing.reading.connection).await?;
            return Ok(None);
        }
        let made = sql.query().fetch_one(&mut *writing.reading.connection).await?;
        Ok(Some(made.try_get(0)?))
    }

    /// Changes these columns of one row; `false`: there is no such row that the role may change.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn update(&self, key: &[String], columns: &[Written], writing: &mut Writing) -> Result<bool, Refusal> {
        writing.reading.act_as(self.role).await?;
        let mut sql = Sql::default();
        let set = |(column, value): &Written| {
            format!("{} = {}", Ident::new(column.as_str()), self.value(column, value.as_deref(), &mut sql))
        };
        let set: Vec<String> = columns.iter().map(set).collect();
        let condition = self.is(key, &mut sql);
        sql.text = format!("UPDATE {} AS t SET {} WHERE {condition}", self.object.table.sql(), set.join(", "));
        let done = sql.query().execute(&mut *writing.reading.connection).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes one row, as the object says; `false`: there is no such row that the role may delete.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn delete(&self, key: &[String], control: &SchemaName, writing: &mut Writing) -> Result<bool, Refusal> {
        writing.reading.act_as(self.role).await?;
        if let Some(Deletion::Soft(_)) = self.object.deletion {
            let function = object_function("delete", &self.object.name);
            let text = format!("SELECT {}.{}($1::text[])", Ident::new(control.as_str()), Ident::new(&function));
            let query = sqlx::query(AssertSqlSafe(text)).persistent(false).bind(key);
            let done: Option<bool> = query.fetch_one(&mut *writing.reading.connection).await?.try_get(0)?;
            return Ok(done == Some(true));
        }
        let mut sql = Sql::default();
        let condition = self.is(key, &mut sql);
        sql.text = format!("DELETE FROM {} AS t WHERE {condition}", self.object.table.sql());
        let done = sql.query().execute(&mut *writing.reading.connection).await?;
        Ok(done.rows_affected() == 1)
    }

    fn is(&self, key: &[String], sql: &mut Sql) -> String {
        key_is("t", &self.object.key, key, self.types, &self.object.table, sql)
    }

    /// A value, bound as text and cast to the column's own type.
    fn value(&self, column: &ColumnName, value: Option<&str>, sql: &mut Sql) -> String {
        let Some(value) = value else { return "NULL".to_owned() };
        let live = self.types.column(&self.object.table, column);
        if live.is_some_and(super::types::LiveColumn::is_timestamp_with_zone) {
            return format!("({}::timestamp AT TIME ZONE {})", sql.bind(value), Ident::literal(self.timezone));
        }
        sql.bind_as(self.types, &self.object.table, column, value)
    }
}

/// A form that is sent twice is done once. Both calls run in the transaction that does it, as the
/// role that did.
#[derive(Debug, Clone)]
pub struct Submissions {
    begin: String,
    end: String,
}

impl Submissions {
    pub fn new(control: &SchemaName) -> Self {
        let control = Ident::new(control.as_str());
        Self {
            begin: format!("SELECT {control}.submission_begin($1)"),
            end: format!("SELECT {control}.submission_end($1, $2)::text"),
        }
    }

    /// `None`: it has not been done, and now only this transaction may. Else what became of it.
    ///
    /// # Errors
    /// Where the database does not answer, or another is still at it.
    pub async fn begin(&self, id: &str, role: &RoleName, writing: &mut Writing) -> Result<Option<String>, Refusal> {
        writing.reading.act_as(role).await?;
        let query = sqlx::query(AssertSqlSafe(self.begin.clone())).persistent(false).bind(id);
        Ok(query.fetch_one(&mut *writing.reading.connection).await?.try_get(0)?)
    }

    /// # Errors
    /// Where the database does not answer.
    pub async fn end(&self, id: &str, outcome: &str, writing: &mut Writing) -> Result<(), Refusal> {
        let query = sqlx::query(AssertSqlSafe(self.end.clone())).persistent(false).bind(id).bind(outcome);
        query.execute(&mut *writing.reading.connection).await?;
        Ok(())
    }
}
