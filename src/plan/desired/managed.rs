//! Tables that are ours to create and migrate: what they should be, given what they are.

use crate::model::{AccessModel, Holds, Managed, Object};
use crate::names::{ColumnName, ObjectName, TableName, fitting};
use crate::plan::control::ProjectRoles;
use crate::state::{
    Acl, Column, DatabaseState, ForeignKey, Index, Marker, Reference, Relation, RelationKind, Renames, Schema,
    Structure,
};
use std::collections::{BTreeMap, BTreeSet};

/// `live` with every managed table as it should be: what policies and functions are written against. What is named in
/// `destroyed`, as `schema.table` or `schema.table.column`, is left out where no document names it any more.
#[must_use]
pub fn with_managed_tables(model: &AccessModel, live: &DatabaseState, destroyed: &BTreeSet<String>) -> DatabaseState {
    let tables = Tables::of(model, live);
    let mut state = live.clone();
    let renames = tables.renames();
    state.rename(&renames);
    let renamed = state.clone();
    for (object, managed) in tables.managed() {
        let was = renames.tables.iter().find(|(_, to)| *to == object.table).map(|(from, _)| from.clone());
        let now = renamed.relations.get(&object.table);
        let relation = tables.relation(object, managed, now, was, &renames, destroyed);
        state.relations.insert(object.table.clone(), relation);
        let schema = Schema {
            owner: tables.roles.owner.clone(),
            acl: Acl::default(),
            marker: Some(tables.marker.clone()),
            control: false,
        };
        state.schemas.entry(object.table.schema.clone()).or_insert(schema);
    }
    for (table, _) in tables.unnamed(&renamed) {
        if destroyed.contains(&table.to_string()) {
            state.relations.remove(&table);
        }
    }
    state
}

/// What is ours and no document names any more: `schema.table`, `schema.table.column`.
#[must_use]
pub fn leftovers(model: &AccessModel, live: &DatabaseState) -> BTreeSet<String> {
    let tables = Tables::of(model, live);
    let mut state = live.clone();
    state.rename(&tables.renames());
    let mut names: BTreeSet<String> = tables.unnamed(&state).map(|(table, _)| table.to_string()).collect();
    for (object, managed) in tables.managed() {
        let made = state.relations.get(&object.table).and_then(|relation| relation.structure.as_ref());
        for (column, make) in made.into_iter().flat_map(|structure| &structure.columns) {
            if make.ours && !managed.columns.contains_key(column) {
                names.insert(format!("{}.{column}", object.table));
            }
        }
    }
    names
}

pub(super) struct Tables<'a> {
    pub(super) model: &'a AccessModel,
    pub(super) live: &'a DatabaseState,
    roles: ProjectRoles,
    marker: Marker,
}

impl<'a> Tables<'a> {
    pub(super) fn of(model: &'a AccessModel, live: &'a DatabaseState) -> Self {
        let marker = Marker { project: model.project.name.clone(), database: live.server.database.clone() };
        Self { model, live, roles: ProjectRoles::of(&model.project), marker }
    }

