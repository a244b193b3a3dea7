//! How tables of ours are made.

use super::relations::leading;
use super::{roles, wire};
use crate::names::{ColumnName, TableName};
use crate::state::{Index, Make, Reference, Structure};
use std::collections::{BTreeMap, HashMap};

/// `None`: the table is not ours.
pub fn structure(
    relation: &wire::Relation,
    columns: &[&wire::Column],
    keys: &[&wire::Key],
    indexes: &[&wire::Index],
    owned: &[&wire::Owned],
    numbers: &HashMap<i16, &str>,
) -> Option<Structure> {
    if !relation.ours {
        return None;
    }
    let mut ordered: Vec<&&wire::Column> = columns.iter().collect();
    ordered.sort_by_key(|column| column.number);
    let sequences: BTreeMap<i16, TableName> =
        owned.iter().map(|owned| (owned.number, TableName::new(&owned.schema, &owned.name))).collect();
    let make = |column: &wire::Column| {
        let make = column.make.as_ref()?;
        let generated = make.default.clone().filter(|_| column.generated);
        let default = make.default.clone().filter(|_| !column.generated);
        let sequence = sequences.get(&column.number).cloned();
        Some(Make { default, generated, identity: make.identity, sequence, ours: make.ours, was: None, words: None })
    };
    let ours = || keys.iter().filter(|key| key.ours);
    Some(Structure {
        marker: roles::marker(relation.comment.as_deref()),
        order: ordered.iter().map(|column| ColumnName::new(&column.name)).collect(),
        columns: columns.iter().filter_map(|column| Some((ColumnName::new(&column.name), make(column)?))).collect(),
        checks: ours().filter_map(|key| Some((key.name.clone(), key.check.clone()?))).collect(),
        references: ours().filter_map(|key| Some((key.name.clone(), reference(key, numbers)?))).collect(),
        indexes: indexes
            .iter()
            .filter(|index| index.ours)
            .map(|index| (index.name.clone(), of_index(index, numbers)))
            .collect(),
        was: None,
        objects: None,
    })
}

fn reference(key: &wire::Key, numbers: &HashMap<i16, &str>) -> Option<Reference> {
    let table = TableName::new(key.references_schema.as_ref()?, key.references_name.as_ref()?);
    let referenced = key.referenced.iter().flatten().map(ColumnName::new).collect();
    Some(Reference { columns: leading(&key.columns, numbers), table, referenced })
}

fn of_index(index: &wire::Index, numbers: &HashMap<i16, &str>) -> Index {
    let columns = leading(&index.columns, numbers).into_iter().zip(index.down.iter().copied()).collect();
    Index { columns, unique: index.unique }
}
