//! A condition on the rows of one table, as SQL text, with what it needs to run.

use crate::names::{ColumnName, Ident, RoleName};
use crate::state::FunctionName;
use std::collections::BTreeSet;

/// Stands where a text names the roles that may be acting, the first argument of whatever asks the context: a row
/// policy writes its own roles there, a lookup hands on what it was given. No quoted name or constant can hold it.
pub const ACTING: char = '\0';

/// `text` for these roles: in a row policy, in what a trigger asks.
pub fn for_roles<'r>(text: &str, roles: impl IntoIterator<Item = &'r RoleName>) -> String {
    let names: Vec<String> =
        roles.into_iter().map(|role| role.as_str().replace('\\', "\\\\").replace('"', "\\\"")).collect();
    let array = Ident::literal(&format!("{{\"{}\"}}", names.join("\",\"")));
    text.replace(ACTING, &format!("{array}::pg_catalog.text[]"))
}

/// `text` within the body of a lookup.
pub fn in_lookup(text: &str) -> String {
    text.replace(ACTING, "$1")
}

/// Columns are written unqualified: every text stands in a row policy or in a query over one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predicate {
    pub sql: String,
    /// Columns of the table itself.
    pub columns: BTreeSet<ColumnName>,
    /// Generated lookups that the text calls.
    pub calls: BTreeSet<FunctionName>,
}

impl Predicate {
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), columns: BTreeSet::new(), calls: BTreeSet::new() }
    }

    pub fn on<'a>(sql: impl Into<String>, columns: impl IntoIterator<Item = &'a ColumnName>) -> Self {
        Self { columns: columns.into_iter().cloned().collect(), ..Self::new(sql) }
    }

    #[must_use]
    pub fn calling(mut self, function: FunctionName) -> Self {
        self.calls.insert(function);
        self
    }

    /// Every part holds; `true` where there is none.
    pub fn all(parts: Vec<Self>) -> Self {
        Self::join(parts, " AND ", "true")
    }

    /// Some part holds; `false` where there is none.
    pub fn any(parts: Vec<Self>) -> Self {
        Self::join(parts, " OR ", "false")
    }

    /// The part is false; unknown stays unknown, which denies.
    #[must_use]
    pub fn not(self) -> Self {
        Self { sql: format!("NOT ({})", self.sql), ..self }
    }

    fn join(parts: Vec<Self>, with: &str, neutral: &str) -> Self {
        let mut distinct: Vec<Self> = Vec::new();
        for part in parts {
            if part.sql != neutral && !distinct.contains(&part) {
                distinct.push(part);
            }
        }
        match distinct.len() {
            0 => Self::new(neutral),
            1 => distinct.remove(0),
            _ => {
                let texts: Vec<String> = distinct.iter().map(|part| format!("({})", part.sql)).collect();
                Self {
                    sql: texts.join(with),
                    columns: distinct.iter().flat_map(|part| part.columns.iter().cloned()).collect(),
                    calls: distinct.iter().flat_map(|part| part.calls.iter().cloned()).collect(),
                }
            }
        }
    }
}

/// `"a"`, or `("a", "b")`.
pub fn column_tuple(columns: &[ColumnName]) -> String {
    let quoted: Vec<String> = columns.iter().map(quote).collect();
    if quoted.len() == 1 { quoted.concat() } else { format!("({})", quoted.join(", ")) }
}

pub fn quote(column: &ColumnName) -> String {
    Ident::new(column.as_str()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_are_flat_distinct_and_keep_what_they_need() {
        let a = Predicate::on("\"a\"", &[ColumnName::new("a")]);
        let b = Predicate::on("\"b\"", &[ColumnName::new("b")]);
        let both = Predicate::all(vec![a.clone(), b, a.clone(), Predicate::new("true")]);
        assert_eq!(both.sql, "(\"a\") AND (\"b\")");
        assert_eq!(both.columns.len(), 2);
        assert_eq!(Predicate::any(vec![a.clone()]), a);
        assert_eq!(Predicate::any(vec![]).sql, "false");
        assert_eq!(Predicate::all(vec![]).sql, "true");
    }
}
