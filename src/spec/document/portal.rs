//! Portal documents, their audiences, and what portals share with the project.

use super::{
    ConditionDoc, DelegatedAdminDoc, DenyDoc, GivenDoc, GrantsDoc, LifecycleDoc, RateLimit, RegistrationDoc, WordsDoc,
    WrittenLine,
};
use crate::diagnostic::{Severity, Span, Spanned};
use crate::names::{
    AudienceName, CheckName, ObjectName, PermissionSetName, PortalName, SystemName, TenantKind, TypeName,
};
use indexmap::IndexMap;

#[derive(Debug, Clone)]
pub struct PortalDoc {
    pub span: Span,
    pub name: Spanned<PortalName>,
    /// What it says of this is in it already.
    pub portal_type: Option<Spanned<TypeName>>,
    pub title: Option<WordsDoc>,
    pub host: Option<Spanned<String>>,
    pub path: Option<Spanned<String>>,
    pub audiences: IndexMap<AudienceName, AudienceDoc>,
    pub restrict: IndexMap<ObjectName, RestrictDoc>,
    pub branding: BrandingDoc,
    pub navigation: Vec<Spanned<NavigationDoc>>,
    pub session: SessionDoc,
    pub accept: Vec<AcceptDoc>,
    pub checks: Vec<CheckLevelDoc>,
    pub integrations: IndexMap<SystemName, IntegrationDoc>,
    /// Tenants and users, no rows.
    pub sample: GivenDoc,
    /// The document that its type and its own keys come to; empty where it has no type.
    pub written: Vec<WrittenLine>,
    pub lifecycle: Option<LifecycleDoc>,
    pub registration: Option<RegistrationDoc>,
    pub answers: Option<AnswersDoc>,
}

/// `{users: [customers], direction: read}`.
#[derive(Debug, Clone)]
pub struct AnswersDoc {
    pub span: Span,
    pub given: Vec<(Spanned<String>, Vec<Spanned<String>>)>,
}

/// `{kind: outbox, url_env: ERP_URL, secret_env: ERP_SECRET}`.
#[derive(Debug, Clone)]
pub struct IntegrationDoc {
    /// Of the system's name.
    pub span: Span,
    pub address: Address,
    pub secret_env: Option<String>,
}

/// Where something is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Url(String),
    /// An environment variable holds it.
    Environment(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NavigationDoc {
    /// `home`, or an object's name.
    Entry(String),
    /// `{page: about, title: About us}`: `content/about.md`.
    Page { page: String, title: WordsDoc },
}

#[derive(Debug, Clone, Default)]
pub struct BrandingDoc {
    pub name: Option<String>,
    pub logo: Option<Spanned<String>>,
    /// Token to `#rrggbb`: `primary`, `ink`, `paper`.
    pub colors: IndexMap<String, Spanned<String>>,
}

/// Seconds; `None`: the default (30 m idle, 12 h absolute).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SessionDoc {
    pub idle: Option<u64>,
    pub absolute: Option<u64>,
}

#[derive(Debug, Clone)]
pub struct AudienceDoc {
    /// Of the audience's name.
    pub span: Span,
    pub who: Option<Spanned<Who>>,
    pub label: Option<WordsDoc>,
    pub extends: Option<Spanned<AudienceName>>,
    pub permission_sets: Vec<Spanned<PermissionSetName>>,
    pub grants: IndexMap<ObjectName, GrantsDoc>,
    pub deny: IndexMap<ObjectName, DenyDoc>,
    pub tenant_kind: Option<Spanned<TenantKind>>,
    pub tenants: Option<Spanned<TenantReach>>,
    /// Whether people may ask for it.
    pub open: Option<Spanned<bool>>,
    /// Of what guests create.
    pub rate_limit: Option<Spanned<RateLimit>>,
    pub delegated_admin: Option<DelegatedAdminDoc>,
    pub lifecycle: Option<LifecycleDoc>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// Has a tenant.
    #[default]
    External,
    /// Staff: no tenant of their own.
    Internal,
    /// Not signed in.
    Guest,
}

/// Which tenants' rows an internal audience may meet at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TenantReach {
    #[default]
    All,
    Assigned,
}

#[derive(Debug, Clone)]
pub struct RestrictDoc {
    pub span: Span,
    pub condition: ConditionDoc,
}

#[derive(Debug, Clone)]
pub struct AcceptDoc {
    pub span: Span,
    pub check: Spanned<CheckName>,
    pub object: Option<Spanned<String>>,
    pub reason: Option<Spanned<String>>,
    /// `YYYY-MM-DD`.
    pub until: Option<Spanned<String>>,
}

/// `{vacuous-grant: error}`.
#[derive(Debug, Clone)]
pub struct CheckLevelDoc {
    pub check: Spanned<CheckName>,
    /// `None`: nothing is said.
    pub level: Spanned<Option<Severity>>,
}
