//! The project document: the database, where tenants and people come from.

use super::{AcceptDoc, AssertionDoc, CheckLevelDoc, ConditionDoc, RestrictDoc, TenantDoc};
use crate::diagnostic::{Span, Spanned};
use crate::names::{
    ColumnName, KeyName, Language, ObjectName, PersonaName, ProjectName, SchemaName, TableName, TenantKind, TierName,
};
use indexmap::IndexMap;

#[derive(Debug, Clone)]
pub struct ProjectDoc {
    pub span: Span,
    pub name: Spanned<ProjectName>,
    pub database: DatabaseDoc,
    /// Where managed tables are; stays where the project is called otherwise for the while of a test.
    pub managed_schema: SchemaName,
    pub timezone: Option<Spanned<String>>,
    /// The languages of labels; the first is the usual one.
    pub locales: Vec<Spanned<Language>>,
    pub tiers: Vec<Spanned<TierName>>,
    pub specs: Vec<Spanned<String>>,
    pub people: Vec<PeopleDoc>,
    pub tenants: Vec<TenantSourceDoc>,
    pub assigned_tenants: Option<AssignedTenantsDoc>,
    pub restrict: IndexMap<ObjectName, RestrictDoc>,
    pub accept: Vec<AcceptDoc>,
    pub checks: Vec<CheckLevelDoc>,
    pub profiles: Vec<Spanned<Profile>>,
    pub assertions: Vec<AssertionDoc>,
    /// All that there are, by their names.
    pub environments: Vec<Spanned<String>>,
    pub storage: Storage,
}

/// Where the bytes of attachments lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Relative to the project folder, or absolute.
    pub folder: String,
    pub scan: Option<Scan>,
}

impl Default for Storage {
    fn default() -> Self {
        Self { folder: ".portalctl/files".to_owned(), scan: None }
    }
}

/// A command that looks at each file before it is kept; its path is the last argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// At least the program.
    pub command: Vec<String>,
    pub seconds: u64,
}

impl ProjectDoc {
    /// What `$today` means.
    pub fn timezone(&self) -> &str {
        self.timezone.as_ref().map_or("UTC", |zone| &zone.value)
    }

    /// Where portalctl keeps what is its own; `<project>_portal` where unwritten.
    pub fn control_schema(&self) -> SchemaName {
        let written = self.database.control_schema.as_ref().map(|name| name.value.clone());
        written.unwrap_or_else(|| SchemaName::new(format!("{}_portal", self.name.value)))
    }
}

#[derive(Debug, Clone, Default)]
pub struct DatabaseDoc {
    /// `postgres` where unwritten.
    pub engine: Option<Spanned<String>>,
    pub schema: Option<Spanned<SchemaName>>,
    pub control_schema: Option<Spanned<SchemaName>>,
    /// Patterns relative to the project folder.
    pub setup: Vec<Spanned<String>>,
}

/// A table reference as written: `crm.cases`, or `cases` in the project's default schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableRef {
    Qualified(TableName),
    Bare(String),
}

#[derive(Debug, Clone)]
pub struct PeopleDoc {
    pub span: Span,
    /// `name:`, by which sessions remember the source; the table's name where unwritten.
    pub name: Option<Spanned<String>>,
    pub from_table: Spanned<TableRef>,
    /// Key name to column: `{contact: id}`.
    pub keys: IndexMap<KeyName, Spanned<ColumnName>>,
    pub email: Spanned<ColumnName>,
    /// A column with a person's name, for greeting; optional.
    pub title: Option<Spanned<ColumnName>>,
    /// The column with the tenant's key; absent for internal people.
    pub tenant: Option<Spanned<ColumnName>>,
    pub tenant_kind: Option<Spanned<TenantKind>>,
    pub reports_to: Option<Spanned<ColumnName>>,
    pub audience: PeopleAudienceDoc,
    pub filter: Option<ConditionDoc>,
}

#[derive(Debug, Clone)]
pub enum PeopleAudienceDoc {
    Fixed(Spanned<PersonaName>),
    ByColumn { column: Spanned<ColumnName>, values: IndexMap<String, Spanned<PersonaName>> },
}

#[derive(Debug, Clone)]
pub enum TenantSourceDoc {
    Table(TenantTableDoc),
    Csv(TenantCsvDoc),
}

/// `{from_table: crm.accounts, key: id, title: name, tenant_kind: customer, where: {…}}`.
#[derive(Debug, Clone)]
pub struct TenantTableDoc {
    pub span: Span,
    pub from_table: Spanned<TableRef>,
    pub key: Spanned<ColumnName>,
    pub keys: IndexMap<KeyName, Spanned<ColumnName>>,
    pub title: Option<Spanned<ColumnName>>,
    pub tenant_kind: TenantKindDoc,
    /// Column with the key of the tenant above.
    pub parent: Option<Spanned<ColumnName>>,
    pub tier: Option<TierSourceDoc>,
    pub filter: Option<ConditionDoc>,
}

/// `tenant_kind: customer`, or `{column: type, values: {C: customer, P: partner}}`.
#[derive(Debug, Clone)]
pub enum TenantKindDoc {
    Unwritten,
    Fixed(Spanned<TenantKind>),
    ByColumn { column: Spanned<ColumnName>, values: IndexMap<String, Spanned<TenantKind>> },
}

/// `tier: tier_code` (a column with the tiers' own names), or `{column: …, values: {G: gold}}`, or `{value: gold}`.
#[derive(Debug, Clone)]
pub enum TierSourceDoc {
    Fixed(Spanned<TierName>),
    Column(Spanned<ColumnName>),
    ByColumn { column: Spanned<ColumnName>, values: IndexMap<String, Spanned<TierName>> },
}

/// `{from_csv: tenants.csv}` with its rows, as documents; columns are those of a tenant document
/// (`name,title,tenant_kind,key,parent,tier`), further ones are named keys (`keys.erp`).
#[derive(Debug, Clone)]
pub struct TenantCsvDoc {
    pub span: Span,
    pub path: Spanned<String>,
    pub tenants: Vec<TenantDoc>,
}

/// `{table: crm.account_team, tenant: account_id, user: {column: staff_id, key: employee}}`.
#[derive(Debug, Clone)]
pub struct AssignedTenantsDoc {
    pub span: Span,
    pub table: Spanned<TableRef>,
    pub tenant: Spanned<ColumnName>,
    pub tenant_kind: Option<Spanned<TenantKind>>,
    pub user: UserColumnDoc,
}

impl AssignedTenantsDoc {
    /// Wherever either is written.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let said = |doc: &Self| {
            let kind = doc.tenant_kind.as_ref().map(|kind| kind.value.clone());
            let key = doc.user.key.as_ref().map(|key| key.value.clone());
            (doc.table.value.clone(), doc.tenant.value.clone(), kind, doc.user.column.value.clone(), key)
        };
        said(self) == said(other)
    }
}

/// A column that holds a user's key: `staff_id`, or `{column: staff_id, key: employee}`.
#[derive(Debug, Clone)]
pub struct UserColumnDoc {
    pub column: Spanned<ColumnName>,
    pub key: Option<Spanned<KeyName>>,
}

/// Rules of others that a project has to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    Gdpr,
    Hipaa,
    Soc2,
}

impl Profile {
    pub const ALL: [Self; 3] = [Self::Gdpr, Self::Hipaa, Self::Soc2];

    /// What the language calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gdpr => "gdpr",
            Self::Hipaa => "hipaa",
            Self::Soc2 => "soc2",
        }
    }
}
