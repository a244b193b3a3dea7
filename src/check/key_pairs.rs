//! Columns that hold the same key: each pair is compared by some row policy or lookup.

use crate::check::column_types::preset_of;
use crate::diagnostic::Span;
use crate::model::{AccessModel, AssignmentTarget, LinkedTo, Object, OwnerPath, TenantRoute, Value};
use crate::names::{ColumnName, KeyName, TableName, TenantKind};
use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) table: &'a TableName,
    pub(super) column: &'a ColumnName,
    pub(super) span: Span,
    /// What an acceptance would name.
    pub(super) subject: &'a str,
}

type Pairs<'a> = Vec<(Side<'a>, Side<'a>)>;

/// Each pair once; the side that refers comes first.
pub(super) fn key_pairs(model: &AccessModel) -> Pairs<'_> {
    let mut pairs = Vec::new();
    for object in model.objects.values() {
        tenant_paths(model, object, &mut pairs);
        owners(model, object, &mut pairs);
        links(model, object, &mut pairs);
    }
    presets(model, &mut pairs);
    sources(model, &mut pairs);
    pairs
}

fn side<'a>(object: &'a Object, column: &'a ColumnName, span: Span) -> Side<'a> {
    Side { table: &object.table, column, span, subject: object.name.as_str() }
}

/// `columns` of `table` beside the key of `target`.
fn with_key_of<'a>(
    target: &'a Object,
    table: &'a TableName,
    columns: &'a [ColumnName],
    of: Side<'a>,
    pairs: &mut Pairs<'a>,
) {
    for (column, key) in columns.iter().zip(&target.key) {
        pairs.push((Side { table, column, ..of }, side(target, key, target.span)));
    }
}

fn with_each<'a>(one: Side<'a>, others: Vec<Side<'a>>, pairs: &mut Pairs<'a>) {
    pairs.extend(others.into_iter().map(|other| (one, other)));
}

fn tenant_paths<'a>(model: &'a AccessModel, object: &'a Object, pairs: &mut Pairs<'a>) {
    for path in object.tenant_paths.values() {
        let kind = path.kind.as_ref();
        match &path.route {
            TenantRoute::Column { column, key } => {
                with_each(side(object, column, path.span), tenant_keys(model, kind, key), pairs);
            }
            TenantRoute::Via { via, object: parent, .. } => {
                if let Some((first, parent)) = via.first().zip(model.objects.get(parent)) {
                    with_key_of(parent, &object.table, via, side(object, first, path.span), pairs);
                }
            }
            TenantRoute::Link { table, row, tenant, key } => {
                let link = Side { table, ..side(object, tenant, path.span) };
                with_key_of(object, table, row, link, pairs);
                with_each(link, tenant_keys(model, kind, key), pairs);
            }
            TenantRoute::From { object: child, columns, .. } => {
                if let Some((first, child)) = columns.first().zip(model.objects.get(child)) {
                    with_key_of(object, &child.table, columns, side(object, first, path.span), pairs);
                }
            }
        }
    }
    if let Some(parent) = &object.parent
        && let Some((first, target)) = parent.via.first().zip(model.objects.get(&parent.object))
    {
        with_key_of(target, &object.table, &parent.via, side(object, first, parent.span), pairs);
    }
}

fn owners<'a>(model: &'a AccessModel, object: &'a Object, pairs: &mut Pairs<'a>) {
    for owner in object.owners.values() {
        match owner {
            OwnerPath::Column(user) => {
                with_each(side(object, &user.column, object.span), user_keys(model, &user.key), pairs);
            }
            OwnerPath::Via { via, object: parent, .. } => {
                if let Some((first, parent)) = via.first().zip(model.objects.get(parent)) {
                    with_key_of(parent, &object.table, via, side(object, first, object.span), pairs);
                }
            }
        }
    }
}

fn links<'a>(model: &'a AccessModel, object: &'a Object, pairs: &mut Pairs<'a>) {
    let at = |table: &'a TableName, column: &'a ColumnName| Side { table, ..side(object, column, object.span) };
    if let Some(shares) = &object.shares {
        let (column, others) = match &shares.with {
            LinkedTo::User(user) => (&user.column, user_keys(model, &user.key)),
            LinkedTo::Tenant { column, kind, key } => (column, tenant_keys(model, kind.as_ref(), key)),
        };
        with_each(at(&shares.table, column), others, pairs);
        with_key_of(object, &shares.table, &shares.row, at(&shares.table, column), pairs);
    }
    for assignment in &object.assignments {
        let table = &assignment.table;
        let user = at(table, &assignment.user.column);
        with_each(user, user_keys(model, &assignment.user.key), pairs);
        match &assignment.target {
            AssignmentTarget::Row(columns) => with_key_of(object, table, columns, user, pairs),
            AssignmentTarget::Parent(columns) => {
                let parent = object.parent.as_ref().and_then(|parent| model.objects.get(&parent.object));
                if let Some(parent) = parent {
                    with_key_of(parent, table, columns, user, pairs);
                }
            }
            AssignmentTarget::Tenant { column, path } => {
                let kind = object.tenant_paths.get(path).and_then(|path| path.kind.as_ref());
                with_each(at(table, column), tenant_keys(model, kind, &KeyName::main()), pairs);
            }
        }
    }
}