    fn managed(&self) -> impl Iterator<Item = (&'a Object, &'a Managed)> + use<'a> {
        self.model.objects.values().filter_map(|object| Some((object, object.managed.as_ref()?)))
    }

    fn is_ours(&self, relation: &Relation) -> bool {
        relation.structure.as_ref().is_some_and(|structure| structure.marker.as_ref() == Some(&self.marker))
    }

    /// Tables of ours that no object has.
    fn unnamed<'s>(&'s self, state: &'s DatabaseState) -> impl Iterator<Item = (TableName, &'s Relation)> + 's {
        let named: BTreeSet<&TableName> = self.managed().map(|(object, _)| &object.table).collect();
        let ours = state.relations.iter().filter(|(_, relation)| self.is_ours(relation));
        ours.filter(move |(table, _)| !named.contains(table)).map(|(table, relation)| (table.clone(), relation))
    }

    /// Those that have not happened yet.
    fn renames(&self) -> Renames {
        let mut renames = Renames::default();
        for (object, managed) in self.managed() {
            let here = self.live.relations.get(&object.table);
            let was = managed.was.as_ref().filter(|was| here.is_none() && **was != object.table);
            let before = was.and_then(|was| self.live.relations.get(was)).filter(|before| self.is_ours(before));
            // What another object is called is not taken from it.
            let free = was.is_some_and(|was| self.managed().all(|(other, _)| other.table != *was));
            if let (Some(was), Some(_), true) = (was, before, free) {
                renames.tables.push((was.clone(), object.table.clone()));
            }
            let Some(now) = here.or_else(|| before.filter(|_| free)).filter(|now| self.is_ours(now)) else { continue };
            for (name, column) in &managed.columns {
                let Some(was) = column.was.as_ref().filter(|was| !managed.columns.contains_key(*was)) else { continue };
                if !now.columns.contains_key(name) && now.columns.contains_key(was) {
                    renames.columns.push((object.table.clone(), was.clone(), name.clone()));
                }
            }
        }
        renames
    }

    fn relation(
        &self,
        object: &Object,
        managed: &Managed,
        now: Option<&Relation>,
        was: Option<TableName>,
        renames: &Renames,
        destroyed: &BTreeSet<String>,
    ) -> Relation {
        let before = now.and_then(|now| now.structure.as_ref());
        let objects = was.as_ref().and(managed.called.clone()).map(|called| (called, object.name.clone()));
        let mut structure = Structure { was, objects, ..Structure::empty(Some(self.marker.clone())) };
        let mut columns = BTreeMap::new();
        for (name, column) in &managed.columns {
            let kind = self.column(&column.holds, 0);
            let mut make = self.make(object, name, column);
            make.was = renames
                .columns
                .iter()
                .find(|(table, _, to)| *table == object.table && to == name)
                .map(|(_, from, _)| from.clone());
            if let Holds::Enum(words) = &column.holds {
                let check = self.enum_check(name, words);
                structure.checks.insert(check_name(&object.table, name), check);
                make.words = Some(words.clone());
            }
            columns.insert(
                name.clone(),
                Column {
                    not_null: column.not_null,
                    generated: make.generated.is_some(),
                    has_default: make.default.is_some() || make.identity || make.sequence.is_some(),
                    ..kind
                },
            );
            structure.columns.insert(name.clone(), make);
            structure.order.push(name.clone());
        }
        self.references(object, managed, &columns, &mut structure);
        indexes(object, managed, &mut structure);
        if let (Some(now), Some(before)) = (now, before) {
            self.keep(object, now, before, &mut columns, &mut structure, destroyed);
        }
        self.assembled(object, now, columns, structure)
    }

    fn assembled(
        &self,
        object: &Object,
        now: Option<&Relation>,
        columns: BTreeMap<ColumnName, Column>,
        structure: Structure,
    ) -> Relation {
        let primary = object.key.clone();
        let plain = |index: &Index| index.columns.iter().map(|(column, _)| column.clone()).collect::<Vec<_>>();
        let unique = structure.indexes.values().filter(|index| index.unique).map(plain).chain([primary.clone()]);
        let all = structure.indexes.values().map(plain).chain([primary.clone()]);
        let keys = structure.references.values().map(|reference| ForeignKey {
            columns: reference.columns.clone(),
            references: reference.table.clone(),
            referenced: reference.referenced.clone(),
            validated: true,
        });
        let (unique, indexes, foreign_keys) = (unique.collect(), all.collect(), keys.collect());
        Relation {
            kind: RelationKind::Table,
            owner: now.map_or_else(|| self.roles.owner.clone(), |now| now.owner.clone()),
            columns,
            row_security: true,
            force_row_security: true,
            security_invoker: false,
            acl: now.map(|now| now.acl.clone()).unwrap_or_default(),
            column_acl: now.map(|now| now.column_acl.clone()).unwrap_or_default(),
            policies: now.map(|now| now.policies.clone()).unwrap_or_default(),
            triggers: now.map(|now| now.triggers.clone()).unwrap_or_default(),
            primary_key: primary,
            foreign_keys,
            dependents: now.map(|now| now.dependents.clone()).unwrap_or_default(),
            indexes,
            unique,
            rows: now.map_or(0, |now| now.rows),
            privileged_roles: now.map(|now| now.privileged_roles.clone()).unwrap_or_default(),
            reads: BTreeSet::new(),
            structure: Some(structure),
        }
    }

    /// What is there already and stays as it is: columns that no document names, and names of ours for the same thing.
    fn keep(
        &self,
        object: &Object,
        now: &Relation,
        before: &Structure,
        columns: &mut BTreeMap<ColumnName, Column>,
        structure: &mut Structure,
        destroyed: &BTreeSet<String>,
    ) {
        let mut order = before.order.clone();
        order.retain(|name| {
            let make = before.columns.get(name);
            let ours = make.is_some_and(|make| make.ours);
            structure.columns.contains_key(name) || !(ours && destroyed.contains(&format!("{}.{name}", object.table)))
        });
        for name in &order {
            let (Some(column), Some(make)) = (now.columns.get(name), before.columns.get(name)) else { continue };
            if structure.columns.contains_key(name) {
                continue;
            }
            // New rows do not know of it.
            let filled = column.has_default || column.generated;
            let not_null = column.not_null && (!make.ours || filled);
            columns.insert(name.clone(), Column { not_null, ..column.clone() });
            structure.columns.insert(name.clone(), make.clone());
        }
        let new: Vec<ColumnName> = structure.order.iter().filter(|name| !order.contains(name)).cloned().collect();
        structure.order = order.into_iter().chain(new).collect();
        for (name, make) in &mut structure.columns {
            let Some(old) = before.columns.get(name) else { continue };
            // Numbers are kept where a field is numbered no more: it may be again.
            make.sequence = old.sequence.clone().or(make.sequence.take());
            for (ours, theirs) in [(&mut make.default, &old.default), (&mut make.generated, &old.generated)] {
                adopt_text(ours, theirs.as_ref());
            }
        }
        adopt(&mut structure.checks, &before.checks, |one, other| same_text(one, other));
        adopt(&mut structure.references, &before.references, |one, other| one == other);
        adopt(&mut structure.indexes, &before.indexes, |one, other| one == other);
    }

    /// Columns that lead to rows of other objects, where the database can hold them to it.
    fn references(
        &self,
        object: &Object,
        managed: &Managed,
        columns: &BTreeMap<ColumnName, Column>,
        structure: &mut Structure,
    ) {
        let mut ways: BTreeSet<(Vec<ColumnName>, &ObjectName)> = BTreeSet::new();
        let composite = |via: &[ColumnName]| via.len() > 1;
        for path in object.tenant_paths.values() {
            if let crate::model::TenantRoute::Via { via, object, .. } = &path.route {
                ways.insert((via.clone(), object));
            }
        }
        for owner in object.owners.values() {
            if let crate::model::OwnerPath::Via { via, object, .. } = owner {
                ways.insert((via.clone(), object));
            }
        }
        ways.extend(object.parent.iter().map(|parent| (parent.via.clone(), &parent.object)));
        let within: BTreeSet<ColumnName> =
            ways.iter().filter(|(via, _)| composite(via)).flat_map(|(via, _)| via.clone()).collect();
        for (name, column) in &managed.columns {
            if let Holds::KeyOf(other, _) = &column.holds
                && !within.contains(name)
            {
                ways.insert((vec![name.clone()], other));
            }
        }
        for (via, other) in ways {
            let Some(other) = self.model.objects.get(other).filter(|other| self.can_be_referred_to(other)) else {
                continue;
            };
            if other.key.len() != via.len() || !via.iter().all(|column| columns.contains_key(column)) {
                continue;
            }
            let name = fitting(&format!("{}_{}", object.table.name, joined(&via)), "_fkey");
            let reference = Reference { columns: via, table: other.table.clone(), referenced: other.key.clone() };
            structure.references.insert(name, reference);
        }
    }

    /// Views have no keys, and a table that has no unique one cannot be referred to.
    fn can_be_referred_to(&self, other: &Object) -> bool {
        if other.managed.is_some() {
            return true;
        }
        let Some(relation) = self.live.relations.get(&other.table) else { return false };
        let key: BTreeSet<&ColumnName> = other.key.iter().collect();
        let is_key = |columns: &Vec<ColumnName>| columns.iter().collect::<BTreeSet<_>>() == key;
        matches!(relation.kind, RelationKind::Table | RelationKind::PartitionedTable)
            && (is_key(&relation.primary_key) || relation.unique.iter().any(is_key))
    }
}

