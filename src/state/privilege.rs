//! Privileges and who holds them.

use super::FunctionName;
use crate::names::{ColumnName, RoleName, SchemaName, TableName};
use std::collections::BTreeMap;
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

/// A set of privileges. A database has one for every column and role: it is a number, and needs no memory of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Privileges(u16);

impl Privilege {
    const ALL: [Self; 13] = [
        Self::Select,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::Truncate,
        Self::References,
        Self::Trigger,
        Self::Maintain,
        Self::Usage,
        Self::Create,
        Self::Execute,
        Self::Connect,
        Self::Temporary,
    ];

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl Privileges {
    pub fn insert(&mut self, privilege: Privilege) {
        self.0 |= privilege.bit();
    }
    pub fn remove(&mut self, privilege: Privilege) {
        self.0 &= !privilege.bit();
    }
    pub fn contains(self, privilege: Privilege) -> bool {
        self.0 & privilege.bit() != 0
    }
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// In the order of their definition.
    pub fn iter(self) -> impl Iterator<Item = Privilege> {
        Privilege::ALL.into_iter().filter(move |privilege| self.contains(*privilege))
    }
    /// Those that `other` has not.
    pub fn without(self, other: Self) -> impl Iterator<Item = Privilege> {
        Self(self.0 & !other.0).iter()
    }
}

impl serde::Serialize for Privileges {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
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
pub struct Acl(#[serde(with = "super::keyed")] pub BTreeMap<Grantee, Privileges>);

impl Acl {
    pub fn grant(&mut self, grantee: Grantee, privilege: Privilege) {
        self.0.entry(grantee).or_default().insert(privilege);
    }
    pub fn has(&self, grantee: &Grantee, privilege: Privilege) -> bool {
        self.0.get(grantee).is_some_and(|held| held.contains(privilege))
    }
    /// Takes everything from the roles that `of` names.
    pub fn clear(&mut self, of: impl Fn(&RoleName) -> bool) {
        self.0.retain(|grantee, _| !matches!(grantee, Grantee::Role(role) if of(role)));
    }
}

/// What somebody will hold on things that a role is yet to make.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DefaultPrivilege {
    pub maker: RoleName,
    /// `None`: wherever it makes them.
    pub schema: Option<SchemaName>,
    pub of: MadeThing,
    pub acl: Acl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MadeThing {
    Tables,
    Sequences,
    Functions,
}

impl MadeThing {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Tables => "tables",
            Self::Sequences => "sequences",
            Self::Functions => "functions",
        }
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
