use super::types::LiveTypes;
use crate::names::{ColumnName, Ident, TableName};
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};

/// A statement in the making: text from the spec, quoted, and values of visitors, bound.
#[derive(Debug, Default)]
pub(super) struct Sql {
    pub text: String,
    pub values: Vec<String>,
}

impl Sql {
    /// The statement with its values. It is never prepared under a name, since each is another.
    pub fn query(&self) -> Query<'_, Postgres, PgArguments> {
        let query = sqlx::query(AssertSqlSafe(self.text.as_str().to_owned())).persistent(false);
        self.values.iter().fold(query, Query::bind)
    }

    /// Binds a value and gives the expression for it: `$3::text`.
    pub fn bind(&mut self, value: impl Into<String>) -> String {
        self.values.push(value.into());
        format!("${}::text", self.values.len())
    }

    /// Binds a value that is compared with this column, cast to the column's type: never the column
    /// to text, which would lose its index.
    pub fn bind_as(&mut self, types: &LiveTypes, table: &TableName, column: &ColumnName, value: &str) -> String {
        let value = self.bind(value);
        match types.column(table, column) {
            Some(live) => format!("{value}::{}", live.sql_type),
            None => value,
        }
    }
}

/// `t."name"`.
pub(super) fn of(alias: &str, column: &ColumnName) -> String {
    format!("{alias}.{}", Ident::new(column.as_str()))
}

/// Both lists, pairwise equal.
pub(super) fn all_equal(left: &[String], right: &[String]) -> String {
    let pairs: Vec<String> = left.iter().zip(right).map(|(left, right)| format!("{left} = {right}")).collect();
    pairs.join(" AND ")
}

/// A text that `ILIKE` finds anywhere, with nothing in it that `ILIKE` would read as a sign.
pub(super) fn anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_signs_as_they_are() {
        assert_eq!(anywhere(r"100%_\"), r"%100\%\_\\%");
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(of("t", &ColumnName::new("a\"; drop table x; --")), "t.\"a\"\"; drop table x; --\"");
    }
}
