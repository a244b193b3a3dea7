//! Tables of ours: what is made, changed, and, where somebody asked for it by name, dropped.

use super::{Diff, whose};
use crate::names::{ColumnName, RoleName, TableName};
use crate::plan::conversion::{Conversion, conversion};
use crate::plan::{ChangeKind, MadeColumn, MakeChange};
use crate::state::{Acl, DatabaseState, Make, Marker, Relation, Renames, Structure};
use std::collections::{BTreeMap, BTreeSet};

/// Columns that get another type or are made anew: what knows of them goes before and comes back after.
pub type Retyped = BTreeSet<(TableName, ColumnName)>;

/// What `desired` calls otherwise than `live`.
pub fn renames(desired: &DatabaseState) -> Renames {
    let mut renames = Renames::default();
    for (table, relation) in &desired.relations {
        let Some(structure) = &relation.structure else { continue };
        renames.tables.extend(structure.was.iter().map(|was| (was.clone(), table.clone())));
        for (column, make) in &structure.columns {
            renames.columns.extend(make.was.iter().map(|was| (table.clone(), was.clone(), column.clone())));
        }
    }
    renames
}

/// Tables that are not there yet, as they are before anything guards them.
pub fn bare(state: &mut DatabaseState, desired: &DatabaseState) {
    for (table, relation) in &desired.relations {
        if relation.structure.is_some() && !state.relations.contains_key(table) {
            let bare = Relation {
                row_security: false,
                force_row_security: false,
                acl: Acl::default(),
                column_acl: BTreeMap::new(),
                policies: BTreeMap::new(),
                triggers: BTreeMap::new(),
                ..relation.clone()
            };
            state.relations.insert(table.clone(), bare);
        }
    }
    // What is computed anew has lost its privileges.
    for (table, relation) in &mut state.relations {
        let Some((now, wanted)) =
            relation.structure.as_ref().zip(desired.relations.get(table).and_then(|wanted| wanted.structure.as_ref()))
        else {
            continue;
        };
        let anew = now.columns.iter().filter(|(name, make)| {
            make.generated.is_some() && wanted.columns.get(*name).is_some_and(|other| other.generated != make.generated)
        });
        for (name, _) in anew {
            relation.column_acl.remove(name);
        }
    }
}

/// `before` is the live state by the new names, without the tables that are yet to be made.
pub fn compare(work: &mut Diff<'_>, before: &DatabaseState, renames: &Renames) -> Retyped {
    let mut retyped = Retyped::new();
    let mut makes = Makes { work, retyped: &mut retyped };
    makes.renamed(renames);
    let desired = makes.work.desired;
    for (table, wanted) in &desired.relations {
        let Some(structure) = &wanted.structure else { continue };
        match before.relations.get(table) {
            None => makes.create(table, wanted, structure),
            Some(now) => makes.table(table, now, wanted, structure),
        }
    }
    for (table, now) in &before.relations {
        if now.structure.is_some() && !desired.relations.contains_key(table) {
            makes.drop_table(table, now);
        }
    }
    retyped
}

struct Makes<'w, 'a> {
    work: &'w mut Diff<'a>,
    retyped: &'w mut Retyped,
}

impl Makes<'_, '_> {
    fn push(&mut self, owner: &RoleName, change: MakeChange) {
        let marker: Marker = self.work.marker.clone();
        self.work.kinds.push(ChangeKind::Make { owner: owner.clone(), marker, change });
    }

    /// Whether the schema is somebody else's, in which we may create nothing unasked.
    fn is_guest(&self, table: &TableName) -> bool {
        let schema = self.work.desired.schemas.get(&table.schema);
        schema.is_some_and(|schema| schema.marker.as_ref() != Some(self.work.marker))
    }

    fn renamed(&mut self, renames: &Renames) {
        for (from, to) in &renames.tables {
            let Some(relation) = self.work.desired.relations.get(to) else { continue };
            let objects = relation.structure.as_ref().and_then(|structure| structure.objects.clone());
            self.push(&relation.owner, MakeChange::RenameTable { from: from.clone(), to: to.clone(), objects });
        }
        for (table, from, to) in &renames.columns {
            if let Some(owner) = self.work.desired.relations.get(table).map(|relation| relation.owner.clone()) {
                let (from, to) = (from.clone(), to.clone());
                self.push(&owner, MakeChange::RenameColumn { table: table.clone(), from, to });
            }
        }
    }

