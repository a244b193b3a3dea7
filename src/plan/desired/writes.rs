//! What each role may write of each table: privileges, row policies, and what the triggers check.

use super::compiler::{CompileError, Compiler};
use super::predicate::{Predicate, quote};
use super::value::Clock;
use crate::model::{Create, Deletion, Object, ParentNeeds, Persona, Preset, Rows, Scope, Value, Write, WriteGrant};
use crate::names::{ColumnName, FieldName, ObjectName, PersonaName, RoleName, TableName};
use crate::state::Command;
use std::collections::{BTreeMap, BTreeSet};

/// One write grant as its role holds it.
#[derive(Clone, Copy)]
pub struct Held<'a> {
    pub name: &'a PersonaName,
    pub persona: &'a Persona,
    pub object: &'a Object,
    pub grant: &'a WriteGrant,
}

/// Everything that one role may write of one table, or object.
pub type RoleWrites<'a> = Vec<Held<'a>>;

pub type ByRole<'a> = BTreeMap<&'a RoleName, RoleWrites<'a>>;

/// What decides about rows of one command, for roles that share it and its columns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandRows {
    pub command: Command,
    pub using: Option<String>,
    pub check: Option<String>,
    pub columns: BTreeSet<ColumnName>,
}

/// What is written of one table.
#[derive(Debug, Default)]
pub struct TableWrites {
    pub rows: BTreeMap<CommandRows, BTreeSet<RoleName>>,
    pub insert: BTreeMap<RoleName, BTreeSet<ColumnName>>,
    pub update: BTreeMap<RoleName, BTreeSet<ColumnName>>,
    pub delete: BTreeSet<RoleName>,
}

impl<'a> Compiler<'a> {
    /// Every table that somebody writes, with the grants of each role.
    pub(super) fn held_writes(&self) -> BTreeMap<&'a TableName, ByRole<'a>> {
        self.held_by(|object| &object.table, |write| !matches!(write, Write::Export { .. }))
    }

    /// Grants that `wanted` picks, by object and role.
    pub(super) fn holding(&self, wanted: impl Fn(&Write) -> bool) -> BTreeMap<&'a ObjectName, ByRole<'a>> {
        self.held_by(|object| &object.name, wanted)
    }

    fn held_by<K: Ord>(
        &self,
        of: impl Fn(&'a Object) -> K,
        wanted: impl Fn(&Write) -> bool,
    ) -> BTreeMap<K, ByRole<'a>> {
        let mut found: BTreeMap<K, ByRole<'a>> = BTreeMap::new();
        let model = self.model;
        for (name, persona) in &model.personas {
            for (object, grants) in &persona.writes {
                let Some(object) = model.objects.get(object) else { continue };
                for grant in grants.iter().filter(|grant| wanted(&grant.write)) {
                    let Some(facet) = persona.facets.get(grant.facet) else { continue };
                    let held = Held { name, persona, object, grant };
                    found.entry(of(object)).or_default().entry(&facet.role).or_default().push(held);
                }
            }
        }
        found
    }

    /// Privileges and row policies of the writes of one table.
    pub(super) fn table_writes(&mut self, roles: &ByRole<'a>) -> Result<TableWrites, CompileError> {
        let mut writes = TableWrites::default();
        for (role, held) in roles {
            self.inserts(role, held, &mut writes)?;
            self.updates(role, held, &mut writes)?;
            self.deletes(role, held, &mut writes)?;
        }
        Ok(writes)
    }

    fn inserts(
        &mut self,
        role: &RoleName,
        held: &RoleWrites<'a>,
        writes: &mut TableWrites,
    ) -> Result<(), CompileError> {
        let mut parts = Vec::new();
        let mut columns = BTreeSet::new();
        for one in held {
            let Write::Create(create) = &one.grant.write else { continue };
            parts.push(self.created_rows(one, create)?);
            columns.extend(one.grant.inserted(one.object).into_iter().cloned());
        }
        if parts.is_empty() {
            return Ok(());
        }
        let check = self.any_rows(parts);
        self.allow_calls(&check.calls, role);
        writes.insert.insert(role.clone(), columns.clone());
        self.add_rows(writes, Command::Insert, (None, Some(&check)), columns, role);
        Ok(())
    }

