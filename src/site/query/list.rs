use super::QueryError;
use super::begin::Reading;
use super::row::{Row, Selection};
use super::sql::{Sql, all_equal, anywhere, of};
use super::types::LiveTypes;
use crate::model::Object;
use crate::names::{ColumnName, Ident, RoleName};
use sqlx::Row as _;

/// Counting stops here: an exact number of very many rows is worth less than the time it takes.
pub const COUNT_LIMIT: i64 = 1000;

/// One page of a list.
#[derive(Debug)]
pub struct ListQuery<'a> {
    pub object: &'a Object,
    pub role: &'a RoleName,
    pub types: &'a LiveTypes,
    pub timezone: &'a str,
    pub selection: &'a Selection,
    pub filters: &'a [Filter],
    pub sort: Option<&'a ColumnName>,
    pub descending: bool,
    pub seek: Option<&'a Seek>,
    pub rows: usize,
}

/// A narrower list; all of them hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    Equals {
        column: ColumnName,
        value: String,
    },
    /// Days, `YYYY-MM-DD`, both included, in the project's time zone.
    Days {
        column: ColumnName,
        bound: Bound,
        day: String,
    },
    /// Each word is in one of the columns.
    Search {
        columns: Vec<ColumnName>,
        words: Vec<String>,
    },
    /// The columns hold this key.
    Key {
        columns: Vec<ColumnName>,
        values: Vec<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    From,
    Until,
}

/// Where a page begins: just after this row, or just before it going back. The first value is what
/// the list is sorted by, where it is sorted by a column; the others are the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seek {
    pub back: bool,
    pub sorted_by: Option<Option<String>>,
    pub key: Vec<String>,
}

#[derive(Debug)]
pub struct Page {
    /// In the list's order, whichever way it was reached.
    pub rows: Vec<Row>,
    /// Of the whole list, to [`COUNT_LIMIT`] + 1; `None` where an empty page does not tell.
    pub total: Option<i64>,
    /// Whether there are rows beyond this page in the direction that was asked for.
    pub more: bool,
}

