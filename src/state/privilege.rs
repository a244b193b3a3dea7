//! Privileges and who holds them.

use super::FunctionName;
use crate::names::{ColumnName, RoleName, SchemaName, TableName};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Privilege {
    Select,
    Insert,
    Update,
    Delete,
    Truncate,
    References,
    Trigger,
    /// PostgreSQL 17 and newer.
    Maintain,
    Usage,
    Create,
    Execute,
    Connect,
    Temporary,
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Truncate => "TRUNCATE",
            Self::References => "REFERENCES",
            Self::Trigger => "TRIGGER",
            Self::Maintain => "MAINTAIN",
            Self::Usage => "USAGE",
            Self::Create => "CREATE",
            Self::Execute => "EXECUTE",
            Self::Connect => "CONNECT",
            Self::Temporary => "TEMPORARY",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum Grantee {
    Public,
    Role(RoleName),
}

impl fmt::Display for Grantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("PUBLIC"),
            Self::Role(role) => role.fmt(f),
        }
    }
}

/// Who holds what on one thing, the owner's own privileges left out. The defaults of a NULL ACL
/// (`acldefault()`) are written out.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Acl(#[serde(with = "super::keyed")] pub BTreeMap<Grantee, BTreeSet<Privilege>>);

impl Acl {
    pub fn grant(&mut self, grantee: Grantee, privilege: Privilege) {
        self.0.entry(grantee).or_default().insert(privilege);
    }
    pub fn has(&self, grantee: &Grantee, privilege: Privilege) -> bool {
        self.0.get(grantee).is_some_and(|held| held.contains(&privilege))
    }
    /// Takes everything from the roles that `of` names.
    pub fn clear(&mut self, of: impl Fn(&RoleName) -> bool) {
        self.0.retain(|grantee, _| !matches!(grantee, Grantee::Role(role) if of(role)));
    }
}

/// What a privilege is held on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Securable {
    Database,
    Schema(SchemaName),
    Table(TableName),
    Column(TableName, ColumnName),
    Function(FunctionName),
}

/// A role may pass a privilege on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct GrantOption {
    pub on: Securable,
    pub privilege: Privilege,
    pub role: RoleName,
}

impl fmt::Display for Securable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database => f.write_str("the database"),
            Self::Schema(schema) => write!(f, "schema {schema}"),
            Self::Table(table) => table.fmt(f),
            Self::Column(table, column) => write!(f, "{table}.{column}"),
            Self::Function(function) => write!(f, "function {function}"),
        }
    }
}
