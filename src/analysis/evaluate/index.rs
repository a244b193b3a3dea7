//! What is looked up, by what it is looked up by: a path asks the rows it leads to and not every row of a table, and a row
//! the objects of its table and not every object.

use super::asking::Asking;
use super::compare::{Datum, key_text};
use super::world::{Row, World};
use crate::model::{AccessModel, Object};
use crate::names::{ColumnName, TableName};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Tables that are no longer than this are read as they are.
const SHORT: usize = 8;

/// The rows of one table by the keys that they hold in some columns.
struct Index<'w> {
    by_key: HashMap<Vec<String>, Vec<&'w Row>>,
    /// Those of which it is not told what they hold.
    untold: Vec<&'w Row>,
}

/// Made as they are asked for; the world stays as it is as long as they are there.
pub(super) struct Indexes<'w>(BTreeMap<(&'w TableName, &'w [ColumnName]), Rc<Index<'w>>>);

impl<'w> Index<'w> {
    fn of(world: &'w World, table: &TableName, columns: &[ColumnName]) -> Self {
        let mut index = Self { by_key: HashMap::new(), untold: Vec::new() };
        for row in world.rows_of(table) {
            let held = columns.iter().map(|column| world.cell(table, row, column));
            let mut key = Vec::with_capacity(columns.len());
            let (mut empty, mut untold) = (false, false);
            for datum in held {
                match &datum {
                    Datum::Text(text) => key.push(key_text(text).into_owned()),
                    Datum::Null => empty = true,
                    Datum::Untold(_) | Datum::Now | Datum::Today => untold = true,
                }
            }
            match (empty, untold) {
                (true, _) => {}
                (false, true) => index.untold.push(row),
                (false, false) => index.by_key.entry(key).or_default().push(row),
            }
        }
        index
    }
}

/// The objects of each table.
pub(in crate::analysis) struct ObjectsByTable<'w>(HashMap<&'w TableName, Vec<&'w Object>>);

impl<'w> ObjectsByTable<'w> {
    pub(in crate::analysis) fn of(model: &'w AccessModel) -> Self {
        let mut objects: HashMap<_, Vec<_>> = HashMap::new();
        for object in model.objects.values() {
            objects.entry(&object.table).or_default().push(object);
        }
        Self(objects)
    }

    pub(in crate::analysis) fn get(&self, table: &TableName) -> &[&'w Object] {
        self.0.get(table).map_or(&[], Vec::as_slice)
    }
}

impl<'w> Indexes<'w> {
    pub(super) fn none() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'w> Asking<'w> {
    /// Every row of the table that may hold these keys in these columns. No other row does.
    pub(super) fn rows_with(&self, table: &'w TableName, columns: &'w [ColumnName], wanted: &[Datum]) -> Vec<&'w Row> {
        let rows = self.world.rows_of(table);
        let texts = wanted.iter().map(|datum| match datum {
            Datum::Text(text) => Some(key_text(text).into_owned()),
            _ => None,
        });
        let Some(key) = texts.collect::<Option<Vec<String>>>().filter(|_| rows.len() > SHORT) else {
            return rows.iter().collect();
        };
        let mut indexes = self.indexes.borrow_mut();
        let made = indexes.0.entry((table, columns));
        let index = Rc::clone(made.or_insert_with(|| Rc::new(Index::of(self.world, table, columns))));
        let held = index.by_key.get(&key).map_or(&[][..], Vec::as_slice);
        held.iter().chain(&index.untold).copied().collect()
    }
}
