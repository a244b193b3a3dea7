//! Objects and the paths from their rows to tenants, owners, parents.

use super::{
    Attachments, FieldClass, FieldType, KeyGeneration, Managed, Mask, Moves, Period, RetentionEnd, Scope, Value, Words,
};
use crate::diagnostic::Span;
use crate::names::{ColumnName, FieldName, KeyName, ObjectName, PathName, SystemName, TableName, TenantKind};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// An exposed table, view or foreign table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub name: ObjectName,
    pub label_one: Words,
    pub label_many: Words,
    pub table: TableName,
    /// Where the table is named; of the object's name where it is not.
    pub table_span: Span,
    /// `None`: the table is the business's own.
    pub managed: Option<Managed>,
    pub max_scope: MaxScope,
    /// At least one column.
    pub key: Vec<ColumnName>,
    /// Whether the document names it; else it is `id`.
    pub key_written: bool,
    /// `None`: the table's own default, or a field of the create grant. Tables of ours always have a default.
    pub key_generation: Option<KeyGeneration>,
    /// Empty: rows belong to no tenant.
    pub tenant_paths: BTreeMap<PathName, TenantPath>,
    pub owners: BTreeMap<PathName, OwnerPath>,
    /// For scope `parent`: the written `parent`, else the `via` of the only tenant path that has one.
    pub parent: Option<ParentLink>,
    /// A mapped link table beside the control schema's share records.
    pub shares: Option<ShareLink>,
    pub assignments: Vec<Assignment>,
    /// In written order.
    pub fields: IndexMap<FieldName, Field>,
    /// By which lists begin, where it is written.
    pub sort: Option<Sort>,
    pub states: Option<States>,
    /// `None`: nobody deletes.
    pub deletion: Option<Deletion>,
    /// Whether portal users' changes are recorded.
    pub audit_writes: bool,
    /// `None`: no files hang on its rows.
    pub attachments: Option<Attachments>,
    /// `None`: the rows belong to this database.
    pub source: Option<Source>,
    /// `None`: rows are kept.
    pub retention: Option<Retention>,
    /// `None`: every row may be shown.
    pub min_group: Option<MinGroup>,
    /// Of the object's name.
    pub span: Span,
}

impl Object {
    /// The field that shows `column`, where one does.
    pub fn field_of(&self, column: &ColumnName) -> Option<&Field> {
        self.fields.values().find(|field| &field.column == column)
    }

    /// Kind and column of each tenant that a row itself names, by its main key.
    pub fn direct_tenants(&self) -> impl Iterator<Item = (Option<&TenantKind>, &ColumnName)> {
        self.tenant_paths.values().filter_map(|path| match &path.route {
            TenantRoute::Column { column, key } if *key == KeyName::main() => Some((path.kind.as_ref(), column)),
            _ => None,
        })
    }
}

/// A field by which rows are sorted until somebody chooses another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    pub field: FieldName,
    /// The newest, or the most, first.
    pub descending: bool,
}

/// The widest scopes that grants on an object may have; `None`: any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaxScope {
    pub external: Option<(Scope, Span)>,
    pub internal: Option<(Scope, Span)>,
}

/// How long rows are kept, and what becomes of them then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    pub after: Period,
    /// A date or timestamp; a row without it is kept.
    pub from: ColumnName,
    pub then: RetentionEnd,
    /// What is made anonymous; none where the row is deleted.
    pub fields: Vec<FieldName>,
    /// A boolean column: the row is kept unless it is false.
    pub unless: Option<ColumnName>,
    pub span: Span,
}

/// Rows of an aggregate that stand for fewer than `least` are shown to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinGroup {
    /// Says how many a row stands for; NULL hides it.
    pub count: ColumnName,
    pub least: u32,
    /// Of the column's name.
    pub span: Span,
}

