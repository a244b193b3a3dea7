//! Object documents: exposed tables with their ways to tenant, owner and parent.

use super::{Operand, Scope, SortDoc, TableRef, UserColumnDoc, WordsDoc};
use crate::diagnostic::{Span, Spanned};
use crate::names::{
    ColumnName, FieldName, FieldSetName, KeyName, MediaPattern, ObjectName, PathName, SystemName, TenantKind,
};
use indexmap::IndexMap;

#[derive(Debug, Clone)]
pub struct ObjectDoc {
    pub span: Span,
    pub name: Spanned<ObjectName>,
    pub label: Option<LabelDoc>,
    /// `None`: the table is portalctl's to create.
    pub table: Option<Spanned<TableRef>>,
    /// Whether `managed` is written, and what.
    pub managed: Option<Spanned<bool>>,
    /// A managed object's earlier name.
    pub was: Option<Spanned<ObjectName>>,
    /// Fields that together are unique within the tenant.
    pub unique: Vec<Vec<Spanned<FieldName>>>,
    pub max_scope: MaxScopeDoc,
    pub key: Vec<Spanned<ColumnName>>,
    /// `None`: the table generates its key, or a field of a create grant gives it.
    pub key_generation: Option<Spanned<KeyGeneration>>,
    pub tenants: IndexMap<PathName, TenantPathDoc>,
    pub parent: Option<ParentDoc>,
    pub owners: IndexMap<PathName, OwnerDoc>,
    pub shares: Option<SharesDoc>,
    pub assignments: Vec<AssignmentDoc>,
    pub fields: IndexMap<FieldName, FieldDoc>,
    pub field_sets: IndexMap<FieldSetName, Vec<Spanned<FieldName>>>,
    pub sort: Option<Spanned<SortDoc>>,
    pub states: Option<StatesDoc>,
    pub delete: Option<DeleteDoc>,
    /// Whether portal users' changes are recorded; unwritten, they are.
    pub audit_writes: Option<bool>,
    pub source: Option<SourceDoc>,
    pub min_group: Option<MinGroupDoc>,
    pub attachments: Option<AttachmentsDoc>,
    pub retention: Option<RetentionDoc>,
}

/// `{after: 7y, from: closed_at, then: anonymise, fields: [email], unless: legal_hold}`.
#[derive(Debug, Clone)]
pub struct RetentionDoc {
    pub span: Span,
    pub after: Period,
    pub from: Option<Spanned<FieldName>>,
    pub then: Spanned<RetentionEnd>,
    pub fields: Vec<Spanned<FieldName>>,
    pub unless: Option<Spanned<FieldName>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RetentionEnd {
    Delete,
    Anonymise,
}

/// Months and days, as the calendar counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub months: u32,
    pub days: u32,
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self { months: 0, days } => write!(f, "{days}d"),
            Self { months, .. } if months % 12 == 0 => write!(f, "{}y", months / 12),
            Self { months, .. } => write!(f, "{months}mo"),
        }
    }
}

impl ObjectDoc {
    /// Whether its table is portalctl's to create and to migrate.
    #[must_use]
    pub fn is_managed(&self) -> bool {
        self.table.is_none() && self.managed.as_ref().is_some_and(|managed| managed.value)
    }
}

/// `{external: tenant, internal: all}`: ceilings, never grants.
#[derive(Debug, Clone, Default)]
pub struct MaxScopeDoc {
    pub external: Option<Spanned<Scope>>,
    pub internal: Option<Spanned<Scope>>,
}

/// `{count: orders, least: 5}`.
#[derive(Debug, Clone)]
pub struct MinGroupDoc {
    pub count: Spanned<ColumnName>,
    pub least: u32,
}

/// `{max_bytes: 10MiB, types: [image/*, application/pdf]}`, with what is unwritten filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentsDoc {
    pub max_bytes: u64,
    pub max_files: u32,
    pub max_tenant_bytes: u64,
    /// At least one.
    pub types: Vec<MediaPattern>,
}

/// `{system: erp, write_back: true}`.
#[derive(Debug, Clone)]
pub struct SourceDoc {
    pub system: Spanned<SystemName>,
    pub write_back: bool,
    /// Seconds.
    pub max_staleness: Option<u64>,
}

/// What makes the key of a created row where the table has no default for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyGeneration {
    Uuid,
    /// A sequence of the control schema that starts after the largest key.
    Sequence,
}

/// `{field: stage, transitions: {qualify: [propose, lost]}}`.
#[derive(Debug, Clone)]
pub struct StatesDoc {
    pub span: Span,
    pub field: Spanned<FieldName>,
    pub transitions: Vec<(Spanned<String>, Vec<Spanned<String>>)>,
    /// The states in which nothing is to be done any more.
    pub over: Vec<Spanned<String>>,
}