    fn create(&mut self, table: &TableName, wanted: &Relation, structure: &Structure) {
        let columns = structure.order.iter().filter_map(|name| made(name, wanted, structure)).collect();
        let checks = structure.checks.iter().map(|(name, text)| (name.clone(), text.clone())).collect();
        let (key, guest) = (wanted.primary_key.clone(), self.is_guest(table));
        let create = MakeChange::CreateTable { table: table.clone(), columns, key, checks, guest };
        self.push(&wanted.owner, create);
        self.indexes(table, wanted, &Structure::empty(None), structure, true);
        self.references(table, wanted, &Structure::empty(None), structure);
    }

    fn table(&mut self, table: &TableName, now: &Relation, wanted: &Relation, structure: &Structure) {
        let Some(before) = &now.structure else {
            self.work.refuse(
                format!("the table `{table}` exists already and was not made by portalctl"),
                "name it as the object's `table` in place of `managed: true`, or move it away",
            );
            return;
        };
        if before.marker.as_ref() != Some(self.work.marker) {
            self.work.refuse(
                format!("the table `{table}` exists already and {}", whose(before.marker.as_ref())),
                "choose another `schema` in the project's `database`",
            );
            return;
        }
        if now.primary_key != wanted.primary_key {
            self.work.refuse(
                format!("the key of `{table}` cannot be another one: other rows lead to it"),
                "write the key as it was, or give the object another name",
            );
        }
        for name in &structure.order {
            self.column(table, name, (now, before), (wanted, structure));
        }
        for name in before.columns.keys().filter(|name| !structure.columns.contains_key(*name)) {
            self.push(&wanted.owner, MakeChange::DropColumn { table: table.clone(), column: name.clone() });
        }
        self.checks(table, wanted, before, structure);
        self.indexes(table, wanted, before, structure, false);
        self.references(table, wanted, before, structure);
    }

    fn column(
        &mut self,
        table: &TableName,
        name: &ColumnName,
        (now, before): (&Relation, &Structure),
        (wanted, structure): (&Relation, &Structure),
    ) {
        let Some(new) = made(name, wanted, structure) else { return };
        let Some(old) = made(name, now, before) else {
            let change = MakeChange::AddColumn { table: table.clone(), column: new, guest: self.is_guest(table) };
            self.push(&wanted.owner, change);
            return;
        };
        if !old.make.ours && structure.columns.get(name).is_some_and(|make| make.ours) {
            self.work.refuse(
                format!("the column `{table}.{name}` exists already and was not made by portalctl"),
                "name the field otherwise, or drop the column",
            );
            return;
        }
        if !self.computed(table, wanted, &old, &new) {
            self.altered(table, wanted, &old, &new);
        }
    }

    /// Whether the column is, or was, computed: then there is nothing else to compare.
    fn computed(&mut self, table: &TableName, wanted: &Relation, old: &MadeColumn, new: &MadeColumn) -> bool {
        match (&old.make.generated, &new.make.generated) {
            (None, None) => false,
            (None, Some(_)) => {
                self.work.refuse(
                    format!("`{table}.{}` holds what was written, and would be computed", new.name),
                    "name the computed field otherwise, and let the old one go",
                );
                true
            }
            _ if old.make.generated == new.make.generated && old.display_type == new.display_type => true,
            _ => {
                self.retyped.insert((table.clone(), new.name.clone()));
                self.push(&wanted.owner, MakeChange::Recompute { table: table.clone(), column: new.clone() });
                true
            }
        }
    }

