use super::QueryError;
use super::begin::Reading;
use super::list::COUNT_LIMIT;
use super::row::{Row, Selection};
use super::sql::{Sql, all_equal, of};
use super::types::LiveTypes;
use crate::model::Object;
use crate::names::{ColumnName, RoleName, TableName};
use sqlx::Row as _;
use std::collections::BTreeSet;

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
    /// Which rows go before others; `None`: none do.
    pub first: Option<First<'a>>,
}

/// What somebody wants to see before everything else.
#[derive(Debug, Clone, Copy, Default)]
pub struct First<'a> {
    /// Rows that are in none of these states.
    pub open: Option<(&'a ColumnName, &'a BTreeSet<String>)>,
    /// Of these, rows whose moment is still to come, the next one first; they are sorted by it.
    pub coming: bool,
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
    /// Whether the first of them is still to come.
    pub begins_ahead: bool,
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
            let rows: Vec<(bool, Vec<Option<String>>)> = serde_json::from_str(rows.as_deref().unwrap_or("[]"))
                .map_err(|error| QueryError::Failed(format!("rows that cannot be read: {error}")))?;
            let begins_ahead = rows.first().is_some_and(|(is_ahead, _)| *is_ahead);
            let shown = rows.into_iter().take(teaser.rows);
            let rows = shown.map(|(_, values)| teaser.selection.read(values)).collect::<Result<_, _>>()?;
            answers.push(CountedRows { total: row.try_get(1)?, rows, begins_ahead });
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
        let cells = self.selection.array(None);
        let rows = self.rows;
        let parts = self.parts(types, sql).into_iter().enumerate().map(|(part, one)| {
            let Part { condition: narrower, order, is_ahead } = one;
            // Each part ends at its limit, so that an index serves it.
            format!(
                "(SELECT {part} AS part, row_number() OVER (ORDER BY {order}) AS place, {is_ahead} AS ahead, {cells} AS cells \
                 FROM {table} AS t WHERE {condition}{narrower} ORDER BY {order} LIMIT {rows})"
            )
        });
        let parts: Vec<String> = parts.collect();
        format!(
            "SELECT {at}, {count}, (SELECT json_agg(json_build_array(q.ahead, q.cells) ORDER BY q.part, q.place) \
             FROM ({}) AS q)::text",
            parts.join(" UNION ALL ")
        )
    }

    /// What the rows are asked for in, one after the other.
    fn parts(&self, types: &LiveTypes, sql: &mut Sql) -> Vec<Part> {
        let first = self.first.unwrap_or_default();
        let standing: Vec<String> = match first.open {
            Some((column, over)) => {
                let states: Vec<String> = over.iter().map(|state| sql.bind(state)).collect();
                let over = format!("coalesce({}::text IN ({}), false)", of("t", column), states.join(", "));
                vec![format!(" AND NOT {over}"), format!(" AND {over}")]
            }
            None => vec![String::new()],
        };
        let sorted = self.sort.filter(|_| first.coming).map(|column| of("t", column));
        let (order, next) = (self.order(self.descending, types), self.order(false, types));
        let parts = standing.into_iter().flat_map(|standing| match &sorted {
            None => vec![Part { condition: standing, order: order.clone(), is_ahead: false }],
            Some(moment) => vec![
                Part { condition: format!("{standing} AND {moment} > now()"), order: next.clone(), is_ahead: true },
                Part {
                    condition: format!("{standing} AND ({moment} <= now() OR {moment} IS NULL)"),
                    order: order.clone(),
                    is_ahead: false,
                },
            ],
        });
        parts.collect()
    }

    fn order(&self, descending: bool, types: &LiveTypes) -> String {
        let direction = if descending { "DESC" } else { "ASC" };
        let nullable = |column| types.column(&self.object.table, column).is_none_or(|live| !live.not_null);
        let sorted = self.sort.map(|column| {
            format!("{} {direction}{}", of("t", column), if nullable(column) { " NULLS LAST" } else { "" })
        });
        let keys = self.object.key.iter().map(|column| format!("{} {direction}", of("t", column)));
        sorted.into_iter().chain(keys).collect::<Vec<_>>().join(", ")
    }
}

/// Some of the rows, in their order.
struct Part {
    condition: String,
    order: String,
    /// Whether these are still to come.
    is_ahead: bool,
}
