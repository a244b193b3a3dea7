//! Who is let in, by whom, how often somebody may ask, and until when people are who they are.

use super::Scope;
use crate::diagnostic::{Span, Spanned};
use crate::names::{AudienceName, ColumnName, FieldName, ObjectName, PathName, TenantKind};

/// `{may_grant: [customer], registrations: true}`.
#[derive(Debug, Clone)]
pub struct DelegatedAdminDoc {
    pub span: Span,
    pub may_grant: Vec<Spanned<AudienceName>>,
    /// Where it is true.
    pub registrations: Option<Span>,
}

/// `5/h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RateLimit {
    pub most: u32,
    pub seconds: u64,
}

/// `{form: [company, email], approval: required, rate_limit: 5/h, audience: customer}`.
#[derive(Debug, Clone)]
pub struct RegistrationDoc {
    pub span: Span,
    pub form: Vec<Spanned<RegistrationField>>,
    pub approval: bool,
    pub rate_limit: Option<RateLimit>,
    pub audience: Option<Spanned<AudienceName>>,
    pub tenant_kind: Option<Spanned<TenantKind>>,
}

/// What somebody who asks to be let in is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegistrationField {
    Email,
    Name,
    Company,
    Purpose,
    Phone,
}

impl RegistrationField {
    pub const ALL: [Self; 5] = [Self::Email, Self::Name, Self::Company, Self::Purpose, Self::Phone];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::Company => "company",
            Self::Purpose => "purpose",
            Self::Phone => "phone",
        }
    }
}

/// `{paid_until: paid_until, grace: 30d, on_lapse: lapsed}`.
#[derive(Debug, Clone)]
pub struct LifecycleDoc {
    pub span: Span,
    pub paid_until: PaidUntilDoc,
    /// Seconds.
    pub grace: u64,
    pub on_lapse: Spanned<AudienceName>,
}

#[derive(Debug, Clone)]
pub enum PaidUntilDoc {
    /// Of the tenants' table; for tenants of the control schema the date that they carry.
    Column(Spanned<ColumnName>),
    /// The latest of rows.
    Rows {
        object: Spanned<ObjectName>,
        field: Spanned<FieldName>,
        /// `tenant` or `own`.
        scope: Option<Spanned<Scope>>,
        path: Option<Spanned<PathName>>,
    },
}
