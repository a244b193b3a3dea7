//! What a database shows people, held against the evaluator: every row that was looked at, and every cell of it.

mod links;

pub use links::{Link, links, whole};

use super::evaluate::{Asking, Datum, Row, Truth, World, masked};
use crate::model::{AccessModel, Facet, Mask, Object, Persona};
use crate::names::{ColumnName, FieldName, ObjectName, TableName};
use std::collections::{BTreeMap, BTreeSet};

/// One row as one of a persona's facets shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRow {
    /// Among the persona's facets.
    pub facet: usize,
    pub table: TableName,
    pub cells: BTreeMap<ColumnName, Option<String>>,
}

/// The keys of the rows that are asked about, by table, each in the order of the columns that [`identity`] names; of a
/// table that is not there, every row of the world.
pub type Tried = BTreeMap<TableName, BTreeSet<Vec<String>>>;

/// One thing that the database has otherwise than the access model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub object: ObjectName,
    /// In the order of the object's key; empty: it is about no single row.
    pub row: Vec<String>,
    /// `None`: the row as a whole.
    pub field: Option<FieldName>,
    pub expected: String,
    pub got: String,
}

/// What came of holding the two together.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// Rows and cells, each for one asker.
    pub probes: usize,
    pub shown: usize,
    pub masked: usize,
    pub differences: Vec<Difference>,
    /// Where the evaluator cannot tell, with the reason as what is expected.
    pub untold: Vec<Difference>,
}

/// What the database shows of one row, all facets together.
#[derive(Debug, Default)]
struct Seen {
    plain: BTreeSet<ColumnName>,
    masked: BTreeMap<ColumnName, Option<String>>,
}

/// By the key of the row.
type SeenRows = BTreeMap<Vec<String>, Seen>;

/// By which columns the rows of a table are told apart: the key of the first object over it.
pub fn identity<'m>(model: &'m AccessModel, table: &TableName) -> &'m [ColumnName] {
    model.objects.values().find(|object| object.table == *table).map_or(&[], |object| &object.key)
}

/// Everything that one asker is shown, by the database and by the evaluator.
pub fn hold(
    model: &AccessModel,
    world: &World,
    (persona, asking): (&Persona, &Asking<'_>),
    shown: &[ShownRow],
    tried: &Tried,
) -> Held {
    let mut held = Held::default();
    let mut seen = seen(model, persona, shown);
    let tables: BTreeSet<&TableName> = model.objects.values().map(|object| &object.table).collect();
    for table in tables {
        let identity = identity(model, table);
        let of_table: Vec<&Object> = model.objects.values().filter(|object| object.table == *table).collect();
        let tried = tried.get(table);
        let shown = seen.remove(table).unwrap_or_default();
        let mut met = BTreeSet::new();
        for row in world.rows.get(table).into_iter().flatten() {
            let key = texts(row, identity);
            if tried.is_none_or(|tried| tried.contains(&key)) {
                for object in &of_table {
                    hold_row(&mut held, asking, (object, row), shown.get(&key));
                }
                met.insert(key);
            }
        }
        let Some(object) = of_table.first() else { continue };
        let strange = shown.into_keys().filter(|key| !met.contains(key));
        held.differences.extend(strange.map(|row| Difference {
            object: object.name.clone(),
            row,
            field: None,
            expected: "no such row".to_owned(),
            got: "a row".to_owned(),
        }));
    }
    held
}

fn seen<'s>(model: &AccessModel, persona: &Persona, shown: &'s [ShownRow]) -> BTreeMap<&'s TableName, SeenRows> {
    let mut seen: BTreeMap<&TableName, SeenRows> = BTreeMap::new();
    for row in shown {
        let key = identity(model, &row.table).iter();
        let key = key.map(|column| row.cells.get(column).cloned().flatten().unwrap_or_default()).collect();
        let entry = seen.entry(&row.table).or_default().entry(key).or_default();
        let rectangle = persona.facets.get(row.facet).and_then(|facet| facet.reads.get(&row.table));
        for (column, text) in &row.cells {
            if rectangle.is_some_and(|rectangle| rectangle.masked.contains_key(column)) {
                entry.masked.insert(column.clone(), text.clone());
            } else {
                entry.plain.insert(column.clone());
            }
        }
    }
    seen
}

fn texts(row: &Row, columns: &[ColumnName]) -> Vec<String> {
    let text = |column: &ColumnName| match row.0.get(column) {
        Some(Datum::Text(text)) => text.clone(),
        _ => String::new(),
    };
    columns.iter().map(text).collect()
}

