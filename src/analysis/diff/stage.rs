//! From what a search found to rows, people and records: a world for the evaluator.

use super::cast::{Cast, ME};
use super::formula::{Fact, Place, Valuation, Var};
use super::known::Known;
use super::pool::USUAL;
use crate::analysis::evaluate::{AssignmentRecord, Datum, Record, Row, ShareRecord, With, World};
use crate::model::Persona;
use crate::names::{ColumnName, KeyName, TableName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::UtcOffset;

/// The rows that a valuation speaks of, the same in every model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stage {
    /// The row that is asked about.
    pub(super) row: Row,
    pub(super) rows: BTreeMap<TableName, Vec<Row>>,
    /// What a reader should know of the row.
    pub(super) told: BTreeSet<ColumnName>,
    places: BTreeMap<Place, Row>,
}

impl Stage {
    pub(super) fn new(known_of: [&Known<'_>; 2], root: &Place, known: &Valuation) -> Self {
        let mut places: BTreeSet<Place> = BTreeSet::from([root.clone()]);
        for var in known.0.keys() {
            match var {
                Var::Cell(place, _) => drop(places.insert(place.clone())),
                Var::Fact(Fact::Exists(place)) if known.holds(var) => drop(places.insert(place.clone())),
                _ => {}
            }
        }
        // Of a row above that is not there nothing is told.
        places.retain(|place| {
            let mut at = Some(place.clone());
            std::iter::from_fn(|| {
                let here = at.take()?;
                at = here.below().map(|(below, _)| below);
                Some(here)
            })
            .all(|place| place.steps.is_empty() || known.holds(&Var::Fact(Fact::Exists(place))))
        });
        let mut stage =
            Self { row: Row::default(), rows: BTreeMap::new(), told: BTreeSet::new(), places: BTreeMap::new() };
        // Those that lead to others come first: a row above has the key by which it is named.
        let mut ordered: Vec<&Place> = places.iter().collect();
        ordered.sort_by_key(|place| place.steps.len());
        for (at, place) in ordered.into_iter().enumerate() {
            let row = stage.build(known_of, place, known, at);
            stage.places.insert(place.clone(), row);
        }
        stage.name_those_above(root, known);
        stage.row = stage.places.get(root).cloned().unwrap_or_default();
        for (place, row) in &stage.places {
            stage.rows.entry(place.table().clone()).or_default().push(row.clone());
        }
        stage.links(root, known);
        stage
    }

    /// All columns that some object tells of, empty but for what is known and for the key.
    fn build(&mut self, known_of: [&Known<'_>; 2], place: &Place, known: &Valuation, at: usize) -> Row {
        let objects = known_of.iter().flat_map(|known_of| known_of.objects.get(place.table()));
        let mut row = Row::default();
        for object in objects {
            for field in object.fields.values() {
                row.0.entry(field.column.clone()).or_insert(Datum::Null);
            }
            for (part, column) in object.key.iter().enumerate() {
                row.0.insert(column.clone(), Datum::text((1000 * (at + 1) + part).to_string()));
            }
        }
        if let Some((below, step)) = place.below() {
            for (via, key) in step.via.iter().zip(&step.key) {
                let named = match known.0.get(&below.cell(via)) {
                    Some(datum) => Some(datum.clone()),
                    None => self
                        .places
                        .get(&below)
                        .and_then(|row| row.0.get(via))
                        .filter(|datum| **datum != Datum::Null)
                        .cloned(),
                };
                let named = named.unwrap_or_else(|| row.0.get(key).cloned().unwrap_or(Datum::text("1")));
                row.0.insert(key.clone(), named);
            }
        }
        for (var, datum) in &known.0 {
            if let Var::Cell(of, column) = var
                && of == place
            {
                row.0.insert(column.clone(), datum.clone());
            }
        }
        row
    }

    /// Rows below hold the keys of those above.
    fn name_those_above(&mut self, root: &Place, known: &Valuation) {
        let above: Vec<(Place, Row)> = self.places.iter().map(|(place, row)| (place.clone(), row.clone())).collect();
        for (place, row) in above {
            let Some((below, step)) = place.below() else { continue };
            for (via, key) in step.via.iter().zip(&step.key) {
                let key = row.0.get(key).cloned().unwrap_or(Datum::Null);
                if let Some(there) = self.places.get_mut(&below) {
                    there.0.insert(via.clone(), key);
                }
                if below == *root {
                    self.told.insert(via.clone());
                }
            }
        }
        for var in known.0.keys() {
            if let Var::Cell(place, column) = var
                && place == root
            {
                self.told.insert(column.clone());
            }
        }
    }

    fn links(&mut self, root: &Place, known: &Valuation) {
        for var in known.0.keys().filter(|var| known.holds(var)) {
            match var {
                Var::Fact(Fact::Linked(link)) => {
                    let row = self.places.get(&link.place).cloned().unwrap_or_default();
                    let theirs = link
                        .theirs
                        .iter()
                        .zip(&link.own)
                        .map(|(theirs, own)| (theirs.clone(), row.0.get(own).cloned().unwrap_or(Datum::Null)));
                    let mut cells: BTreeMap<ColumnName, Datum> = theirs.collect();
                    cells.insert(link.cell.0.clone(), link.cell.1.clone());
                    self.link(&link.table, cells);
                    if link.place == *root {
                        self.told.extend(link.own.iter().cloned());
                    }
                }
                Var::Fact(Fact::Named { table, cells }) => self.link(table, cells.iter().cloned().collect()),
                _ => {}
            }
        }
    }

    fn link(&mut self, table: &TableName, cells: BTreeMap<ColumnName, Datum>) {
        self.rows.entry(table.clone()).or_default().push(Row(cells));
    }

    /// Gives the row that is asked about something to show.
    pub(super) fn put(&mut self, column: &ColumnName, value: &Datum) {
        let of_table = self.places.iter_mut().filter(|(place, _)| place.number == 0 && place.steps.is_empty());
        for (place, row) in of_table {
            let rows = self.rows.get_mut(place.table()).into_iter().flatten();
            let before = row.clone();
            row.0.insert(column.clone(), value.clone());
            rows.filter(|other| **other == before).for_each(|other| other.clone_from(row));
            self.row.clone_from(row);
        }
    }

    /// As the model has it.
    pub(super) fn world(&self, cast: &Cast, of: &Known<'_>, persona: &Persona, known: &Valuation) -> World {
        let mut world = World::filled_by(of.model, Arc::clone(&of.fillings), known.now().unwrap_or(USUAL));
        world.offset = Some(UtcOffset::UTC);
        world.rows.clone_from(&self.rows);
        let tier = match known.0.get(&Var::Tier) {
            Some(Datum::Text(tier)) => Some(tier.as_str()),
            _ => None,
        };
        cast.enter(of.model, persona, tier, &mut world);
        for var in known.0.keys().filter(|var| known.holds(var)) {
            match var {
                Var::Fact(Fact::Shared(place, object, key)) => {
                    let Some((name, value)) = my_key(cast) else { continue };
                    world.shares.push(ShareRecord {
                        record: Record { object: object.clone(), row_key: self.key(place, key) },
                        with: With::User { key: name, value },
                        expires: Datum::text("infinity"),
                    });
                }
                Var::Fact(Fact::Assigned(place, object, key)) => {
                    let Some((name, value)) = my_key(cast) else { continue };
                    let record = Record { object: object.clone(), row_key: self.key(place, key) };
                    world.assignments.push(AssignmentRecord { record, key: name, value });
                }
                _ => {}
            }
        }
        world
    }

    fn key(&self, place: &Place, key: &[ColumnName]) -> Vec<String> {
        let row = self.places.get(place);
        let part = |column: &ColumnName| match row.and_then(|row| row.0.get(column)) {
            Some(Datum::Text(text)) => text.clone(),
            _ => String::new(),
        };
        key.iter().map(part).collect()
    }

    /// What is above the row, and what else must be there, for a reader.
    pub(super) fn others(&self, root: &Place) -> impl Iterator<Item = (&Place, &Row)> {
        let root = root.clone();
        self.places.iter().filter(move |(place, _)| **place != root)
    }
}

fn my_key(cast: &Cast) -> Option<(KeyName, String)> {
    let (_, me) = cast.users.get(ME)?;
    me.keys.iter().next().map(|(name, value)| (name.clone(), value.clone()))
}
