//! The path from an object to its tenant crosses a column that may be NULL.
//!
//! ## Why is this bad
//!
//! A row whose column is NULL belongs to no tenant. NULL denies, so nobody is shown too much; but the row is missing
//! from every portal, and whoever misses it will look for the mistake everywhere else.
//!
//! ## Example
//!
//! ```sql
//! CREATE TABLE sales.orders (id integer PRIMARY KEY, customer_id integer, …);
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! ALTER TABLE sales.orders ALTER COLUMN customer_id SET NOT NULL;
//! ```
//!
//! Where rows without a tenant are meant to stay out of the portals, accept the finding. An object whose rows are a tenant's on
//! several paths, one of which is never NULL, is not found: an optional path, such as who referred a patient, is NULL for good.

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{Object, TenantPath, TenantRoute};
use crate::names::ColumnName;

pub(in crate::check) const RULE: Rule = Rule::live("nullable-tenant-path", check);

fn check(live: &Live<'_>) -> Vec<Finding> {
    let objects = live.model.objects.values();
    objects.flat_map(|object| of_object(live, object)).collect()
}

fn of_object(live: &Live<'_>, object: &Object) -> Vec<Finding> {
    let paths: Vec<Option<Finding>> = object.tenant_paths.values().map(|path| one(live, object, path)).collect();
    if paths.len() > 1 && paths.iter().any(Option::is_none) {
        return Vec::new();
    }
    paths.into_iter().flatten().collect()
}

/// What links and children are NULL only fails to match; there the row's own columns have no part.
fn one(live: &Live<'_>, object: &Object, path: &TenantPath) -> Option<Finding> {
    let columns: &[ColumnName] = match &path.route {
        TenantRoute::Column { column, .. } => std::slice::from_ref(column),
        TenantRoute::Via { via, .. } => via,
        TenantRoute::Link { .. } | TenantRoute::From { .. } => &[],
    };
    if !live.relation(&object.table)?.kind.takes_row_security() {
        return None;
    }
    let nullable = |column: &&ColumnName| live.column(&object.table, column).is_some_and(|column| !column.not_null);
    let column = columns.iter().find(nullable)?;
    let message = format!("the way from `{}` to its tenant crosses `{column}`, which may be NULL", object.name);
    let finding = Finding::error(RULE.id, path.span, message)
        .why("a row without it belongs to no tenant and is missing from every portal")
        .hint(format!(
            "`ALTER TABLE {} ALTER COLUMN {} SET NOT NULL`, or accept that such rows stay out",
            object.table, column
        ));
    Some(finding.acceptable_for(object.name.as_str()))
}
