//! Going back over renamings: what was called `a`, and was renamed to `b` and then to `c`, is called `a` again, with what
//! it holds.
//!
//! Documents say by `was` what a table or a column was called just before, and may leave that out as soon as it is done.
//! So what became of a name is told by all states that were applied one after the other.

use crate::model::{AccessModel, Managed};
use crate::names::{ColumnName, ObjectName, TableName};
use std::collections::{BTreeMap, BTreeSet};

/// A name that is taken back, and that the documents applied last do not say it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaid {
    /// As it is called until now.
    pub now: String,
    pub was: String,
}

/// Has `earlier` take over what the states since renamed, in place of making it anew and empty. `applied`: every state that
/// is known, the oldest first.
pub fn undo_renames(earlier: &mut AccessModel, applied: &[AccessModel]) -> Vec<Unsaid> {
    let Some(current) = applied.last() else { return Vec::new() };
    let (mut tables, mut columns) = (Names::default(), BTreeMap::<usize, Names<ColumnName>>::new());
    let goal = applied.iter().rposition(|state| state.spec_hash == earlier.spec_hash);
    for (at, state) in applied.iter().enumerate() {
        let is_goal = goal == Some(at);
        tables.follow(&named_tables(state), is_goal);
        for (table, managed) in managed(state) {
            if let Some(held) = tables.now.get(table) {
                columns.entry(*held).or_default().follow(&named_columns(managed), is_goal);
            }
        }
    }
    let (mut moves, mut unsaid) = (tables.moves(&named_tables(earlier)), Vec::new());
    for object in earlier.objects.values_mut() {
        let Some(before) = &mut object.managed else { continue };
        let moved = moves.remove(&object.table);
        let now = moved.as_ref().unwrap_or(&object.table);
        let later = managed(current).find(|(table, _)| *table == now).map(|(_, managed)| managed);
        if let Some(columns) = tables.meant.get(&object.table).and_then(|held| columns.get(held)) {
            unsaid.extend(undo_columns(before, columns, (now, later)));
        }
        if let Some(moved) = moved {
            if later.is_some_and(|later| later.was.as_ref() != Some(&object.table)) {
                unsaid.push(Unsaid { now: moved.to_string(), was: object.name.to_string() });
            }
            // Tables of ours are called as their objects are.
            before.called = Some(ObjectName::new(moved.name.as_str()));
            before.was = Some(moved);
        }
    }
    unsaid
}

fn undo_columns(
    before: &mut Managed,
    columns: &Names<ColumnName>,
    (table, later): (&TableName, Option<&Managed>),
) -> Vec<Unsaid> {
    let mut unsaid = Vec::new();
    for (name, moved) in columns.moves(&named_columns(before)) {
        let later = later.and_then(|later| later.columns.get(&moved));
        if later.is_some_and(|later| later.was.as_ref() != Some(&name)) {
            unsaid.push(Unsaid { now: format!("{table}.{moved}"), was: name.to_string() });
        }
        if let Some(column) = before.columns.get_mut(&name) {
            column.was = Some(moved);
        }
    }
    unsaid
}

fn managed(model: &AccessModel) -> impl Iterator<Item = (&TableName, &Managed)> {
    model.objects.values().filter_map(|object| Some((&object.table, object.managed.as_ref()?)))
}

/// Every name of a state, each with what it was called before.
type Named<N> = BTreeMap<N, Option<N>>;

fn named_tables(model: &AccessModel) -> Named<TableName> {
    managed(model).map(|(table, managed)| (table.clone(), managed.was.clone())).collect()
}

fn named_columns(managed: &Managed) -> Named<ColumnName> {
    managed.columns.iter().map(|(name, column)| (name.clone(), column.was.clone())).collect()
}

/// What names have meant as states followed each other. What they mean has a number, which stays.
struct Names<N> {
    /// Also of what no document names any more, since that stays where it is.
    now: BTreeMap<N, usize>,
    /// What each name meant when it came up; in the state that is gone back to, what it meant there.
    meant: BTreeMap<N, usize>,
    count: usize,
}

impl<N> Default for Names<N> {
    fn default() -> Self {
        Self { now: BTreeMap::new(), meant: BTreeMap::new(), count: 0 }
    }
}

impl<N: Clone + Ord> Names<N> {
    /// The next state names these.
    fn follow(&mut self, named: &Named<N>, is_goal: bool) {
        for (name, was) in named {
            if !self.now.contains_key(name) {
                // Going back to a former state renames without a word of it in the documents.
                let said = was.as_ref().filter(|was| !named.contains_key(*was) && self.now.contains_key(*was));
                let moved = said.or_else(|| self.moved(name, named)).cloned();
                let known = moved.and_then(|moved| self.now.remove(&moved));
                self.count += usize::from(known.is_none());
                self.now.insert(name.clone(), known.unwrap_or(self.count));
            }
            let means = self.now[name];
            if is_goal {
                self.meant.insert(name.clone(), means);
            } else {
                self.meant.entry(name.clone()).or_insert(means);
            }
        }
    }

    /// What is called otherwise by now of what the name meant, where `named` leaves that other name free.
    fn moved(&self, name: &N, named: &Named<N>) -> Option<&N> {
        let meant = self.meant.get(name)?;
        let (now, _) = self.now.iter().find(|(_, means)| *means == meant)?;
        (now != name && !named.contains_key(now)).then_some(now)
    }

    /// The same of all of these. What two of them meant at different times, the first of them has.
    fn moves(&self, named: &Named<N>) -> BTreeMap<N, N> {
        let mut taken = BTreeSet::new();
        let moved = named.keys().filter_map(|name| Some((name, self.moved(name, named)?)));
        let once = moved.filter(|(_, moved)| taken.insert(*moved));
        once.map(|(name, moved)| (name.clone(), moved.clone())).collect()
    }
}