/// A row that nobody shows has no cell to show.
fn hold_row(held: &mut Held, asking: &Asking<'_>, (object, row): (&Object, &Row), shown: Option<&Seen>) {
    let sight = asking.sees(&object.table, row);
    let mut place = Holding { held, object, row };
    if !place.is_as_expected(None, &sight.row(), shown.is_some()) {
        return;
    }
    let Some(shown) = shown else { return };
    for field in object.fields.values() {
        let column = &field.column;
        let is_plain = shown.plain.contains(column);
        place.held.shown += usize::from(is_plain);
        if !place.is_as_expected(Some(&field.name), &sight.plain(column), is_plain) || is_plain {
            continue;
        }
        let by_mask = shown.masked.get(column);
        let expected = sight.masked(column).filter(|(_, truth)| truth.holds()).map(|(mask, _)| mask);
        place.held.masked += usize::from(by_mask.is_some());
        if !is_masked_by(expected, by_mask, row.0.get(column)) {
            let word = |mask: Mask| format!("shown by the mask `{}`", mask.word());
            let got = by_mask.map_or("hidden", |_| "another text");
            place.differs(Some(&field.name), expected.map_or_else(|| "hidden".to_owned(), word), got.to_owned());
        }
    }
}

/// One row that is held.
struct Holding<'h> {
    held: &'h mut Held,
    object: &'h Object,
    row: &'h Row,
}

impl Holding<'_> {
    /// Whether there is nothing to be said of it.
    fn is_as_expected(&mut self, field: Option<&FieldName>, expected: &Truth, got: bool) -> bool {
        self.held.probes += 1;
        let word = |shown: bool| if shown { "shown" } else { "hidden" }.to_owned();
        match expected {
            Truth::Untold(why) => {
                let difference = self.difference(field, why.clone(), word(got));
                self.held.untold.push(difference);
                false
            }
            truth if truth.holds() != got => {
                self.differs(field, word(truth.holds()), word(got));
                false
            }
            _ => true,
        }
    }

    fn differs(&mut self, field: Option<&FieldName>, expected: String, got: String) {
        let difference = self.difference(field, expected, got);
        self.held.differences.push(difference);
    }

    fn difference(&self, field: Option<&FieldName>, expected: String, got: String) -> Difference {
        Difference {
            object: self.object.name.clone(),
            row: texts(self.row, &self.object.key),
            field: field.cloned(),
            expected,
            got,
        }
    }
}

/// The mask's text is the one that is due; of a digest, that it is one.
fn is_masked_by(expected: Option<Mask>, by_mask: Option<&Option<String>>, cell: Option<&Datum>) -> bool {
    match (by_mask, expected) {
        (None, None) => true,
        (Some(text), Some(mask)) => match cell {
            Some(Datum::Text(value)) => match masked(mask, value) {
                Some(wanted) => *text == Some(wanted),
                None => text.as_ref().is_some_and(|text| text.len() == 16 && text != value),
            },
            _ => text.is_none(),
        },
        _ => false,
    }
}

/// What a facet's role may do with columns, held against the access model: `readable` are the columns that it may read,
/// of the table or of what stands before it. What it reads of a row is held by [`hold`].
pub fn hold_columns(
    model: &AccessModel,
    facet: &Facet,
    table: &TableName,
    readable: &BTreeSet<ColumnName>,
) -> Vec<Difference> {
    let Some(object) = model.objects.values().find(|object| object.table == *table) else { return Vec::new() };
    let rectangle = facet.reads.get(table);
    let expected = |column: &ColumnName| rectangle.is_some_and(|rectangle| rectangle.shows(column));
    let named: BTreeSet<&ColumnName> = rectangle.iter().flat_map(|rectangle| &rectangle.columns).collect();
    let masked = rectangle.iter().flat_map(|rectangle| rectangle.masked.keys());
    let all: BTreeSet<&ColumnName> = named.into_iter().chain(masked).chain(readable).collect();
    let wrong = all.into_iter().filter(|column| expected(column) != readable.contains(*column));
    let word = |may: bool| if may { "readable" } else { "not readable" };
    wrong
        .map(|column| Difference {
            object: object.name.clone(),
            row: Vec::new(),
            field: Some(
                object.field_of(column).map_or_else(|| FieldName::new(column.as_str()), |field| field.name.clone()),
            ),
            expected: format!("column `{column}` is {} for `{}`", word(expected(column)), facet.role),
            got: word(readable.contains(column)).to_owned(),
        })
        .collect()
}
