//! The make of tables that portalctl creates and migrates.

use super::Marker;
use crate::names::{ColumnName, ObjectName, TableName};
use std::collections::BTreeMap;

/// What a managed table is compared by, beside its columns' types. Texts are PostgreSQL's own, once compared.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Structure {
    /// `None`: the table is not ours, and stands where ours would be.
    pub marker: Option<Marker>,
    /// The columns in the table's order.
    pub order: Vec<ColumnName>,
    pub columns: BTreeMap<ColumnName, Make>,
    /// By name; of ours alone.
    pub checks: BTreeMap<String, String>,
    /// By name; of ours alone.
    pub references: BTreeMap<String, Reference>,
    /// By name; of ours alone.
    pub indexes: BTreeMap<String, Index>,
    /// Desired only: what it was called before, where it still is.
    #[serde(skip)]
    pub was: Option<TableName>,
    /// Desired only: the object of the table that was called otherwise, and its object now.
    #[serde(skip)]
    pub objects: Option<(ObjectName, ObjectName)>,
}

/// How one column is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Make {
    pub default: Option<String>,
    /// The expression that it is computed from.
    pub generated: Option<String>,
    pub identity: bool,
    /// The sequence that belongs to it, by which rows are numbered.
    pub sequence: Option<TableName>,
    /// Whether it carries the mark; others are somebody else's.
    pub ours: bool,
    /// Desired only: what it was called before, where it still is.
    #[serde(skip)]
    pub was: Option<ColumnName>,
    /// Desired only: the words of an enum.
    #[serde(skip)]
    pub words: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Reference {
    pub columns: Vec<ColumnName>,
    pub table: TableName,
    pub referenced: Vec<ColumnName>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Index {
    /// Each with whether it runs downwards.
    pub columns: Vec<(ColumnName, bool)>,
    pub unique: bool,
}

impl Structure {
    /// Nothing of its own.
    pub fn empty(marker: Option<Marker>) -> Self {
        Self {
            marker,
            order: Vec::new(),
            columns: BTreeMap::new(),
            checks: BTreeMap::new(),
            references: BTreeMap::new(),
            indexes: BTreeMap::new(),
            was: None,
            objects: None,
        }
    }
}