    fn altered(&mut self, table: &TableName, wanted: &Relation, old: &MadeColumn, new: &MadeColumn) {
        let (at, column) = (|| table.clone(), || new.name.clone());
        if old.display_type != new.display_type {
            let (from, to) = (old.display_type.clone(), new.display_type.clone());
            if conversion(&from, &to, "") == Conversion::Never {
                self.work.refuse(
                    format!("`{table}.{}` is {from} and cannot become {to}", new.name),
                    "name the new field otherwise and move the data, or drop the old one by name first",
                );
                return;
            }
            if let Some(computed) = computed_from(new, wanted) {
                self.work.refuse(
                    format!("`{table}.{}` cannot change its type while `{computed}` is computed from it", new.name),
                    "give the computed field another name, change the type, and drop the old one by name",
                );
                return;
            }
            self.retyped.insert((at(), column()));
            self.push(&wanted.owner, MakeChange::AlterType { table: at(), column: column(), from, to });
        }
        if old.make.identity != new.make.identity {
            self.work.refuse(
                format!("the key of `{table}` is made otherwise than the table makes it"),
                "write `generate` as it was, or give the object another name",
            );
        }
        if old.make.default != new.make.default {
            let default = new.make.default.clone();
            self.push(&wanted.owner, MakeChange::SetDefault { table: at(), column: column(), default });
        }
        if old.not_null != new.not_null {
            let not_null = new.not_null;
            self.push(&wanted.owner, MakeChange::SetNotNull { table: at(), column: column(), not_null });
        }
        if let (None, Some(sequence)) = (&old.make.sequence, &new.make.sequence) {
            let (sequence, guest) = (sequence.clone(), self.is_guest(table));
            self.push(&wanted.owner, MakeChange::AddSequence { table: at(), column: column(), sequence, guest });
        }
    }

    fn checks(&mut self, table: &TableName, wanted: &Relation, before: &Structure, structure: &Structure) {
        for name in before.checks.keys().filter(|name| before.checks.get(*name) != structure.checks.get(*name)) {
            self.push(&wanted.owner, MakeChange::DropConstraint { table: table.clone(), name: name.clone() });
        }
        for (name, text) in structure.checks.iter().filter(|(name, text)| before.checks.get(*name) != Some(*text)) {
            let words = structure.columns.iter().find_map(|(column, make)| {
                let words =
                    make.words.as_ref().filter(|_| text.replace('"', "").starts_with(&format!("({column} =")))?;
                Some((column.clone(), words.clone()))
            });
            let (name, text) = (name.clone(), text.clone());
            self.push(&wanted.owner, MakeChange::AddCheck { table: table.clone(), name, text, words });
        }
    }

    fn indexes(
        &mut self,
        table: &TableName,
        wanted: &Relation,
        before: &Structure,
        structure: &Structure,
        fresh: bool,
    ) {
        for name in before.indexes.keys().filter(|name| before.indexes.get(*name) != structure.indexes.get(*name)) {
            self.push(&wanted.owner, MakeChange::DropIndex { table: table.clone(), name: name.clone() });
        }
        let guest = self.is_guest(table);
        for (name, index) in structure.indexes.iter().filter(|(name, index)| before.indexes.get(*name) != Some(*index))
        {
            let (name, index) = (name.clone(), index.clone());
            self.push(&wanted.owner, MakeChange::CreateIndex { table: table.clone(), name, index, guest, fresh });
        }
    }

    fn references(&mut self, table: &TableName, wanted: &Relation, before: &Structure, structure: &Structure) {
        let (old, new) = (&before.references, &structure.references);
        for name in old.keys().filter(|name| old.get(*name) != new.get(*name)) {
            self.push(&wanted.owner, MakeChange::DropConstraint { table: table.clone(), name: name.clone() });
        }
        for (name, reference) in new.iter().filter(|(name, reference)| old.get(*name) != Some(*reference)) {
            let (name, reference) = (name.clone(), reference.clone());
            self.push(&wanted.owner, MakeChange::AddReference { table: table.clone(), name, reference });
        }
    }

    /// Its references go first: two such tables may lead to each other.
    fn drop_table(&mut self, table: &TableName, now: &Relation) {
        for name in now.structure.iter().flat_map(|structure| structure.references.keys()) {
            self.push(&now.owner, MakeChange::DropConstraint { table: table.clone(), name: name.clone() });
        }
        self.push(&now.owner, MakeChange::DropTable { table: table.clone() });
    }
}

fn made(name: &ColumnName, relation: &Relation, structure: &Structure) -> Option<MadeColumn> {
    let column = relation.columns.get(name)?;
    let make: &Make = structure.columns.get(name)?;
    let make = Make { was: None, words: None, ..make.clone() };
    Some(MadeColumn { name: name.clone(), display_type: column.display_type.clone(), not_null: column.not_null, make })
}

/// A column that is computed from this one.
fn computed_from<'r>(column: &MadeColumn, relation: &'r Relation) -> Option<&'r ColumnName> {
    let makes = relation.structure.iter().flat_map(|structure| &structure.columns);
    let words = |text: &str| {
        let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.any(|word| word == column.name.as_str())
    };
    makes.filter(|(_, make)| make.generated.as_deref().is_some_and(words)).map(|(name, _)| name).next()
}
