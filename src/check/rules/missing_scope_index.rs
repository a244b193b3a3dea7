//! No index begins with the column by which the rows of a tenant, or of their owner, are found.
//!
//! ## Why is this bad
//!
//! Every list that anybody opens asks for the rows of one tenant. Without an index PostgreSQL reads the whole table for it,
//! the rows of all other tenants too, and gets slower with every tenant that is added.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: order
//! table: sales.orders
//! tenant: customer_id      # no index on sales.orders (customer_id)
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! CREATE INDEX ON sales.orders (customer_id);
//! ```
//!
//! An index with further columns behind it does as well, such as `(customer_id, created_at)`. Tables that portalctl manages
//! have theirs. For a table that stays small, accept it or turn it off.

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{Object, OwnerPath, Scope, TenantRoute};
use crate::names::ColumnName;
use crate::state::RelationKind;
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::live("missing-scope-index", check).warn();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let objects = live.model.objects.values().filter(|object| object.managed.is_none());
    // Of several objects over one table the first is told.
    let mut told = BTreeSet::new();
    objects.flat_map(|object| of_object(live, object)).filter(|finding| told.insert(finding.message.clone())).collect()
}

fn of_object(live: &Live<'_>, object: &Object) -> Vec<Finding> {
    let Some(relation) = live.relation(&object.table) else { return Vec::new() };
    if !matches!(relation.kind, RelationKind::Table | RelationKind::PartitionedTable) {
        return Vec::new();
    }
    let asked = asked_by(live, object);
    let slow = asked.into_iter().filter(|column| {
        relation.columns.contains_key(*column) && !relation.indexes.iter().any(|index| index.first() == Some(column))
    });
    slow.map(|column| {
        let message = format!("no index of `{}` begins with `{column}`", object.table);
        Finding::warn(RULE.id, object.table_span, message)
            .why("rows of one tenant or owner are found by it, in every list that anybody opens")
            .hint(format!("CREATE INDEX ON {} ({});", object.table.sql(), crate::names::Ident::new(column.as_str())))
            .acceptable_for(object.name.as_str())
    })
    .collect()
}

/// The object's own columns by which somebody's scope finds its rows.
fn asked_by<'a>(live: &Live<'a>, object: &'a Object) -> BTreeSet<&'a ColumnName> {
    let mut columns = BTreeSet::new();
    let grants = live.model.personas.values().filter_map(|persona| persona.reads.get(&object.name)).flatten();
    for rows in grants.map(|grant| &grant.rows) {
        let path = rows.path.as_ref();
        match rows.scope {
            Scope::Tenant | Scope::TenantTree => {
                match path.and_then(|path| object.tenant_paths.get(path)).map(|path| &path.route) {
                    Some(TenantRoute::Column { column, .. }) => drop(columns.insert(column)),
                    Some(TenantRoute::Via { via, .. }) => columns.extend(via.first()),
                    _ => {}
                }
            }
            Scope::Own | Scope::Reports => match path.and_then(|path| object.owners.get(path)) {
                Some(OwnerPath::Column(owner)) => drop(columns.insert(&owner.column)),
                Some(OwnerPath::Via { via, .. }) => columns.extend(via.first()),
                None => {}
            },
            Scope::Parent => columns.extend(object.parent.iter().filter_map(|parent| parent.via.first())),
            _ => {}
        }
    }
    columns
}