/// What deleting does; unwritten, nobody deletes.
#[derive(Debug, Clone)]
pub enum DeleteDoc {
    Hard(Span),
    /// The column is set; rows where it is set are shown to nobody.
    Soft(Spanned<ColumnName>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelDoc {
    pub one: WordsDoc,
    pub many: WordsDoc,
}

#[derive(Debug, Clone)]
pub struct TenantPathDoc {
    pub span: Span,
    pub kind: Option<Spanned<TenantKind>>,
    pub shape: TenantPathShape,
}

#[derive(Debug, Clone)]
pub enum TenantPathShape {
    /// `account_id`, `{column: erp_no, key: erp}`.
    Column { column: Spanned<ColumnName>, key: Option<Spanned<KeyName>> },
    /// `{via: order_id, object: order, path: …}`; several columns for a composite key, in the parent's key order.
    Via { via: Vec<Spanned<ColumnName>>, object: Spanned<ObjectName>, path: Option<Spanned<PathName>> },
    /// `{link: {table: …, row: contact_id, tenant: account_id}}`.
    Link {
        table: Spanned<TableRef>,
        row: Vec<Spanned<ColumnName>>,
        tenant: Spanned<ColumnName>,
        key: Option<Spanned<KeyName>>,
    },
    /// `{from: order_line, column: order_id, path: supplier}`.
    From { object: Spanned<ObjectName>, columns: Vec<Spanned<ColumnName>>, path: Option<Spanned<PathName>> },
}

#[derive(Debug, Clone)]
pub struct ParentDoc {
    pub span: Span,
    pub via: Vec<Spanned<ColumnName>>,
    pub object: Spanned<ObjectName>,
}

#[derive(Debug, Clone)]
pub enum OwnerDoc {
    /// `created_by`, `{column: …, key: contact}`.
    Column(UserColumnDoc),
    /// `{via: team_id, object: team, path: …}`.
    Via { via: Vec<Spanned<ColumnName>>, object: Spanned<ObjectName>, path: Option<Spanned<PathName>> },
}

/// A mapped link table of shares: `{table: …, row: case_id, user: contact_id, until: expires}` or `tenant:`.
#[derive(Debug, Clone)]
pub struct SharesDoc {
    pub span: Span,
    pub table: Spanned<TableRef>,
    pub row: Vec<Spanned<ColumnName>>,
    pub with: LinkedDoc,
    pub until: Option<Spanned<ColumnName>>,
}

#[derive(Debug, Clone)]
pub enum LinkedDoc {
    User(UserColumnDoc),
    Tenant { column: Spanned<ColumnName>, kind: Option<Spanned<TenantKind>>, key: Option<Spanned<KeyName>> },
}

#[derive(Debug, Clone)]
pub struct AssignmentDoc {
    pub span: Span,
    pub table: Spanned<TableRef>,
    pub of: AssignmentOf,
    pub user: UserColumnDoc,
}

#[derive(Debug, Clone)]
pub enum AssignmentOf {
    /// Names the row itself.
    Row(Vec<Spanned<ColumnName>>),
    /// Names the row's tenant, on `path` where the object has several.
    Tenant { column: Spanned<ColumnName>, path: Option<Spanned<PathName>> },
    /// Names the row's parent.
    Parent(Vec<Spanned<ColumnName>>),
}

#[derive(Debug, Clone)]
pub struct FieldDoc {
    pub span: Span,
    pub field_type: Spanned<FieldType>,
    /// The field's name where unwritten.
    pub column: Option<Spanned<ColumnName>>,
    pub label: Option<WordsDoc>,
    /// Of an enum field: what its values are called.
    pub value_labels: Vec<(Spanned<String>, WordsDoc)>,
    pub class: Option<Spanned<FieldClass>>,
    pub required: bool,
    pub max_length: Option<u32>,
    pub search: bool,
    /// Column that holds the currency of a `money` field.
    pub currency: Option<Spanned<FieldName>>,
    /// What a form begins with; the table's own default stays the table's.
    pub default: Option<Spanned<Operand>>,
    pub mask: Option<Spanned<Mask>>,
    pub unique: bool,
    /// The field's earlier name.
    pub was: Option<Spanned<FieldName>>,
    /// What the database computes it from.
    pub generated: Option<Spanned<String>>,
    pub numbered: Option<Spanned<Numbering>>,
    /// `on_update: $now`.
    pub on_update: Option<Span>,
    /// Of a `user` field.
    pub user_key: Option<Spanned<KeyName>>,
    /// Of a `tenant` field.
    pub tenant_kind: Option<Spanned<TenantKind>>,
}

/// `{prefix: C-, digits: 5}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    pub prefix: String,
    pub digits: u32,
}

/// What is shown of a field to whoever does not read it plainly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mask {
    /// The last four characters of a value of eight or more.
    Last4,
    /// The first letter and the domain.
    Email,
    /// A keyed digest, equal for equal values.
    Hash,
}

impl Mask {
    pub const ALL: [Self; 3] = [Self::Last4, Self::Email, Self::Hash];

    /// What the language calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Last4 => "last4",
            Self::Email => "email",
            Self::Hash => "hash",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    Text,
    LongText,
    Email,
    Url,
    Phone,
    Integer,
    Decimal,
    Money,
    Boolean,
    Date,
    Timestamp,
    Uuid,
    Enum(Vec<String>),
    Reference(ObjectName),
    /// Holds a user's key.
    User,
    /// Holds a tenant's key.
    Tenant,
    File,
    Json,
}

/// How far a field may travel. Unwritten is `business`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldClass {
    Public,
    #[default]
    Business,
    Internal,
    Personal,
    Financial,
    Health,
    Secret,
}

impl FieldClass {
    /// As documents write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Business => "business",
            Self::Internal => "internal",
            Self::Personal => "personal",
            Self::Financial => "financial",
            Self::Health => "health",
            Self::Secret => "secret",
        }
    }
}
