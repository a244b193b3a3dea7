//! From labels to keys, in the types of the columns that hold them.

use super::columns::{ColumnFacts, Columns};
use crate::model::{AccessModel, Cell, Given, LinkedTo, OwnerPath, TenantRoute};
use crate::names::{ColumnName, KeyName, ObjectName, RowLabel, TableName, TenantKind, TenantName, UserLabel};
use std::collections::BTreeMap;

/// Keys that no label says begin here, clear of what people write by hand.
const FIRST: usize = 1001;

/// A row whose key holds the key of a row whose key holds …
const DEEPEST: usize = 8;

/// The keys of what is given.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    pub model: &'a AccessModel,
    pub columns: &'a Columns,
    pub given: &'a Given,
    /// ISO 8601; `None`: the present.
    pub now: Option<&'a str>,
}

impl Keys<'_> {
    pub fn tenant(&self, label: &TenantName, key: &KeyName) -> String {
        let Some((place, _, tenant)) = self.given.tenants.get_full(label) else { return label.to_string() };
        if let Some(written) = tenant.keys.get(key) {
            return written.clone();
        }
        let facts = self.tenant_column(key, tenant.kind.as_ref());
        made(facts, label.as_str(), FIRST + place, &["tenant", key.as_str()])
    }

    /// Those that tenants of its kind have besides the main one.
    pub fn further_keys(&self, label: &TenantName) -> BTreeMap<String, String> {
        let Some(tenant) = self.given.tenants.get(label) else { return BTreeMap::new() };
        let sources = self.model.tenant_sources.iter().filter(|source| source.may_be(tenant.kind.as_ref()));
        let named = sources.flat_map(|source| source.keys.keys()).chain(tenant.keys.keys());
        let named = named.filter(|key| **key != KeyName::main());
        named.map(|key| (key.to_string(), self.tenant(label, key))).collect()
    }

    pub fn user(&self, label: &UserLabel, key: &KeyName) -> String {
        let Some((place, _, user)) = self.given.users.get_full(label) else { return label.to_string() };
        if let Some(Some(written)) = user.keys.get(key) {
            return written.clone();
        }
        made(self.user_column(key), label.as_str(), FIRST + place, &["user", key.as_str()])
    }

    /// In the order of the object's key.
    pub fn row(&self, object: &ObjectName, label: &RowLabel) -> Vec<String> {
        self.row_within(object, label, 0)
    }

    fn row_within(&self, name: &ObjectName, label: &RowLabel, depth: usize) -> Vec<String> {
        let Some(object) = self.model.objects.get(name) else { return vec![label.to_string()] };
        let row = self.given.rows.get(&(name.clone(), label.clone()));
        let place = self.given.rows.keys().filter(|(object, _)| object == name).position(|(_, one)| one == label);
        let part = |column: &ColumnName| {
            let written = row.and_then(|row| row.cells.get(column)).filter(|_| depth < DEEPEST);
            written.and_then(|cell| self.text_within(cell, depth + 1)).unwrap_or_else(|| {
                let facts = self.columns.get(&object.table, column);
                made(facts, label.as_str(), FIRST + place.unwrap_or_default(), &[name.as_str()])
            })
        };
        object.key.iter().map(part).collect()
    }

    /// What a column holds; `None`: NULL.
    pub fn text(&self, cell: &Cell) -> Option<String> {
        self.text_within(cell, 0)
    }

    fn text_within(&self, cell: &Cell, depth: usize) -> Option<String> {
        Some(match cell {
            Cell::Null => return None,
            Cell::Text(text) => text.clone(),
            Cell::Now | Cell::Today => self.now.unwrap_or("now").to_owned(),
            Cell::Tenant { label, key } => self.tenant(label, key),
            Cell::User { label, key } => self.user(label, key),
            Cell::Row { object, label, part } => {
                self.row_within(object, label, depth).into_iter().nth(*part).unwrap_or_default()
            }
        })
    }

    /// A column that holds keys of tenants of that kind, from which their type is known.
    fn tenant_column(&self, key: &KeyName, kind: Option<&TenantKind>) -> Option<&ColumnFacts> {
        let sources = self.model.tenant_sources.iter().filter(|source| source.may_be(kind)).filter_map(|source| {
            let column = if *key == KeyName::main() { Some(&source.key) } else { source.keys.get(key) };
            Some((&source.table, column?))
        });
        let paths = self.model.objects.values().flat_map(|object| {
            object
                .tenant_paths
                .values()
                .filter(move |path| kind.is_none() || path.kind.is_none() || path.kind.as_ref() == kind)
                .filter_map(move |path| match &path.route {
                    TenantRoute::Column { column, key: its } if its == key => Some((&object.table, column)),
                    TenantRoute::Link { table, tenant, key: its, .. } if its == key => Some((table, tenant)),
                    _ => None,
                })
        });
        let assigned = self.model.assigned_tenants.iter().filter(|_| *key == KeyName::main());
        let assigned = assigned.map(|assigned| (&assigned.table, &assigned.tenant));
        sources.chain(paths).chain(assigned).find_map(|(table, column)| self.columns.get(table, column))
    }

    fn user_column(&self, key: &KeyName) -> Option<&ColumnFacts> {
        let people = self.model.people.iter().filter_map(|people| Some((&people.table, people.keys.get(key)?)));
        let objects = self.model.objects.values();
        let columns = objects.flat_map(|object| {
            let owners = object.owners.values().filter_map(|path| match path {
                OwnerPath::Column(user) => Some((&object.table, user)),
                OwnerPath::Via { .. } => None,
            });
            let shares = object.shares.iter().filter_map(|link| match &link.with {
                LinkedTo::User(user) => Some((&link.table, user)),
                LinkedTo::Tenant { .. } => None,
            });
            owners.chain(shares).chain(object.assignments.iter().map(|link| (&link.table, &link.user)))
        });
        let assigned = self.model.assigned_tenants.iter().map(|assigned| (&assigned.table, &assigned.user));
        let columns = columns.chain(assigned).filter(|(_, user)| user.key == *key);
        people
            .chain(columns.map(|(table, user)| (table, &user.column)))
            .find_map(|(table, column): (&TableName, &ColumnName)| self.columns.get(table, column))
    }
}

/// The label itself where the type takes it; else a number in order, or a UUID that is the same every time.
fn made(facts: Option<&ColumnFacts>, label: &str, number: usize, of: &[&str]) -> String {
    match facts.map(|facts| facts.base.as_str()) {
        Some("int2" | "int4" | "int8" | "numeric" | "oid") if label.parse::<u32>().is_ok() => label.to_owned(),
        Some("int2" | "int4" | "int8" | "numeric" | "oid") => number.to_string(),
        Some("uuid") => uuid_of(label, of),
        _ => label.to_owned(),
    }
}

fn uuid_of(label: &str, of: &[&str]) -> String {
    if let Ok(written) = uuid::Uuid::parse_str(label) {
        return written.to_string();
    }
    let mut hasher = blake3::Hasher::new();
    for part in of.iter().chain([&label]) {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}
