//! The same database after tables and columns were called otherwise.

use super::{DatabaseState, Relation};
use crate::names::{ColumnName, TableName};
use std::collections::BTreeMap;

/// Tables first, then columns of them by their new names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    pub tables: Vec<(TableName, TableName)>,
    pub columns: Vec<(TableName, ColumnName, ColumnName)>,
}

impl DatabaseState {
    /// What PostgreSQL does to everything that knows the names.
    pub fn rename(&mut self, renames: &Renames) {
        for (from, to) in &renames.tables {
            if let Some(relation) = self.relations.remove(from) {
                self.relations.insert(to.clone(), relation);
            }
            for relation in self.relations.values_mut() {
                rename_table_in(relation, from, to);
            }
        }
        for (table, from, to) in &renames.columns {
            if let Some(relation) = self.relations.get_mut(table) {
                rename_column(relation, from, to);
            }
            for relation in self.relations.values_mut() {
                let named = relation.foreign_keys.iter_mut().filter(|key| key.references == *table);
                named.for_each(|key| replace(&mut key.referenced, from, to));
                let references = relation.structure.iter_mut().flat_map(|structure| structure.references.values_mut());
                references.filter(|key| key.table == *table).for_each(|key| replace(&mut key.referenced, from, to));
            }
        }
    }
}

fn rename_table_in(relation: &mut Relation, from: &TableName, to: &TableName) {
    let change = |name: &mut TableName| {
        if name == from {
            name.clone_from(to);
        }
    };
    relation.foreign_keys.iter_mut().for_each(|key| change(&mut key.references));
    let references = relation.structure.iter_mut().flat_map(|structure| structure.references.values_mut());
    references.for_each(|reference| change(&mut reference.table));
}

fn replace(columns: &mut [ColumnName], from: &ColumnName, to: &ColumnName) {
    columns.iter_mut().filter(|column| *column == from).for_each(|column| column.clone_from(to));
}

fn rekey<V>(map: &mut BTreeMap<ColumnName, V>, from: &ColumnName, to: &ColumnName) {
    if let Some(value) = map.remove(from) {
        map.insert(to.clone(), value);
    }
}

fn rename_column(relation: &mut Relation, from: &ColumnName, to: &ColumnName) {
    rekey(&mut relation.columns, from, to);
    rekey(&mut relation.column_acl, from, to);
    replace(&mut relation.primary_key, from, to);
    relation.foreign_keys.iter_mut().for_each(|key| replace(&mut key.columns, from, to));
    relation.indexes.iter_mut().chain(&mut relation.unique).for_each(|columns| replace(columns, from, to));
    if let Some(structure) = &mut relation.structure {
        replace(&mut structure.order, from, to);
        rekey(&mut structure.columns, from, to);
        structure.references.values_mut().for_each(|key| replace(&mut key.columns, from, to));
        for index in structure.indexes.values_mut() {
            index.columns.iter_mut().filter(|(column, _)| column == from).for_each(|(column, _)| column.clone_from(to));
        }
        let (from, to) = (from.as_str(), to.as_str());
        let texts = structure.columns.values_mut().filter_map(|make| make.generated.as_mut());
        texts.chain(structure.checks.values_mut()).for_each(|text| *text = rename_in(text, from, to));
    }
}

/// Words of an expression as PostgreSQL shows it that are the column; quoted texts stay.
fn rename_in(text: &str, from: &str, to: &str) -> String {
    let shown = |name: &str| {
        let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if plain { name.to_owned() } else { crate::names::Ident::new(name).to_string() }
    };
    let (from, to) = (shown(from), shown(to));
    let mut renamed = String::new();
    for (at, part) in text.split('\'').enumerate() {
        if at > 0 {
            renamed.push('\'');
        }
        if at % 2 == 1 {
            renamed.push_str(part);
            continue;
        }
        let mut rest = part;
        while let Some(found) = rest.find(&from) {
            let word = |c: char| c.is_alphanumeric() || c == '_' || c == '"';
            let before = rest[..found].chars().next_back().is_some_and(word);
            let after = rest[found + from.len()..].chars().next().is_some_and(|c| word(c) || c == '(');
            renamed.push_str(&rest[..found]);
            renamed.push_str(if before || after { &from } else { &to });
            rest = &rest[found + from.len()..];
        }
        renamed.push_str(rest);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_renamed_in_expressions_and_nothing_else() {
        assert_eq!(rename_in("(qty * unit_qty)", "qty", "amount"), "(amount * unit_qty)");
        assert_eq!(rename_in("(a = 'a'::text)", "a", "b"), "(b = 'a'::text)");
        assert_eq!(rename_in("lower(lower)", "lower", "x"), "lower(x)");
    }
}
