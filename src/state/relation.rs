//! Tables, views and what guards them.

use super::{Acl, Grantee, Marker, Structure, Trigger};
use crate::names::{ColumnName, RoleName, TableName};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    Table,
    PartitionedTable,
    /// A partition of a partitioned table.
    Partition,
    View,
    MaterializedView,
    ForeignTable,
}

impl RelationKind {
    /// Views, materialised views and foreign tables cannot have row security.
    pub fn takes_row_security(self) -> bool {
        matches!(self, Self::Table | Self::PartitionedTable | Self::Partition)
    }

    /// What people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table | Self::PartitionedTable | Self::Partition => "table",
            Self::View => "view",
            Self::MaterializedView => "materialised view",
            Self::ForeignTable => "foreign table",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Relation {
    pub kind: RelationKind,
    pub owner: RoleName,
    pub columns: BTreeMap<ColumnName, Column>,
    pub row_security: bool,
    pub force_row_security: bool,
    /// Views: `security_invoker` is on.
    pub security_invoker: bool,
    pub acl: Acl,
    /// Only columns on which somebody holds a privilege of their own.
    pub column_acl: BTreeMap<ColumnName, Acl>,
    /// By name.
    pub policies: BTreeMap<String, RowPolicy>,
    /// By name.
    pub triggers: BTreeMap<String, Trigger>,
    /// In the key's order; empty: none.
    pub primary_key: Vec<ColumnName>,
    pub foreign_keys: Vec<ForeignKey>,
    /// Tables whose rows are deleted or changed with a row of this one.
    pub dependents: BTreeSet<Dependent>,
    /// Leading columns of every valid index.
    pub indexes: Vec<Vec<ColumnName>>,
    /// Columns of every unique index that stands on columns alone, the primary key's among them; partial ones too.
    pub unique: Vec<Vec<ColumnName>>,
    /// As many rows as the planner believes in; 0: nobody has counted them.
    pub rows: u64,
    /// Roles, neither superuser nor BYPASSRLS nor the owner, that can use some column by their own, an
    /// inherited or PUBLIC's privilege; marked roles of ours left out.
    pub privileged_roles: BTreeSet<RoleName>,
    /// Views: the relations they read, at any depth.
    pub reads: BTreeSet<TableName>,
    /// Tables that are ours to create and migrate, or stand where such a one would be; `None`: the business's own.
    pub structure: Option<Structure>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Column {
    /// As PostgreSQL shows it: `character varying(40)`.
    pub display_type: String,
    /// Qualified, quoted, without modifier, domains resolved to their base type; fit for a cast:
    /// `pg_catalog.varchar` (a cast to `varchar(3)` would cut keys, one to `character` keep one letter).
    pub cast_type: String,
    /// One letter of `pg_type.typcategory`: `N` number, `S` text, `B` boolean, `D` date and time, `E` enum, `A` array, `U` other.
    pub category: char,
    pub not_null: bool,
    pub generated: bool,
    pub has_default: bool,
    /// Sequences that the default draws from; an identity's own is not among them, and needs no privilege.
    pub draws_from: BTreeSet<TableName>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ForeignKey {
    pub columns: Vec<ColumnName>,
    pub references: TableName,
    pub referenced: Vec<ColumnName>,
    /// False after `NOT VALID`.
    pub validated: bool,
}

/// By a foreign key of that table, also one that no document names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Dependent {
    pub table: TableName,
    pub on_delete: OnDelete,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    Cascade,
    SetNull,
    SetDefault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Command {
    All,
    Select,
    Insert,
    Update,
    Delete,
}

/// PostgreSQL's row policy. Texts read from a live database are PostgreSQL's own; desired ones are
/// brought to the same form before they are compared.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RowPolicy {
    pub command: Command,
    pub permissive: bool,
    pub roles: BTreeSet<Grantee>,
    pub using: Option<String>,
    pub check: Option<String>,
    pub marker: Option<Marker>,
}
