//! Portals: where they are found, what they look like, how one enters.

use super::{Answered, Page, RateLimit, RegistrationField, Who, Words};
use crate::diagnostic::{Span, Spanned};
use crate::names::{AudienceName, ModuleName, ObjectName, PageName, PortalName, TenantKind, TypeName};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    pub name: PortalName,
    /// What it began with, for those who look whether it still fits: nobody's access follows from it.
    pub portal_type: Option<Spanned<TypeName>>,
    /// Those that it has, needed ones included.
    pub modules: BTreeSet<ModuleName>,
    pub title: Words,
    pub host: Option<String>,
    /// Starts with `/`; `/<portal>` where unwritten.
    pub path: String,
    /// In written order.
    pub audiences: IndexMap<AudienceName, Audience>,
    pub brand_name: Option<String>,
    pub logo: Option<String>,
    pub colors: IndexMap<String, String>,
    pub navigation: Vec<Navigation>,
    /// Those with a view of their own.
    pub pages: BTreeMap<PageName, Page>,
    pub session: Session,
    pub registration: Option<Registration>,
    /// What was answered to the decision guide; `None`: nobody wrote it down.
    pub answers: Option<Answered>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    pub label: Words,
    pub who: Who,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Navigation {
    Home,
    Object(ObjectName),
    /// A page of the portal's `pages`.
    View(PageName),
    Page {
        page: String,
        title: Words,
    },
}

/// Seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    pub idle: u64,
    pub absolute: u64,
}

/// How people who do not sign in ask to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// What they are asked; the e-mail address first.
    pub form: Vec<RegistrationField>,
    /// Whether somebody decides; else they become a user at once.
    pub approval: bool,
    /// For one network, and for one address.
    pub limit: RateLimit,
    pub audience: AudienceName,
    /// Of the tenant that a new one is.
    pub tenant_kind: Option<TenantKind>,
    pub span: Span,
}