/// The system of record that the rows belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub system: SystemName,
    /// Whether portal users' writes are handed to it.
    pub write_back: bool,
    /// How old in seconds what stands here may be; 0: what the system holds this moment. `None`: nobody says.
    pub max_staleness: Option<u64>,
    /// Of the system's name.
    pub span: Span,
}

/// The field that says how a row stands, and the moves there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct States {
    pub field: FieldName,
    pub transitions: Moves,
    /// The states in which nothing is to be done any more.
    pub over: BTreeSet<String>,
}

/// What deleting a row does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deletion {
    Hard,
    /// The column is set; rows where it is set are shown to nobody.
    Soft(ColumnName),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: FieldName,
    pub label: Words,
    /// What values of an enum are called, where that is written.
    pub value_labels: BTreeMap<String, Words>,
    pub column: ColumnName,
    pub field_type: FieldType,
    pub class: FieldClass,
    pub required: bool,
    pub max_length: Option<u32>,
    pub search: bool,
    /// Field that holds the currency of a `money` field.
    pub currency: Option<FieldName>,
    /// What a form begins with.
    pub default: Option<Value>,
    /// What is shown of it where a grant does not unmask it.
    pub mask: Option<Mask>,
    /// Of a `user` field: which of the user's keys it holds.
    pub user_key: Option<KeyName>,
    /// Of a `tenant` field: the kind of tenant; `None`: any.
    pub tenant_kind: Option<TenantKind>,
    /// Who fills it but whoever writes the row.
    pub filled_by: Option<FilledBy>,
    pub span: Span,
}

/// What fills a field without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilledBy {
    /// Computed by the database at all times: nobody writes it.
    Formula,
    /// Given to new rows that have none.
    Numbers,
    /// Set at every change: nobody writes it.
    Clock,
}

/// How a row reaches the tenant it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantPath {
    pub route: TenantRoute,
    /// The kind of tenant at the end, through all parents; `None`: any, and keys are one tenant's alone where the project
    /// knows several kinds.
    pub kind: Option<TenantKind>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantRoute {
    /// The column holds the tenant's key of that name.
    Column { column: ColumnName, key: KeyName },
    /// The parent's path; `via` are this object's columns in the order of the parent's key.
    Via { via: Vec<ColumnName>, object: ObjectName, path: PathName },
    /// `row` are the link table's columns in the order of this object's key.
    Link { table: TableName, row: Vec<ColumnName>, tenant: ColumnName, key: KeyName },
    /// Whoever sees a child on `path` sees this row: `columns` are the child's, in the order of this object's key.
    From { object: ObjectName, columns: Vec<ColumnName>, path: PathName },
}

/// A column that holds a user's key of that name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserColumn {
    pub column: ColumnName,
    pub key: KeyName,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnerPath {
    Column(UserColumn),
    /// The owner is the parent's, on its owner path `path`.
    Via {
        via: Vec<ColumnName>,
        object: ObjectName,
        path: PathName,
    },
}

/// `via` are this object's columns in the order of the parent's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentLink {
    pub via: Vec<ColumnName>,
    pub object: ObjectName,
    pub span: Span,
}

/// A business table whose rows share a row with somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLink {
    pub table: TableName,
    /// In the order of the object's key.
    pub row: Vec<ColumnName>,
    pub with: LinkedTo,
    /// A share holds while this is NULL or later than now.
    pub until: Option<ColumnName>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkedTo {
    User(UserColumn),
    Tenant { column: ColumnName, kind: Option<TenantKind>, key: KeyName },
}

/// A business table that names people for rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub table: TableName,
    pub target: AssignmentTarget,
    pub user: UserColumn,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssignmentTarget {
    /// The link table's columns in the order of the object's key.
    Row(Vec<ColumnName>),
    /// The link table's column holds the key of the tenant that the row reaches on `path`.
    Tenant { column: ColumnName, path: PathName },
    /// The link table's columns in the order of the parent's key.
    Parent(Vec<ColumnName>),
}