    fn updates(
        &mut self,
        role: &RoleName,
        held: &RoleWrites<'a>,
        writes: &mut TableWrites,
    ) -> Result<(), CompileError> {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut columns = BTreeSet::new();
        for one in held {
            let changed = one.grant.changed(one.object);
            if changed.is_empty() {
                continue;
            }
            columns.extend(changed.into_iter().cloned());
            before.push(self.rows_before(one)?);
            after.push(self.rows_after(one)?);
        }
        if before.is_empty() {
            return Ok(());
        }
        let (using, check) = (self.any_rows(before), self.any_rows(after));
        self.allow_calls(&using.calls, role);
        self.allow_calls(&check.calls, role);
        writes.update.insert(role.clone(), columns.clone());
        self.add_rows(writes, Command::Update, (Some(&using), Some(&check)), columns, role);
        Ok(())
    }

    /// Rows that may be removed. Soft deletion is a function's business.
    fn deletes(
        &mut self,
        role: &RoleName,
        held: &RoleWrites<'a>,
        writes: &mut TableWrites,
    ) -> Result<(), CompileError> {
        let mut parts = Vec::new();
        for one in held {
            if let (Write::Delete { parent }, true) = (&one.grant.write, one.grant.removes(one.object)) {
                parts.push(self.written_rows(one, &one.grant.rows, *parent)?);
            }
        }
        if parts.is_empty() {
            return Ok(());
        }
        let using = self.any_rows(parts);
        self.allow_calls(&using.calls, role);
        writes.delete.insert(role.clone());
        self.add_rows(writes, Command::Delete, (Some(&using), None), BTreeSet::new(), role);
        Ok(())
    }

    /// Roles are written into the texts, so those that share them are put together by the texts without.
    fn add_rows(
        &self,
        writes: &mut TableWrites,
        command: Command,
        (using, check): (Option<&Predicate>, Option<&Predicate>),
        columns: BTreeSet<ColumnName>,
        role: &RoleName,
    ) {
        let text = |predicate: Option<&Predicate>| predicate.map(|predicate| predicate.sql.clone());
        let rows = CommandRows { command, using: text(using), check: text(check), columns };
        writes.rows.entry(rows).or_default().insert(role.clone());
    }

    /// A new row as the database has completed it.
    fn created_rows(&mut self, held: &Held<'a>, create: &'a Create) -> Result<Predicate, CompileError> {
        let mut parts = vec![self.written_rows(held, &held.grant.rows, ParentNeeds::Read)?];
        for (column, value) in &create.stamps {
            parts.push(self.is_value(held.object, column, value)?);
        }
        for (column, value) in self.preset_columns(held.object, &create.preset)? {
            if !matches!(value, Value::Now | Value::Today) {
                parts.push(self.is_value(held.object, &column, value)?);
            }
        }
        Ok(Predicate::all(parts))
    }

    /// `"column" = (value)`, as scopes write it.
    fn is_value(&self, object: &Object, column: &ColumnName, value: &Value) -> Result<Predicate, CompileError> {
        let facts = self.column(&object.table, column)?;
        let value = self.value(facts, value, Clock::Context)?;
        Ok(Predicate::on(format!("{} = {value}", quote(column)), [column]))
    }

