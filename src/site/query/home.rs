use super::QueryError;
use super::begin::Reading;
use super::list::COUNT_LIMIT;
use super::row::{Row, Selection};
use super::sql::{Sql, all_equal, of};
use super::types::LiveTypes;
use crate::model::Object;
use crate::names::{ColumnName, RoleName, TableName};
use sqlx::Row as _;

/// How many rows of an object there are, and the first few. All of one role go in one statement.
#[derive(Debug)]
pub struct Teaser<'a> {
    pub object: &'a Object,
    pub selection: &'a Selection,
    /// Only rows that lead to this one.
    pub of: Option<Above<'a>>,
    pub sort: Option<&'a ColumnName>,
    pub descending: bool,
    /// 0: only count.
    pub rows: usize,
}

/// A row that others lead to.
#[derive(Debug, Clone, Copy)]
pub struct Above<'a> {
    /// Of the others: they hold its key.
    pub columns: &'a [ColumnName],
    pub object: &'a Object,
    pub key: &'a [String],
}

impl Above<'_> {
    /// Rows of `table` lead to it.
    fn condition(&self, table: &TableName, types: &LiveTypes, sql: &mut Sql) -> String {
        let left: Vec<String> = self.columns.iter().map(|column| of("t", column)).collect();
        let columns = self.columns.iter().zip(&self.object.key);
        let typed = columns.map(|(from, to)| {
            let live = types.column(table, from).zip(types.column(&self.object.table, to));
            live.map(|(from, to)| from.takes(to))
        });
        let values = typed.zip(self.key).map(|(takes, value)| match takes {
            Some(takes) => format!("{}::{takes}", sql.bind(value)),
            None => sql.bind(value),
        });
        all_equal(&left, &values.collect::<Vec<_>>())
    }
}

#[derive(Debug)]
pub struct CountedRows {
    /// To the limit of counting, and one more.
    pub total: i64,
    pub rows: Vec<Row>,
}

impl Teaser<'_> {
    /// One answer for each teaser, in their order.
    ///
    /// # Errors
    /// Where the database refuses or does not answer.
    pub async fn run(
        teasers: &[Teaser<'_>],
        role: &RoleName,
        types: &LiveTypes,
        reading: &mut Reading,
    ) -> Result<Vec<CountedRows>, QueryError> {
        if teasers.is_empty() {
            return Ok(Vec::new());
        }
        reading.act_as(role).await?;
        let mut sql = Sql::default();
        let parts: Vec<String> =
            teasers.iter().enumerate().map(|(at, one)| one.sql(at, (role, types), &mut sql)).collect();
        sql.text = format!("{} ORDER BY 1", parts.join("\nUNION ALL\n"));
        let found = sql.query().fetch_all(&mut *reading.connection).await?;
        let mut answers = Vec::with_capacity(teasers.len());
        for (teaser, row) in teasers.iter().zip(&found) {
            let rows: Option<String> = row.try_get(2)?;
            let rows: Vec<Vec<Option<String>>> = serde_json::from_str(rows.as_deref().unwrap_or("[]"))
                .map_err(|error| QueryError::Failed(format!("rows that cannot be read: {error}")))?;
            let rows = rows.into_iter().map(|values| teaser.selection.read(values)).collect::<Result<_, _>>()?;
            answers.push(CountedRows { total: row.try_get(1)?, rows });
        }
        Ok(answers)
    }

    fn sql(&self, at: usize, (role, types): (&RoleName, &LiveTypes), sql: &mut Sql) -> String {
        let table = types.relation(role, &self.object.table).sql();
        let condition = match self.of {
            Some(above) => above.condition(&self.object.table, types, sql),
            None => "true".to_owned(),
        };
        let count = COUNT_LIMIT + 1;
        let count = format!("(SELECT count(*) FROM (SELECT 1 FROM {table} AS t WHERE {condition} LIMIT {count}) AS c)");
        if self.rows == 0 {
            return format!("SELECT {at}, {count}, NULL::text");
        }
        let direction = if self.descending { "DESC" } else { "ASC" };
        let nullable = |column| types.column(&self.object.table, column).is_none_or(|live| !live.not_null);
        let sorted = self.sort.map(|column| {
            format!("{} {direction}{}", of("t", column), if nullable(column) { " NULLS LAST" } else { "" })
        });
        let keys = self.object.key.iter().map(|column| format!("{} {direction}", of("t", column)));
        let order: Vec<String> = sorted.into_iter().chain(keys).collect();
        format!(
            "SELECT {at}, {count}, (SELECT json_agg(q.cells) FROM (SELECT {cells} AS cells FROM {table} AS t \
             WHERE {condition} ORDER BY {order} LIMIT {rows}) AS q)::text",
            cells = self.selection.array(None),
            order = order.join(", "),
            rows = self.rows,
        )
    }
}
