//! Going back over a renaming: what was called `a`, and was renamed to `b`, is called `a` again, with what it holds.

use crate::model::{AccessModel, Managed, Object};
use crate::names::TableName;
use std::collections::BTreeSet;

/// Has `earlier` take over what `current` renamed since, in place of making it anew and empty.
pub fn undo_renames(earlier: &mut AccessModel, current: &AccessModel) {
    let tables: BTreeSet<TableName> = earlier.objects.values().map(|object| object.table.clone()).collect();
    for now in current.objects.values() {
        let Some(managed) = &now.managed else { continue };
        let same = |object: &&mut Object| object.table == now.table || managed.was.as_ref() == Some(&object.table);
        let Some(then) = earlier.objects.values_mut().find(same) else { continue };
        let moved = then.table != now.table && !tables.contains(&now.table);
        let table = then.table.clone();
        let Some(before) = &mut then.managed else { continue };
        if moved && managed.was.as_ref() == Some(&table) {
            before.was = Some(now.table.clone());
            before.called = Some(now.name.clone());
        }
        columns(before, managed);
    }
}

fn columns(before: &mut Managed, now: &Managed) {
    let moved = now.columns.iter().filter_map(|(name, column)| Some((name, column.was.as_ref()?)));
    for (name, was) in moved {
        if before.columns.contains_key(name) {
            continue;
        }
        if let Some(column) = before.columns.get_mut(was) {
            column.was = Some(name.clone());
        }
    }
}