    pub(super) fn preset_columns<'p>(
        &self,
        object: &'a Object,
        preset: &'p Preset,
    ) -> Result<Vec<(ColumnName, &'p Value)>, CompileError> {
        preset.iter().map(|(field, value)| Ok((self.field_column(object, field)?.clone(), value))).collect()
    }

    pub(super) fn rows_before(&mut self, held: &Held<'a>) -> Result<Predicate, CompileError> {
        let rows = &held.grant.rows;
        match &held.grant.write {
            Write::Transition { field, moves, parent, .. } => {
                let rows = self.written_rows(held, rows, *parent)?;
                Ok(Predicate::all(vec![rows, self.in_states(held.object, field, moves.keys())?]))
            }
            Write::Update { parent, .. } | Write::Delete { parent } => self.written_rows(held, rows, *parent),
            _ => self.written_rows(held, rows, ParentNeeds::Update),
        }
    }

    pub(super) fn rows_after(&mut self, held: &Held<'a>) -> Result<Predicate, CompileError> {
        let rows = &held.grant.rows;
        match &held.grant.write {
            Write::Transition { field, moves, parent, .. } => {
                let rows = self.written_rows(held, rows, *parent)?;
                let states: BTreeSet<&String> = moves.values().flatten().collect();
                Ok(Predicate::all(vec![rows, self.in_states(held.object, field, states.into_iter())?]))
            }
            // Whose the row is then is the trigger's to say; that it is still seen, PostgreSQL's.
            Write::Assign { .. } => self.handed_over(held),
            _ => self.rows_before(held),
        }
    }

    fn in_states<'s>(
        &self,
        object: &'a Object,
        field: &FieldName,
        states: impl Iterator<Item = &'s String>,
    ) -> Result<Predicate, CompileError> {
        let column = self.field_column(object, field)?;
        let facts = self.column(&object.table, column)?;
        let states: Vec<String> = states.map(|state| self.literal(facts, state)).collect();
        Ok(Predicate::on(format!("{} IN ({})", quote(column), states.join(", ")), [column]))
    }

    fn handed_over(&mut self, held: &Held<'a>) -> Result<Predicate, CompileError> {
        let rows = &held.grant.rows;
        if !matches!(rows.scope, Scope::Own | Scope::Reports) {
            return self.written_rows(held, rows, ParentNeeds::Update);
        }
        let everything = self.everything();
        let narrowed = self.narrowed(held.persona, held.object, rows)?;
        Ok(Predicate::all(vec![everything, narrowed]))
    }

    /// The rows of a write: as for reading, but for the parent.
    pub(super) fn written_rows(
        &mut self,
        held: &Held<'a>,
        rows: &'a Rows,
        parent: ParentNeeds,
    ) -> Result<Predicate, CompileError> {
        if rows.scope == Scope::Parent && parent == ParentNeeds::Update {
            let scope = self.under_updatable(held.persona, held.object)?;
            let narrowed = self.narrowed(held.persona, held.object, rows)?;
            return Ok(Predicate::all(vec![scope, narrowed]));
        }
        self.grant_rows(held.persona, held.object, rows)
    }

    /// Rows whose parent the persona may update.
    fn under_updatable(&mut self, persona: &'a Persona, object: &'a Object) -> Result<Predicate, CompileError> {
        let (via, parent) = self.parent_of(object)?;
        let parent = self.object(parent)?;
        let (name, grants) = (&persona.name, persona.writes.get(&parent.name).map_or(&[][..], Vec::as_slice));
        let mut parts = Vec::new();
        for grant in grants {
            if let Write::Update { parent: needs, .. } = &grant.write {
                let held = Held { name, persona, object: parent, grant };
                let rows =
                    self.within(&object.name, "its parent", |this| this.written_rows(&held, &grant.rows, *needs))?;
                parts.push(rows);
            }
        }
        let rows = self.any_rows(parts);
        self.member_of((&object.table, via), &format!("updatable_{}", parent.name), (&parent.table, &parent.key), &rows)
    }

    /// Whether rows of the object may be shown at all.
    pub(super) fn not_deleted(&self, object: &Object) -> Result<Predicate, CompileError> {
        let Some(Deletion::Soft(column)) = &object.deletion else { return Ok(Predicate::new("true")) };
        let facts = self.column(&object.table, column)?;
        let shown = if facts.category == 'B' { "IS NOT TRUE" } else { "IS NULL" };
        Ok(Predicate::on(format!("{} {shown}", quote(column)), [column]))
    }
}
