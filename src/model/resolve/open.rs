//! What names tenants of every kind.
//!
//! A row names its tenant by a key alone. Where customer 1 and partner 1 may both be, that says nothing; where no two
//! tenants have one key, it says everything. portalctl can promise that of the tenants that it keeps itself, and of
//! keys in tables that it keeps itself: what the business's own tables hold may be the key of a customer that is no
//! tenant here, and by chance a partner's.

use super::facts::Facts;
use crate::diagnostic::{Finding, Span};
use crate::model::{AccessTest, AssignedTenants, AssignmentTarget, GivenTenant, Holds, LinkedTo, Object, TenantRoute};
use crate::names::{ColumnName, KeyName, ObjectName, TableName, TenantName};
use std::collections::BTreeMap;

type Objects = BTreeMap<ObjectName, Object>;

/// A column that names tenants and says no kind of them.
struct Place<'a> {
    what: String,
    table: &'a TableName,
    column: &'a ColumnName,
    key: Option<&'a KeyName>,
    span: Span,
}

/// Whether something names tenants of several kinds by their keys alone. Where that cannot be, a finding says why.
pub(super) fn check(
    facts: &Facts<'_>,
    objects: &Objects,
    assigned: Option<&AssignedTenants>,
    findings: &mut Vec<Finding>,
) -> bool {
    if facts.kinds.len() < 2 {
        return false;
    }
    let places: Vec<Place<'_>> = objects.values().flat_map(of_object).chain(assigned.and_then(of_staff)).collect();
    let managed = objects.values().rev().filter(|object| object.managed.is_some());
    let managed: BTreeMap<&TableName, &Object> = managed.map(|object| (&object.table, object)).collect();
    for place in &places {
        if let Some(why) = obstacle(facts, objects, &managed, place) {
            findings.push(facts.of_which_kind(&place.what, place.span).why(why));
        }
    }
    !places.is_empty()
}

/// The same of the tenants of access tests, which have keys of their own or their labels.
pub(super) fn check_given(tests: &[AccessTest], findings: &mut Vec<Finding>) {
    for test in tests {
        let mut seen: BTreeMap<&str, (&TenantName, &GivenTenant)> = BTreeMap::new();
        for (label, tenant) in &test.given.tenants {
            let key = tenant.keys.get(&KeyName::main()).map_or(label.as_str(), String::as_str);
            let (other, first) = *seen.entry(key).or_insert((label, tenant));
            if first.kind != tenant.kind {
                let message = format!("`{other}` and `{label}` have one key: `{key}`");
                findings.push(
                    Finding::error("tenant-key-collision", test.span, message)
                        .why("rows name tenants of any kind by their keys alone: each would see the rows of the other")
                        .hint("give each a key of its own"),
                );
            }
        }
    }
}

fn of_object(object: &Object) -> Vec<Place<'_>> {
    let name = &object.name;
    let mut places = Vec::new();
    for path in object.tenant_paths.values().filter(|path| path.kind.is_none()) {
        let (table, column, key) = match &path.route {
            TenantRoute::Column { column, key } => (&object.table, column, key),
            TenantRoute::Link { table, tenant, key, .. } => (table, tenant, key),
            // What they lead to says it.
            TenantRoute::Via { .. } | TenantRoute::From { .. } => continue,
        };
        let what = format!("the tenant path of `{name}`");
        places.push(Place { what, table, column, key: Some(key), span: path.span });
    }
    if let Some(link) = &object.shares
        && let LinkedTo::Tenant { column, kind: None, key } = &link.with
    {
        let what = format!("the share of `{name}`");
        places.push(Place { what, table: &link.table, column, key: Some(key), span: object.span });
    }
    for assignment in &object.assignments {
        let AssignmentTarget::Tenant { column, path } = &assignment.target else { continue };
        if object.tenant_paths.get(path).is_some_and(|path| path.kind.is_none()) {
            let what = format!("the assignment of `{name}`");
            places.push(Place { what, table: &assignment.table, column, key: None, span: object.span });
        }
    }
    places
}

fn of_staff(assigned: &AssignedTenants) -> Option<Place<'_>> {
    assigned.kind.is_none().then(|| Place {
        what: "this table of assignments".to_owned(),
        table: &assigned.table,
        column: &assigned.tenant,
        key: None,
        span: assigned.span,
    })
}

fn obstacle(
    facts: &Facts<'_>,
    objects: &Objects,
    managed: &BTreeMap<&TableName, &Object>,
    place: &Place<'_>,
) -> Option<String> {
    if let Some(table) = &facts.tenant_table {
        return Some(format!("tenants are read from `{table}`, whose keys may be those of other kinds"));
    }
    if let Some(key) = place.key.filter(|key| **key != KeyName::main()) {
        return Some(format!("only a main key is one tenant's alone, and this is the key `{key}`"));
    }
    let Some(managed) = managed.get(place.table) else {
        return Some(format!("`{}` is a table of the business, in which nobody keeps keys apart", place.table));
    };
    let is_text = holds_text(objects, managed, place.column, 0);
    (!is_text).then(|| format!("`{}` holds no text, and two keys could be one there", place.column))
}

fn holds_text(objects: &Objects, object: &Object, column: &ColumnName, depth: usize) -> bool {
    let Some(column) = object.managed.as_ref().and_then(|managed| managed.columns.get(column)) else { return false };
    match &column.holds {
        Holds::Text(_) => true,
        Holds::KeyOf(other, place) if depth < objects.len() => objects
            .get(other)
            .and_then(|other| Some(holds_text(objects, other, other.key.get(*place)?, depth + 1)))
            .unwrap_or(false),
        _ => false,
    }
}
