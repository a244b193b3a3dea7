//! Barrier views of the control schema: what personas read where a table's own rows or columns are not for them.

use super::{Acl, Marker};
use crate::names::{ColumnName, RoleName, TableName};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct View {
    pub owner: RoleName,
    /// What it is a view of outside the control schema, be it through another view there; ours are of one relation.
    pub of: BTreeSet<TableName>,
    /// The view of the control schema that it stands on.
    pub over: Option<TableName>,
    /// In the view's order.
    pub columns: Vec<ViewColumn>,
    /// The text of a live one is PostgreSQL's own; a desired one is brought to the same form before they are compared.
    pub query: String,
    /// `security_barrier=true`, as the catalog has them.
    pub options: BTreeSet<String>,
    pub acl: Acl,
    /// Somebody holds a privilege on single columns, which none of ours has.
    pub column_acl: bool,
    /// A trigger or a further rule answers in place of the query.
    pub rewritten: bool,
    pub marker: Option<Marker>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ViewColumn {
    pub name: ColumnName,
    /// As PostgreSQL shows it: `character varying(40)`.
    pub display_type: String,
    /// The comment, which says by which mask it is shown: `masked: last4`.
    pub comment: Option<String>,
}