fn joined(columns: &[ColumnName]) -> String {
    columns.iter().map(ColumnName::as_str).collect::<Vec<_>>().join("_")
}

fn check_name(table: &TableName, column: &ColumnName) -> String {
    fitting(&format!("{}_{column}", table.name), "_check")
}

fn indexes(object: &Object, managed: &Managed, structure: &mut Structure) {
    for columns in &managed.unique {
        let name = fitting(&format!("{}_{}", object.table.name, joined(columns)), "_key");
        let columns = columns.iter().map(|column| (column.clone(), false)).collect();
        structure.indexes.insert(name, Index { columns, unique: true });
    }
    for columns in &managed.indexes {
        let names: Vec<ColumnName> = columns.iter().map(|(column, _)| column.clone()).collect();
        let name = fitting(&format!("{}_{}", object.table.name, joined(&names)), "_idx");
        structure.indexes.insert(name, Index { columns: columns.clone(), unique: false });
    }
}

/// The same text, as far as quotes around plain names go.
fn same_text(one: &str, other: &str) -> bool {
    one.replace('"', "") == other.replace('"', "")
}

fn adopt_text(ours: &mut Option<String>, theirs: Option<&String>) {
    if let (Some(text), Some(theirs)) = (ours.as_mut(), theirs)
        && same_text(text, theirs)
    {
        text.clone_from(theirs);
    }
}

/// What is there under another name, or in other words, stays under its own.
fn adopt<T: Clone>(wanted: &mut BTreeMap<String, T>, there: &BTreeMap<String, T>, same: impl Fn(&T, &T) -> bool) {
    let names: Vec<String> = wanted.keys().cloned().collect();
    for name in names {
        let Some(one) = wanted.get(&name) else { continue };
        let found = match there.get(&name) {
            Some(theirs) if same(one, theirs) => Some((name.clone(), theirs.clone())),
            _ => there
                .iter()
                .find(|(other, theirs)| !wanted.contains_key(*other) && same(one, theirs))
                .map(|(other, theirs)| (other.clone(), theirs.clone())),
        };
        if let Some((other, theirs)) = found {
            wanted.remove(&name);
            wanted.insert(other, theirs);
        }
    }
}
