//! Which rows decide about a row: so that of long tables no more is read than what is asked about.

use crate::model::{AccessModel, AssignmentTarget, Has, Object, OwnerPath, TenantRoute, Value};
use crate::names::{ColumnName, TableName};
use std::collections::BTreeSet;

/// What a row of `from` decides by: the rows of `table` that hold in `columns` what it holds in `own`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link<'m> {
    pub from: &'m TableName,
    pub own: Vec<&'m ColumnName>,
    pub table: &'m TableName,
    pub columns: Vec<&'m ColumnName>,
}

/// Every link of the model.
pub fn links(model: &AccessModel) -> BTreeSet<Link<'_>> {
    let mut links: BTreeSet<Link<'_>> = model.objects.values().flat_map(|object| of_object(model, object)).collect();
    for (object, has) in every_has(model) {
        let Some(other) = model.objects.get(&has.object) else { continue };
        if let Some((own, columns)) = by_row(object, other, has) {
            links.insert(Link { from: &object.table, own, table: &other.table, columns });
        }
    }
    links
}

/// Tables of which any row may decide, whichever row is asked about.
pub fn whole(model: &AccessModel) -> BTreeSet<&TableName> {
    let by_tenant = model.objects.values().flat_map(|object| &object.assignments);
    let by_tenant = by_tenant.filter(|one| matches!(one.target, AssignmentTarget::Tenant { .. }));
    let mut tables: BTreeSet<&TableName> = by_tenant.map(|one| &one.table).collect();
    tables.extend(model.assigned_tenants.as_ref().map(|assigned| &assigned.table));
    for (object, has) in every_has(model) {
        let Some(other) = model.objects.get(&has.object) else { continue };
        if by_row(object, other, has).is_none() {
            tables.insert(&other.table);
        }
    }
    tables
}

fn of_object<'m>(model: &'m AccessModel, object: &'m Object) -> Vec<Link<'m>> {
    let mut found = Vec::new();
    let mut link = |own: &'m [ColumnName], table: &'m TableName, columns: &'m [ColumnName]| {
        found.push(Link { from: &object.table, own: own.iter().collect(), table, columns: columns.iter().collect() });
    };
    let other = |name| model.objects.get(name);
    for path in object.tenant_paths.values() {
        match &path.route {
            TenantRoute::Column { .. } => {}
            TenantRoute::Via { via, object: parent, .. } => {
                let Some(parent) = other(parent) else { continue };
                link(via, &parent.table, &parent.key);
            }
            TenantRoute::Link { table, row, .. } => link(&object.key, table, row),
            TenantRoute::From { object: child, columns, .. } => {
                let Some(child) = other(child) else { continue };
                link(&object.key, &child.table, columns);
            }
        }
    }
    for path in object.owners.values() {
        if let OwnerPath::Via { via, object: parent, .. } = path
            && let Some(parent) = other(parent)
        {
            link(via, &parent.table, &parent.key);
        }
    }
    if let Some(parent) = &object.parent
        && let Some(above) = other(&parent.object)
    {
        link(&parent.via, &above.table, &above.key);
    }
    if let Some(share) = &object.shares {
        link(&object.key, &share.table, &share.row);
    }
    for assignment in &object.assignments {
        match (&assignment.target, &object.parent) {
            (AssignmentTarget::Row(columns), _) => link(&object.key, &assignment.table, columns),
            (AssignmentTarget::Parent(columns), Some(parent)) => link(&parent.via, &assignment.table, columns),
            (AssignmentTarget::Parent(_), None) | (AssignmentTarget::Tenant { .. }, _) => {}
        }
    }
    found
}

/// Every `has` of a read grant, with the object whose rows ask. Rows that are written are not asked about.
fn every_has(model: &AccessModel) -> impl Iterator<Item = (&Object, &Has)> {
    let grants = model.personas.values().flat_map(|persona| &persona.reads);
    grants.flat_map(move |(name, grants)| {
        let object = model.objects.get(name);
        let has = grants.iter().flat_map(|grant| &grant.rows.has);
        has.filter_map(move |has| Some((object?, has)))
    })
}

/// By which columns the asking row leads to those that it needs; `None`: it does not.
fn by_row<'m>(
    object: &'m Object,
    other: &'m Object,
    has: &'m Has,
) -> Option<(Vec<&'m ColumnName>, Vec<&'m ColumnName>)> {
    let pairs = has.matches.iter().filter_map(|(field, value)| match value {
        Value::Row(asking) => Some((&object.fields.get(asking)?.column, &other.fields.get(field)?.column)),
        _ => None,
    });
    let (own, columns): (Vec<_>, Vec<_>) = pairs.unzip();
    (!own.is_empty()).then_some((own, columns))
}
