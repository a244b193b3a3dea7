//! Documents as written, with short and long forms brought to one shape and the place of every
//! value kept. Nothing is looked up here: names are as the author wrote them.

use crate::diagnostic::{SourceMap, Span, Spanned};
use crate::names::{
    AudienceName, CheckName, ColumnName, FieldName, FieldSetName, KeyName, ObjectName, PathName, PermissionSetName,
    PersonaName, PortalName, ProjectName, SchemaName, TableName, TenantKind, TenantName, TierName,
};
use indexmap::IndexMap;
use std::sync::Arc;

/// Everything that was read from one project folder.
#[derive(Debug, Clone, Default)]
pub struct SpecSet {
    pub sources: Arc<SourceMap>,
    pub project: Option<ProjectDoc>,
    pub objects: Vec<ObjectDoc>,
    pub permission_sets: Vec<PermissionSetDoc>,
    pub portals: Vec<PortalDoc>,
    pub tenants: Vec<TenantDoc>,
}

#[derive(Debug, Clone)]
pub struct ProjectDoc {
    pub span: Span,
    pub name: Spanned<ProjectName>,
    pub database: DatabaseDoc,
    pub timezone: Option<Spanned<String>>,
    pub tiers: Vec<Spanned<TierName>>,
    pub specs: Vec<Spanned<String>>,
    pub people: Vec<PeopleDoc>,
    pub tenants: Vec<TenantSourceDoc>,
    pub assigned_tenants: Option<AssignedTenantsDoc>,
    pub restrict: IndexMap<ObjectName, RestrictDoc>,
    pub accept: Vec<AcceptDoc>,
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

/// A column that holds a user's key: `staff_id`, or `{column: staff_id, key: employee}`.
#[derive(Debug, Clone)]
pub struct UserColumnDoc {
    pub column: Spanned<ColumnName>,
    pub key: Option<Spanned<KeyName>>,
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

#[derive(Debug, Clone)]
pub struct ObjectDoc {
    pub span: Span,
    pub name: Spanned<ObjectName>,
    pub label: Option<LabelDoc>,
    pub table: Spanned<TableRef>,
    pub key: Vec<Spanned<ColumnName>>,
    pub tenants: IndexMap<PathName, TenantPathDoc>,
    pub parent: Option<ParentDoc>,
    pub owners: IndexMap<PathName, OwnerDoc>,
    pub shares: Option<SharesDoc>,
    pub assignments: Vec<AssignmentDoc>,
    pub fields: IndexMap<FieldName, FieldDoc>,
    pub field_sets: IndexMap<FieldSetName, Vec<Spanned<FieldName>>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelDoc {
    pub one: String,
    pub many: String,
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
    pub label: Option<String>,
    pub class: Option<Spanned<FieldClass>>,
    pub required: bool,
    pub max_length: Option<u32>,
    pub search: bool,
    /// Column that holds the currency of a `money` field.
    pub currency: Option<Spanned<FieldName>>,
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

#[derive(Debug, Clone)]
pub struct PermissionSetDoc {
    pub span: Span,
    pub name: Spanned<PermissionSetName>,
    pub includes: Vec<Spanned<PermissionSetName>>,
    pub grants: IndexMap<ObjectName, GrantsDoc>,
    pub deny: IndexMap<ObjectName, DenyDoc>,
}

/// The grants of one object in one place.
#[derive(Debug, Clone)]
pub struct GrantsDoc {
    /// Of the object's name.
    pub span: Span,
    pub read: Vec<ReadGrantDoc>,
}

#[derive(Debug, Clone)]
pub struct ReadGrantDoc {
    pub span: Span,
    pub scope: Option<Spanned<Scope>>,
    pub path: Option<Spanned<PathName>>,
    pub fields: FieldsDoc,
    pub condition: Option<ConditionDoc>,
    pub has: Vec<HasDoc>,
    pub min_tier: Option<Spanned<TierBoundDoc>>,
    pub valid_from: Option<Spanned<TimeBoundDoc>>,
    pub valid_until: Option<Spanned<TimeBoundDoc>>,
}

/// Which fields: a list of names and sets, a set's name, or `all`.
#[derive(Debug, Clone)]
pub enum FieldsDoc {
    All(Span),
    /// Each name is a field or a field set of the object.
    Named(Vec<Spanned<String>>),
}

/// The closed set of row scopes; see the language reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    None,
    Own,
    Reports,
    Shared,
    Assigned,
    Tenant,
    TenantTree,
    Parent,
    Public,
    All,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TierBoundDoc {
    Tier(TierName),
    RowField(FieldName),
}

/// A field of the row, or a fixed date or timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeBoundDoc {
    Field(FieldName),
    Literal(String),
}

/// `has: {object: asset, match: {product: $row.product}}`.
#[derive(Debug, Clone)]
pub struct HasDoc {
    pub span: Span,
    pub object: Spanned<ObjectName>,
    /// Field of the other object → operand (usually `$row.<field>`).
    pub matches: Vec<(Spanned<FieldName>, Spanned<Operand>)>,
}

#[derive(Debug, Clone)]
pub struct DenyDoc {
    pub span: Span,
    /// `None`: the whole row.
    pub fields: Option<FieldsDoc>,
    pub condition: Option<ConditionDoc>,
}

/// A `where`: every test holds, and of each `any_of` list at least one entry.
#[derive(Debug, Clone)]
pub struct ConditionDoc {
    pub span: Span,
    pub tests: Vec<TestDoc>,
    pub any_of: Vec<Vec<ConditionDoc>>,
}

#[derive(Debug, Clone)]
pub struct TestDoc {
    pub field: Spanned<FieldName>,
    pub comparison: Comparison<Spanned<Operand>>,
    pub span: Span,
}

/// `status: open` · `status: [new, open]` · `amount: {lt: 5}`; several operators in one map are several tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison<T> {
    Eq(T),
    Ne(T),
    Lt(T),
    Lte(T),
    Gt(T),
    Gte(T),
    In(Vec<T>),
    NotIn(Vec<T>),
    IsNull(bool),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    Text(String),
    /// A number as written.
    Number(String),
    Boolean(bool),
    User,
    Tenant,
    Tier,
    Now,
    Today,
    Row(FieldName),
}

#[derive(Debug, Clone)]
pub struct PortalDoc {
    pub span: Span,
    pub name: Spanned<PortalName>,
    pub title: Option<String>,
    pub host: Option<Spanned<String>>,
    pub path: Option<Spanned<String>>,
    pub audiences: IndexMap<AudienceName, AudienceDoc>,
    pub restrict: IndexMap<ObjectName, RestrictDoc>,
    pub branding: BrandingDoc,
    pub navigation: Vec<Spanned<NavigationDoc>>,
    pub session: SessionDoc,
    pub accept: Vec<AcceptDoc>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NavigationDoc {
    /// `home`, or an object's name.
    Entry(String),
    /// `{page: about, title: About us}`: `content/about.md`.
    Page { page: String, title: String },
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
    pub label: Option<String>,
    pub extends: Option<Spanned<AudienceName>>,
    pub permission_sets: Vec<Spanned<PermissionSetName>>,
    pub grants: IndexMap<ObjectName, GrantsDoc>,
    pub deny: IndexMap<ObjectName, DenyDoc>,
    pub tenant_kind: Option<Spanned<TenantKind>>,
    pub tenants: Option<Spanned<TenantReach>>,
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
pub struct TenantDoc {
    pub span: Span,
    pub name: Spanned<TenantName>,
    pub title: Option<String>,
    pub tenant_kind: Option<Spanned<TenantKind>>,
    pub key: Option<Spanned<String>>,
    pub keys: IndexMap<KeyName, Spanned<String>>,
    pub parent: Option<Spanned<TenantName>>,
    pub tier: Option<Spanned<TierName>>,
    pub members: Vec<MemberDoc>,
    pub branding: BrandingDoc,
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
