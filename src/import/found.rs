//! What is in a database that was there before: its tables as their owners made them.

use crate::names::{ColumnName, RoleName, SchemaName, TableName};
use crate::state::{ForeignKey, RelationKind};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub database: String,
    pub relations: BTreeMap<TableName, FoundRelation>,
    /// The schemas that were asked for; empty: all.
    pub asked: Vec<SchemaName>,
    /// Tables of the business in schemas that were not asked for.
    pub elsewhere: BTreeMap<SchemaName, usize>,
    /// Partitions, tables of extensions and those that portalctl made: looked at, and nobody's object.
    pub passed_over: Vec<(TableName, PassedOver)>,
}

impl Found {
    /// Whether the table would have been found, were it there.
    pub fn looked_for(&self, table: &TableName) -> bool {
        self.asked.is_empty() || self.asked.contains(&table.schema)
    }

    /// Whether there is such a table, be it one that becomes no object.
    pub fn has(&self, table: &TableName) -> bool {
        self.relations.contains_key(table) || self.passed_over.iter().any(|(passed, _)| passed == table)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PassedOver {
    PartitionOf(TableName),
    Extension(String),
    Managed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRelation {
    pub kind: RelationKind,
    pub owner: RoleName,
    pub comment: Option<String>,
    /// In the table's order.
    pub columns: Vec<FoundColumn>,
    /// In the key's order; empty: none.
    pub primary_key: Vec<ColumnName>,
    /// Unique indexes that stand on columns alone and hold for all rows.
    pub unique: Vec<Vec<ColumnName>>,
    pub foreign_keys: Vec<ForeignKey>,
    /// Tables whose rows include those of this one.
    pub inherits: Vec<TableName>,
    pub partitions: usize,
    /// Views: what they read at first hand.
    pub reads: Vec<TableName>,
    /// Row security stands between whoever asks and the rows.
    pub hides_rows: bool,
    /// Whether who asks may read it.
    pub readable: bool,
    /// As the server estimates; `None`: it does not know.
    pub estimate: Option<u64>,
    pub privileges: Vec<FoundPrivilege>,
    pub policies: Vec<FoundPolicy>,
    /// Row security is switched on.
    pub row_security: bool,
}

impl FoundRelation {
    pub fn column(&self, name: &ColumnName) -> Option<&FoundColumn> {
        self.columns.iter().find(|column| column.name == *name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct FoundColumn {
    pub name: ColumnName,
    /// As PostgreSQL shows it: `character varying(40)`, or the name of a domain.
    pub display_type: String,
    /// The name of the type, domains resolved: `varchar`.
    pub base_type: String,
    /// Of the base type, with its modifier: `character varying(40)`.
    pub base_display: String,
    /// One letter of `pg_type.typcategory`.
    pub category: char,
    pub is_domain: bool,
    /// Of an enum, in its order.
    pub labels: Vec<String>,
    /// Constraints on this column alone, its domain's among them, as PostgreSQL writes them.
    pub checks: Vec<String>,
    pub not_null: bool,
    pub has_default: bool,
    /// The expression that it is computed from.
    pub computed: Option<String>,
    pub identity: bool,
    pub comment: Option<String>,
}

/// What somebody who is not the owner may do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct FoundPrivilege {
    /// `PUBLIC`, or a role.
    pub grantee: String,
    pub privilege: String,
    /// Empty: the whole table.
    pub columns: Vec<ColumnName>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct FoundPolicy {
    pub name: String,
    pub command: String,
    pub permissive: bool,
    pub roles: Vec<String>,
    pub using: Option<String>,
    pub check: Option<String>,
}
