//! What has to be asked of the rows, and the answers: numbers alone. No value of a row leaves the database.

use super::route::Route;
use super::settings::Deciding;
use crate::names::{ColumnName, TableName};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    pub counts: Vec<CountQuestion>,
    pub samples: Vec<SampleQuestion>,
    pub keys: Vec<KeyQuestion>,
    pub kinds: Vec<KindQuestion>,
}

/// How many rows of `table` each of the routes leads to a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountQuestion {
    pub table: TableName,
    /// Which of the kinds of tenant.
    pub kind: usize,
    /// Which rows of the tenants' table are of that kind.
    pub only: Option<Deciding>,
    pub routes: Vec<Route>,
    pub extent: Extent,
}

/// How much there may be to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// As the server estimates; `None`: it does not know.
    pub rows: Option<u64>,
    /// Whether a part can be taken from everywhere in it, and not from its beginning alone.
    pub has_pages: bool,
}

/// What texts are in these columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleQuestion {
    pub table: TableName,
    pub columns: Vec<ColumnName>,
    pub extent: Extent,
}

/// Whether a row is the only one with its values in these columns, and has them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyQuestion {
    pub table: TableName,
    pub candidates: Vec<Vec<ColumnName>>,
}

/// How many rows have each of these values, which the column's type or a check allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindQuestion {
    pub table: TableName,
    pub column: ColumnName,
    /// Empty: the column may have any.
    pub values: Vec<String>,
    pub extent: Extent,
}

/// How many different values a column has, and how many rows each of those that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindCount {
    pub different: u64,
    pub rows: Vec<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    pub counts: BTreeMap<(TableName, usize), Result<Counted, String>>,
    pub samples: BTreeMap<(TableName, ColumnName), Sampled>,
    /// The first of the candidates that tells rows apart, by its place.
    pub keys: BTreeMap<TableName, Option<usize>>,
    pub kinds: BTreeMap<(TableName, ColumnName), KindCount>,
    /// Tables that could not be looked into, with why.
    pub unanswered: BTreeMap<TableName, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Counted {
    pub rows: u64,
    /// Not a part of a large table.
    pub complete: bool,
    pub routes: Vec<RouteCount>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct RouteCount {
    pub reachable: u64,
    /// A key on the way leads nowhere.
    pub unreachable: u64,
    /// A column on the way is NULL.
    pub nulls: u64,
    /// Rows for which the first route, which is the shortest, says another tenant, or one of the two says none.
    pub differs: u64,
    /// Rows that lead to a tenant of another kind.
    pub of_others: u64,
    /// Rows that lead to more than one tenant, where children lead there.
    pub several: u64,
}

/// Of one column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sampled {
    pub filled: u64,
    pub emails: u64,
    pub urls: u64,
    /// Longer than a line, or several lines.
    pub long: u64,
    /// Numbers of bank accounts and cards.
    pub accounts: u64,
    /// Digests of passwords.
    pub digests: u64,
}

impl Sampled {
    /// Whether nearly all that are filled are so.
    pub fn mostly(&self, count: u64) -> bool {
        self.filled > 0 && count * 5 >= self.filled * 4
    }
}
