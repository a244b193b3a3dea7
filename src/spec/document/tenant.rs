//! Tenant documents.

use super::BrandingDoc;
use crate::diagnostic::{Span, Spanned};
use crate::names::{KeyName, PersonaName, TenantKind, TenantName, TierName};
use indexmap::IndexMap;

#[derive(Debug, Clone)]
pub struct TenantDoc {
    pub span: Span,
    pub name: Spanned<TenantName>,
    pub title: Option<String>,
    pub tenant_kind: Option<Spanned<TenantKind>>,
    pub key: Option<Spanned<String>>,
    pub keys: IndexMap<KeyName, Spanned<String>>,
    pub parent: Option<Spanned<TenantName>>,
    pub tier: Option<Spanned<TierName>>,
    /// `YYYY-MM-DD`.
    pub paid_until: Option<String>,
    pub members: Vec<MemberDoc>,
    /// `None`: a row of a CSV file.
    pub branding: Option<BrandingDoc>,
}

#[derive(Debug, Clone)]
pub struct MemberDoc {
    pub span: Span,
    pub email: Spanned<String>,
    pub audience: Spanned<PersonaName>,
    /// The user's main key.
    pub key: Option<Spanned<String>>,
    pub keys: IndexMap<KeyName, Spanned<String>>,
}