/// Columns that the database sets to a key of who is asking.
fn presets<'a>(model: &'a AccessModel, pairs: &mut Pairs<'a>) {
    let mut seen = BTreeSet::new();
    let grants = model.personas.values().flat_map(|persona| &persona.writes);
    for (object, grants) in grants.filter_map(|(name, grants)| Some((model.objects.get(name)?, grants))) {
        for (name, value) in grants.iter().filter_map(|grant| preset_of(&grant.write)).flatten() {
            let Some(field) = object.fields.get(name).filter(|_| seen.insert((&object.name, name, value))) else {
                continue;
            };
            let others = match value {
                Value::User(key) => user_keys(model, key),
                Value::Tenant { key, kind } => tenant_keys(model, kind.as_ref(), key),
                _ => Vec::new(),
            };
            with_each(side(object, &field.column, field.span), others, pairs);
        }
    }
}

fn sources<'a>(model: &'a AccessModel, pairs: &mut Pairs<'a>) {
    let main = KeyName::main();
    for people in &model.people {
        let at = |column| Side { table: &people.table, column, span: people.span, subject: people.name.as_str() };
        if let Some(tenant) = &people.tenant {
            with_each(at(tenant), tenant_keys(model, people.tenant_kind.as_ref(), &main), pairs);
        }
        if let Some((reports_to, key)) = people.reports_to.as_ref().zip(people.keys.values().next()) {
            pairs.push((at(reports_to), at(key)));
        }
        for (name, column) in &people.keys {
            with_each(at(column), user_keys(model, name), pairs);
        }
    }
    for source in &model.tenant_sources {
        if let Some(parent) = &source.parent {
            let at = |column| Side { table: &source.table, column, span: source.span, subject: "tenants" };
            pairs.push((at(parent), at(&source.key)));
        }
    }
    if let Some(assigned) = &model.assigned_tenants {
        let at = |column| Side { table: &assigned.table, column, span: assigned.span, subject: "assigned_tenants" };
        with_each(at(&assigned.tenant), tenant_keys(model, assigned.kind.as_ref(), &main), pairs);
        with_each(at(&assigned.user.column), user_keys(model, &assigned.user.key), pairs);
    }
}

/// Where tenants of that kind have their key of that name.
fn tenant_keys<'a>(model: &'a AccessModel, kind: Option<&TenantKind>, key: &KeyName) -> Vec<Side<'a>> {
    let of_kind = model.tenant_sources.iter().filter(|source| source.may_be(kind));
    let column = |source: &'a crate::model::TenantSource| {
        let column = if *key == KeyName::main() { Some(&source.key) } else { source.keys.get(key) };
        Some(Side { table: &source.table, column: column?, span: source.span, subject: "tenants" })
    };
    of_kind.filter_map(column).collect()
}

fn user_keys<'a>(model: &'a AccessModel, key: &KeyName) -> Vec<Side<'a>> {
    let sources = model.people.iter();
    let column = |source: &'a crate::model::PeopleSource| {
        let column = source.keys.get(key)?;
        Some(Side { table: &source.table, column, span: source.span, subject: source.name.as_str() })
    };
    sources.filter_map(column).collect()
}

/// Every column that holds a key of that name of tenants of that kind, by the names of its objects.
pub(super) fn tenant_columns<'a>(model: &'a AccessModel, kind: Option<&TenantKind>, key: &KeyName) -> Vec<Side<'a>> {
    let objects = model.objects.values();
    let paths = objects.flat_map(|object| object.tenant_paths.values().map(move |path| (object, path)));
    let column = |(object, path): (&'a Object, &'a crate::model::TenantPath)| match &path.route {
        TenantRoute::Column { column, key: of } if of == key && (path.kind.is_none() || path.kind.as_ref() == kind) => {
            Some(side(object, column, path.span))
        }
        _ => None,
    };
    paths.filter_map(column).collect()
}
