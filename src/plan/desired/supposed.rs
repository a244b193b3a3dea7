//! The desired state of a database that nobody has looked into. Tables of ours are as the documents make them; the
//! business's own are what the documents tell of them.

use super::managed::Tables;
use super::{CompileError, desired};
use crate::model::{AccessModel, Holds, Object, OwnerPath, TenantRoute};
use crate::names::{ColumnName, ObjectName, RoleName, TableName};
use crate::state::{Acl, Column, DatabaseState, Relation, RelationKind, Schema};
use std::collections::{BTreeMap, BTreeSet};

/// Keys lead to keys through at most so many objects; what goes further leads in a circle.
const DEEPEST: usize = 16;

/// A database with nothing but the business's tables, and what it should hold for `model`. What is named there and
/// described nowhere is taken for a table, and for a column of text.
///
/// # Errors
/// As [`desired`], but for what is missing in the database.
pub fn supposed(model: &AccessModel) -> Result<(DatabaseState, DatabaseState), CompileError> {
    let mut live = DatabaseState::default();
    for object in model.objects.values().filter(|object| object.managed.is_none()) {
        let ways = ways(object).into_iter().flat_map(|(via, _)| via).cloned();
        let fields = object.fields.values().map(|field| field.column.clone());
        for column in fields.chain(object.key.iter().cloned()).chain(ways) {
            add(&mut live, model, &object.table, column);
        }
    }
    loop {
        // What else is asked for stands in link tables, in tables of people and of tenants.
        let missing = match desired(model, &live, &BTreeSet::new()) {
            Ok(desired) => return Ok((live, desired)),
            Err(missing) => missing,
        };
        let known = match &missing {
            CompileError::MissingTable(table) => relation(&mut live, table).is_none(),
            CompileError::MissingColumn(table, column) => !add(&mut live, model, table, column.clone()),
            CompileError::NoMoment(table, column) => !becomes_moment(&mut live, model, table, column),
            _ => true,
        };
        if known {
            return Err(missing);
        }
    }
}

/// `Some`: it was not there before.
fn relation<'s>(live: &'s mut DatabaseState, table: &TableName) -> Option<&'s mut Relation> {
    if live.relations.contains_key(table) {
        return None;
    }
    let business = || RoleName::new("");
    let schema = Schema { owner: business(), acl: Acl::default(), marker: None, control: false };
    live.schemas.entry(table.schema.clone()).or_insert(schema);
    Some(live.relations.entry(table.clone()).or_insert_with(|| Relation {
        kind: RelationKind::Table,
        owner: business(),
        columns: BTreeMap::new(),
        row_security: false,
        force_row_security: false,
        security_invoker: false,
        acl: Acl::default(),
        column_acl: BTreeMap::new(),
        policies: BTreeMap::new(),
        triggers: BTreeMap::new(),
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        dependents: BTreeSet::new(),
        indexes: Vec::new(),
        unique: Vec::new(),
        rows: 0,
        privileged_roles: BTreeSet::new(),
        reads: BTreeSet::new(),
        structure: None,
    }))
}

/// Whether the column is new. Those of tables of ours are all known.
fn add(live: &mut DatabaseState, model: &AccessModel, table: &TableName, name: ColumnName) -> bool {
    if model.objects.values().any(|object| object.table == *table && object.managed.is_some()) {
        return false;
    }
    _ = relation(live, table);
    let column = column(model, live, table, &name);
    let columns = live.relations.get_mut(table).map(|relation| &mut relation.columns);
    columns.is_some_and(|columns| columns.insert(name, column).is_none())
}

fn becomes_moment(live: &mut DatabaseState, model: &AccessModel, table: &TableName, name: &ColumnName) -> bool {
    let moment = Tables::of(model, live).column(&Holds::Timestamp, 0);
    let column = live.relations.get_mut(table).and_then(|relation| relation.columns.get_mut(name));
    column.is_some_and(|column| std::mem::replace(column, moment.clone()) != moment)
}

fn column(model: &AccessModel, live: &DatabaseState, table: &TableName, name: &ColumnName) -> Column {
    let mut objects = model.objects.values().filter(|object| object.table == *table);
    let holds = objects.find_map(|object| holds(model, object, name, 0)).unwrap_or(Holds::Text(None));
    Tables::of(model, live).column(&holds, 0)
}

/// What the documents tell of a column: by its field, or by the key that it leads to.
fn holds(model: &AccessModel, object: &Object, name: &ColumnName, depth: usize) -> Option<Holds> {
    if depth > DEEPEST {
        return None;
    }
    let key_of = |other: &ObjectName, at: usize| {
        let other = model.objects.get(other)?;
        let key = other.key.get(at)?;
        match &other.managed {
            Some(managed) => Some(managed.columns.get(key)?.holds.clone()),
            None => holds(model, other, key, depth + 1),
        }
    };
    match object.field_of(name).map(Holds::of) {
        Some(Holds::KeyOf(other, at)) => key_of(&other, at),
        Some(known) => Some(known),
        None => ways(object).into_iter().find_map(|(via, other)| {
            let at = via.iter().position(|column| column == name)?;
            key_of(other, at)
        }),
    }
}

/// Columns that lead to rows of other objects.
fn ways(object: &Object) -> Vec<(&[ColumnName], &ObjectName)> {
    let tenants = object.tenant_paths.values().filter_map(|path| match &path.route {
        TenantRoute::Via { via, object, .. } => Some((via.as_slice(), object)),
        _ => None,
    });
    let owners = object.owners.values().filter_map(|owner| match owner {
        OwnerPath::Via { via, object, .. } => Some((via.as_slice(), object)),
        OwnerPath::Column(_) => None,
    });
    let parent = object.parent.iter().map(|parent| (parent.via.as_slice(), &parent.object));
    tenants.chain(owners).chain(parent).collect()
}
