//! Tenants, users and rows by label: what access tests and samples are given.

use super::Operand;
use crate::diagnostic::{Span, Spanned};
use crate::names::{FieldName, KeyName, ObjectName, PathName, RowLabel, TenantKind, TenantName, TierName, UserLabel};
use indexmap::IndexMap;

#[derive(Debug, Clone, Default)]
pub struct GivenDoc {
    pub tenants: IndexMap<TenantName, GivenTenantDoc>,
    pub users: IndexMap<UserLabel, GivenUserDoc>,
    pub rows: IndexMap<ObjectName, GivenRowsDoc>,
}

#[derive(Debug, Clone)]
pub struct GivenTenantDoc {
    /// Of the label.
    pub span: Span,
    pub title: Option<String>,
    pub tenant_kind: Option<Spanned<TenantKind>>,
    pub tier: Option<Spanned<TierName>>,
    pub key: Option<Spanned<String>>,
    pub keys: IndexMap<KeyName, Spanned<String>>,
    pub parent: Option<Spanned<TenantName>>,
}

#[derive(Debug, Clone)]
pub struct GivenUserDoc {
    /// Of the label.
    pub span: Span,
    pub title: Option<String>,
    pub email: Option<Spanned<String>>,
    pub tenant: Option<Spanned<TenantName>>,
    /// An audience of the portal that gives the sample, or `portal/audience`.
    pub audience: Option<Spanned<String>>,
    pub key: Option<Spanned<String>>,
    pub keys: IndexMap<KeyName, Spanned<String>>,
    pub mfa: bool,
    pub assigned: Vec<Spanned<TenantName>>,
    pub reports_to: Option<Spanned<UserLabel>>,
    pub memberships: Vec<GivenMembershipDoc>,
}

#[derive(Debug, Clone)]
pub struct GivenMembershipDoc {
    pub span: Span,
    pub tenant: Option<Spanned<TenantName>>,
    pub audience: Spanned<String>,
}

/// The rows of one object in one place.
#[derive(Debug, Clone)]
pub struct GivenRowsDoc {
    /// Of the object's name.
    pub span: Span,
    pub rows: Vec<GivenRowDoc>,
}

#[derive(Debug, Clone)]
pub struct GivenRowDoc {
    pub span: Span,
    pub label: Spanned<RowLabel>,
    pub values: GivenValuesDoc,
}

/// Whose a row is, and what its fields hold.
#[derive(Debug, Clone, Default)]
pub struct GivenValuesDoc {
    pub tenant: Option<ByPathDoc>,
    pub owner: Option<ByPathDoc>,
    /// In written order. `None` is NULL.
    pub fields: Vec<GivenFieldDoc>,
}

#[derive(Debug, Clone)]
pub struct GivenFieldDoc {
    pub field: Spanned<FieldName>,
    /// Where the value stands.
    pub span: Span,
    /// `None`: NULL.
    pub value: Option<Operand>,
}

/// `tenant: north`, or `tenant: {partner: north, customer: south}`: labels.
#[derive(Debug, Clone)]
pub enum ByPathDoc {
    Only(Spanned<String>),
    Paths(Vec<(Spanned<PathName>, Spanned<String>)>),
}
