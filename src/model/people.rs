//! Where tenants and people come from.

use super::Condition;
use crate::diagnostic::Span;
use crate::names::{ColumnName, KeyName, PersonaName, TableName, TenantKind, TenantName, TierName};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// A value that is fixed, or read from a column through a table of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByValue<T> {
    Fixed(T),
    /// Rows whose column holds none of the values do not count.
    Column {
        column: ColumnName,
        values: IndexMap<String, T>,
    },
}

/// A live table of tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSource {
    pub table: TableName,
    pub key: ColumnName,
    /// Further named keys.
    pub keys: BTreeMap<KeyName, ColumnName>,
    pub title: Option<ColumnName>,
    /// `None`: the project knows no kinds.
    pub kind: Option<ByValue<TenantKind>>,
    pub parent: Option<ColumnName>,
    pub tier: Option<TierSource>,
    /// Over columns of the table: field names are column names here.
    pub condition: Condition,
    pub span: Span,
}

impl TenantSource {
    /// Whether some of its tenants are of that kind; `None`: the project knows no kinds.
    pub fn may_be(&self, kind: Option<&TenantKind>) -> bool {
        match (kind, &self.kind) {
            (None, _) | (_, None) => true,
            (Some(kind), Some(ByValue::Fixed(only))) => only == kind,
            (Some(kind), Some(ByValue::Column { values, .. })) => values.values().any(|one| one == kind),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TierSource {
    /// The column holds tier names as the project writes them; anything else is no tier.
    Named(ColumnName),
    ByValue(ByValue<TierName>),
}

/// A live table of people who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleSource {
    /// By which sessions remember the source; unique in the project, stable under reordering.
    pub name: String,
    pub table: TableName,
    /// At least one; the first identifies the person's row.
    pub keys: IndexMap<KeyName, ColumnName>,
    pub email: ColumnName,
    pub title: Option<ColumnName>,
    /// Holds the tenant's main key; `None`: internal people.
    pub tenant: Option<ColumnName>,
    pub tenant_kind: Option<TenantKind>,
    /// Holds the first key of the person reported to.
    pub reports_to: Option<ColumnName>,
    pub audience: PeopleAudience,
    pub condition: Condition,
    pub span: Span,
}

pub type PeopleAudience = ByValue<PersonaName>;

/// A business table that names tenants for staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignedTenants {
    pub table: TableName,
    /// Holds the tenant's main key.
    pub tenant: ColumnName,
    pub kind: Option<TenantKind>,
    pub user: super::UserColumn,
    pub span: Span,
}

/// A tenant that a document or a CSV row declares; `apply` copies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredTenant {
    pub name: TenantName,
    pub title: String,
    pub kind: Option<TenantKind>,
    /// The main key, in the canonical text of the column's type.
    pub key: String,
    pub keys: BTreeMap<KeyName, String>,
    pub parent: Option<TenantName>,
    pub tier: Option<TierName>,
    /// `YYYY-MM-DD`; `None`: no document says.
    pub paid_until: Option<String>,
    pub members: Vec<DeclaredMember>,
    /// By their full names, `branding.name`; `None`: a row of a CSV file, which says nothing of them.
    pub settings: Option<BTreeMap<String, String>>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredMember {
    /// Lower case.
    pub email: String,
    pub persona: PersonaName,
    pub keys: BTreeMap<KeyName, String>,
    pub span: Span,
}
