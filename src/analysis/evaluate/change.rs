//! Changes of a row: every column that differs is under one grant that holds for the row before and after.

use super::asking::Asking;
use super::compare::Datum;
use super::truth::{Truth, Verdict};
use super::world::Row;
use crate::model::{Facet, FieldType, Object, ParentNeeds, Preset, Write, WriteGrant};
use crate::names::{ColumnName, FieldName, ObjectName, TableName};
use std::collections::BTreeMap;

/// What columns are to hold.
pub type Changes = BTreeMap<ColumnName, Datum>;

/// A write grant, and of which object it is.
pub(super) type Held<'w> = (&'w Object, &'w WriteGrant);

/// A row as it is, and as it is to be.
#[derive(Clone)]
struct Step<'s> {
    old: &'s Row,
    new: Row,
    /// Of what is set, what differs.
    differing: Vec<&'s ColumnName>,
}

impl<'w> Asking<'w> {
    /// The persona's grants on a table that one of its roles holds.
    pub(super) fn held(&self, facet: usize, table: &TableName) -> Vec<Held<'w>> {
        let objects = self.persona.writes.iter().filter_map(|(name, grants)| Some((self.object(name)?, grants)));
        let of_table = objects.filter(|(object, _)| object.table == *table);
        let grants = of_table.flat_map(|(object, grants)| grants.iter().map(move |grant| (object, grant)));
        grants.filter(|(_, grant)| grant.facet == facet && !matches!(grant.write, Write::Export { .. })).collect()
    }

    /// Whether one statement may set these columns of the row: as some of the persona's roles.
    pub fn may_change(&self, object: &'w Object, row: &Row, changes: &Changes) -> Verdict {
        let facets = self.persona.facets.iter().enumerate();
        let verdicts = facets.filter_map(|(at, facet)| {
            let held = self.held(at, &object.table);
            let changing: Vec<Held<'w>> =
                held.into_iter().filter(|(object, grant)| !grant.changed(object).is_empty()).collect();
            (!changing.is_empty()).then(|| self.change_in(facet, &changing, &object.table, row, changes))
        });
        Verdict::first_allowing(verdicts, || format!("no grant lets `{}` change `{}`", self.persona.name, object.name))
    }

    fn change_in(
        &self,
        facet: &'w Facet,
        held: &[Held<'w>],
        table: &TableName,
        old: &Row,
        changes: &Changes,
    ) -> Verdict {
        let named = |column: &ColumnName| held.iter().any(|(object, grant)| grant.changed(object).contains(column));
        if let Some(column) = changes.keys().find(|column| !named(column)) {
            return Verdict::Denied(format!("no grant lets `{}` change `{column}`", self.persona.name));
        }
        let mut new = old.clone();
        new.0.extend(changes.clone());
        let differs = changes.iter().map(|(column, datum)| {
            let now = self.world.cell(table, old, column);
            (column, Truth::of(now == *datum || both_null(&now, datum)).contrary(), now)
        });
        let (mut differing, mut alike) = (Vec::new(), Vec::new());
        for (column, differs, now) in differs {
            match (self.equal_in(table, column, &now, &changes[column]), differs) {
                (_, Truth::No) => {}
                (Truth::Yes, _) if self.is_one_value(table, column, &now, &changes[column]) => {}
                (Truth::Yes, _) => alike.push(column),
                (Truth::Untold(why), _) if matches!(now, Datum::Untold(_)) => return Verdict::Unknown(why),
                _ => differing.push(column),
            }
        }
        let step = Step { old, new, differing };
        let judged = [
            self.sees_in(facet, table, old).row(),
            Truth::any(held.iter().map(|(object, grant)| self.before(object, grant, old))),
        ];
        let judged = Verdict::of(Truth::all(judged), || self.why_not_before(held, old));
        if judged != Verdict::Allowed {
            return judged;
        }
        let unchanged = self.judge(facet, held, table, &mut step.clone());
        let Some(column) = alike.first() else { return unchanged };
        // PostgreSQL takes another scale for a change where the column's type keeps it.
        let all = [step.differing.clone(), alike.clone()].concat();
        let changed = self.judge(facet, held, table, &mut Step { differing: all, ..step });
        let is_allowed = |verdict: &Verdict| *verdict == Verdict::Allowed;
        if is_allowed(&unchanged) == is_allowed(&changed) {
            return changed;
        }
        Verdict::Unknown(format!("whether `{column}` changes at all is for the type of the column to say"))
    }

    /// The judgement of the columns, then what the grants set, then that the row that comes of it is still theirs.
    fn judge(&self, facet: &'w Facet, held: &[Held<'w>], table: &TableName, step: &mut Step<'_>) -> Verdict {
        let mut presets: Vec<(&'w Object, &'w Preset)> = Vec::new();
        for column in &step.differing {
            let covering = held.iter().filter(|(object, grant)| grant.changed(object).contains(column));
            let asked: Vec<(&Held<'w>, Truth)> =
                covering.map(|held| (held, self.allows(held.0, held.1, step.old, &step.new))).collect();
            let truth = Truth::any(asked.iter().map(|(_, truth)| truth.clone()));
            let judged = Verdict::of(truth, || {
                let reasons = asked.iter().map(|((object, grant), _)| self.why_not_change(object, grant, step));
                format!("`{column}` may not be changed here: {}", reasons.collect::<Vec<_>>().join("; or "))
            });
            if judged != Verdict::Allowed {
                return judged;
            }
            let first = asked.iter().find(|(_, truth)| truth.holds());
            presets.extend(first.and_then(|((object, grant), _)| Some((*object, preset_of(grant)?))));
        }
        let referring = held.iter().flat_map(|(object, grant)| {
            let fields = if let Write::Update { fields, .. } = &grant.write { Some(fields) } else { None };
            fields.into_iter().flatten().map(move |field| (*object, field))
        });
        for (object, field) in referring {
            let differs = object.fields.get(field).is_some_and(|field| step.differing.contains(&&field.column));
            let judged = if differs { self.may_refer(object, field, &step.new) } else { Verdict::Allowed };
            if judged != Verdict::Allowed {
                return judged;
            }
        }
        for (object, preset) in presets {
            self.set(object, preset, &mut step.new);
        }
        let after = Truth::any(held.iter().map(|(object, grant)| self.after(object, grant, &step.new)));
        let judged = Verdict::of(after, || "the row would be none of those that may be changed".to_owned());
        if judged != Verdict::Allowed {
            return judged;
        }
        Verdict::of(self.sees_in(facet, table, &step.new).row(), || {
            "the row would be none of those that they see".to_owned()
        })
    }

    /// The grant holds for the row as it is.
    pub(super) fn before(&self, object: &'w Object, grant: &WriteGrant, row: &Row) -> Truth {
        match &grant.write {
            Write::Transition { field, moves, parent, .. } => Truth::all([
                self.covers(object, &grant.rows, *parent, row),
                self.is_in_state(object, field, moves.keys(), row),
            ]),
            write if changes(write) => self.covers(object, &grant.rows, needs(write), row),
            _ => Truth::No,
        }
    }

    /// The grant holds for the row as it is to be.
    fn after(&self, object: &'w Object, grant: &WriteGrant, row: &Row) -> Truth {
        match &grant.write {
            Write::Transition { field, moves, parent, .. } => Truth::all([
                self.covers(object, &grant.rows, *parent, row),
                self.is_in_state(object, field, moves.values().flatten(), row),
            ]),
            Write::Assign { .. } => self.handed_over(object, grant, row),
            _ => self.before(object, grant, row),
        }
    }

    /// Before, after, and what lies between.
    fn allows(&self, object: &'w Object, grant: &'w WriteGrant, old: &Row, new: &Row) -> Truth {
        let between = match &grant.write {
            Write::Transition { field, moves, .. } => {
                let steps = moves.iter().map(|(from, to)| {
                    Truth::all([
                        self.is_in_state(object, field, std::iter::once(from), old),
                        self.is_in_state(object, field, to.iter(), new),
                    ])
                });
                Truth::any(steps)
            }
            Write::Assign { path, to, .. } => self.is_assignee((object, grant), path, *to, new),
            _ => Truth::Yes,
        };
        Truth::all([self.before(object, grant, old), self.after(object, grant, new), between])
    }

    fn is_in_state<'s>(
        &self,
        object: &Object,
        field: &FieldName,
        states: impl Iterator<Item = &'s String>,
        row: &Row,
    ) -> Truth {
        let Some(field) = object.fields.get(field) else { return Truth::untold("there are no states") };
        let state = self.world.cell(&object.table, row, &field.column);
        Truth::any(states.map(|one| self.equal_in(&object.table, &field.column, &state, &Datum::text(one))))
    }

    /// A reference leads to a row that I read, or nowhere.
    pub(super) fn may_refer(&self, object: &'w Object, field: &FieldName, row: &Row) -> Verdict {
        let Some(field) = object.fields.get(field) else { return Verdict::Allowed };
        match &field.field_type {
            FieldType::Reference(to) => self.may_name(object, std::slice::from_ref(&field.column), to, row),
            _ => Verdict::Allowed,
        }
    }

    pub(super) fn may_name(&self, object: &'w Object, columns: &[ColumnName], to: &ObjectName, row: &Row) -> Verdict {
        let Some(to) = self.object(to) else { return Verdict::Unknown(format!("there is no object `{to}`")) };
        let empty = columns.iter().map(|column| self.world.cell(&object.table, row, column).is_null());
        let seen = self.some_row((&object.table, row, columns), (&to.table, &to.key), |row| self.reads(to, row));
        Verdict::of(Truth::any([Truth::any(empty), seen]), || {
            format!("there is no such {} for them", to.label_one.to_lowercase())
        })
    }

    /// What a grant sets beside.
    pub(super) fn set(&self, object: &Object, preset: &Preset, row: &mut Row) {
        for (field, value) in preset {
            if let Some(field) = object.fields.get(field) {
                row.0.insert(field.column.clone(), self.value(value));
            }
        }
    }

    fn why_not_before(&self, held: &[Held<'w>], row: &Row) -> String {
        let reasons =
            held.iter().filter_map(|(object, grant)| self.why_not(object, &grant.rows, needs(&grant.write), row));
        let first = reasons.into_iter().next();
        first.unwrap_or_else(|| "there is no such row for them in that state".to_owned())
    }

    fn why_not_change(&self, object: &'w Object, grant: &'w WriteGrant, step: &Step<'_>) -> String {
        let needs = needs(&grant.write);
        if let Some(why) = self.why_not(object, &grant.rows, needs, step.old) {
            return why;
        }
        match &grant.write {
            Write::Transition { .. } => "no such move is granted".to_owned(),
            Write::Assign { .. } => "the row may not go to that person".to_owned(),
            _ => self.why_not(object, &grant.rows, needs, &step.new).map_or_else(
                || "of the row as it is to be".to_owned(),
                |why| format!("of the row as it is to be: {why}"),
            ),
        }
    }
}

fn both_null(left: &Datum, right: &Datum) -> bool {
    *left == Datum::Null && *right == Datum::Null
}

fn changes(write: &Write) -> bool {
    matches!(write, Write::Update { .. } | Write::Delete { .. } | Write::Assign { .. } | Write::Share(_))
}

fn preset_of(grant: &WriteGrant) -> Option<&Preset> {
    match &grant.write {
        Write::Update { preset, .. } | Write::Transition { preset, .. } => Some(preset),
        _ => None,
    }
}

/// What the row above must be, where that is the scope.
pub(super) fn needs(write: &Write) -> ParentNeeds {
    match write {
        Write::Update { parent, .. } | Write::Transition { parent, .. } | Write::Delete { parent } => *parent,
        Write::Create(_) | Write::Files(_) | Write::Export { .. } => ParentNeeds::Read,
        Write::Assign { .. } | Write::Share(_) => ParentNeeds::Update,
    }
}