impl ListQuery<'_> {
    /// # Errors
    /// [`QueryError::BadValue`] where a filter or the seek does not fit its column.
    pub async fn run(&self, reading: &mut Reading) -> Result<Page, QueryError> {
        reading.act_as(self.role).await?;
        let sql = self.sql();
        let found = sql.query().fetch_all(&mut *reading.connection).await?;
        let more = found.len() > self.rows;
        let total = match found.first() {
            Some(row) => Some(row.try_get(1)?),
            None if self.seek.is_none() => Some(0),
            None => None,
        };
        let mut rows = Vec::with_capacity(found.len());
        for row in found.into_iter().take(self.rows) {
            rows.push(self.selection.read(row.try_get(0)?)?);
        }
        if self.seek.is_some_and(|seek| seek.back) {
            rows.reverse();
        }
        Ok(Page { rows, total, more })
    }

    fn sql(&self) -> Sql {
        let mut sql = Sql::default();
        let table = self.types.relation(self.role, &self.object.table).sql();
        let filters: Vec<String> = self.filters.iter().map(|filter| self.condition(filter, &mut sql)).collect();
        let matching = if filters.is_empty() { "true".to_owned() } else { filters.join(" AND ") };
        let mut condition = matching.clone();
        if let Some(seek) = self.seek {
            condition = format!("{condition} AND {}", self.beyond(seek, &mut sql));
        }
        sql.text = format!(
            "SELECT {cells}, (SELECT count(*) FROM (SELECT 1 FROM {table} AS t WHERE {matching} LIMIT {count}) AS c)\n\
             FROM {table} AS t WHERE {condition} ORDER BY {order} LIMIT {limit}",
            cells = self.selection.array(self.sort),
            count = COUNT_LIMIT + 1,
            order = self.order(),
            limit = self.rows + 1,
        );
        sql
    }

    fn nullable(&self, column: &ColumnName) -> bool {
        self.types.column(&self.object.table, column).is_none_or(|live| !live.not_null)
    }

    /// The key follows the sorted column in the same direction, so that one index serves both ways.
    /// Rows without a value come last; said only of columns that can be empty, since an index is not
    /// used for an order it was not made with.
    fn order(&self) -> String {
        let back = self.seek.is_some_and(|seek| seek.back);
        let direction = if self.descending == back { "ASC" } else { "DESC" };
        let mut parts = Vec::new();
        if let Some(column) = self.sort {
            let nulls = match (self.nullable(column), back) {
                (false, _) => "",
                (true, false) => " NULLS LAST",
                (true, true) => " NULLS FIRST",
            };
            parts.push(format!("{} {direction}{nulls}", of("t", column)));
        }
        parts.extend(self.object.key.iter().map(|column| format!("{} {direction}", of("t", column))));
        parts.join(", ")
    }

    /// The rows after the seek's, or before it.
    fn beyond(&self, seek: &Seek, sql: &mut Sql) -> String {
        let table = &self.object.table;
        let sign = if self.descending == seek.back { ">" } else { "<" };
        let keys: Vec<String> = self.object.key.iter().map(|column| of("t", column)).collect();
        let pairs = self.object.key.iter().zip(&seek.key);
        let values: Vec<String> = pairs.map(|(column, value)| sql.bind_as(self.types, table, column, value)).collect();
        let by_key = format!("({}) {sign} ({})", keys.join(", "), values.join(", "));
        let (Some(column), Some(at)) = (self.sort, &seek.sorted_by) else { return by_key };
        let sorted = of("t", column);
        match (at, seek.back) {
            (Some(at), back) => {
                let at = sql.bind_as(self.types, table, column, at);
                let beyond = format!("({sorted}, {}) {sign} ({at}, {})", keys.join(", "), values.join(", "));
                if back || !self.nullable(column) { beyond } else { format!("({beyond} OR {sorted} IS NULL)") }
            }
            (None, false) => format!("({sorted} IS NULL AND {by_key})"),
            (None, true) => format!("({sorted} IS NOT NULL OR {by_key})"),
        }
    }

    fn condition(&self, filter: &Filter, sql: &mut Sql) -> String {
        let table = &self.object.table;
        match filter {
            Filter::Equals { column, value } => {
                format!("{} = {}", of("t", column), sql.bind_as(self.types, table, column, value))
            }
            Filter::Days { column, bound, day } => self.day(column, *bound, &sql.bind(day)),
            Filter::Search { columns, words } => {
                let one = |word: &String| {
                    let pattern = sql.bind(anywhere(word));
                    let any: Vec<String> =
                        columns.iter().map(|column| format!("{}::text ILIKE {pattern}", of("t", column))).collect();
                    format!("({})", any.join(" OR "))
                };
                let all: Vec<String> = words.iter().map(one).collect();
                all.join(" AND ")
            }
            Filter::Key { columns, values } => key_is("t", columns, values, self.types, table, sql),
        }
    }

    /// A day is a span of time: from its first moment, until the first moment of the next.
    fn day(&self, column: &ColumnName, bound: Bound, day: &str) -> String {
        let live = self.types.column(&self.object.table, column);
        let (sign, first) = match bound {
            Bound::From => (">=", format!("{day}::date")),
            Bound::Until => ("<", format!("({day}::date + 1)")),
        };
        let zone = Ident::literal(self.timezone);
        let moment = match live {
            Some(live) if live.is_timestamp_with_zone() => format!("({first}::timestamp AT TIME ZONE {zone})"),
            _ => first,
        };
        format!("{} {sign} {moment}", of("t", column))
    }
}

/// The columns hold this key, each compared in its own type.
pub(super) fn key_is(
    alias: &str,
    columns: &[ColumnName],
    values: &[String],
    types: &LiveTypes,
    table: &crate::names::TableName,
    sql: &mut Sql,
) -> String {
    let left: Vec<String> = columns.iter().map(|column| of(alias, column)).collect();
    let pairs = columns.iter().zip(values);
    let right: Vec<String> = pairs.map(|(column, value)| sql.bind_as(types, table, column, value)).collect();
    all_equal(&left, &right)
}
