//! Columns that hold the key of a person: guesses at who owns a row.

use super::naming::snake;
use super::outline::Outline;
use super::yaml;
use crate::names::{ColumnName, TableName};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// The path's name where there are several.
    pub path: String,
    pub column: ColumnName,
    /// Whose key it holds.
    pub people: String,
    /// What stands behind `owner:`.
    pub yaml: String,
    /// `people:` of the project names the table.
    pub declared: bool,
}

pub fn owners(outline: &Outline<'_>, table: &TableName) -> Vec<Owner> {
    let Some(relation) = outline.found.relations.get(table) else { return Vec::new() };
    let declared = |people: &TableName| outline.settings.people.contains_key(people);
    let owner = |column: &ColumnName, people: &TableName, key: &str| {
        let own = snake(column.as_str(), "owner");
        Owner {
            path: own.strip_suffix("_id").unwrap_or(&own).to_owned(),
            column: column.clone(),
            people: people.to_string(),
            yaml: format!("{{column: {}, key: {key}}}", yaml::text(column.as_str())),
            declared: declared(people),
        }
    };
    // Everyone owns the record about themselves, and nobody that of those who report to them.
    if let Some((key, name)) = outline.people(table) {
        return vec![owner(key, table, &name)];
    }
    let keys = relation.foreign_keys.iter().filter_map(|key| {
        let ([column], [referenced]) = (key.columns.as_slice(), key.referenced.as_slice()) else { return None };
        let (of_people, name) = outline.people(&key.references)?;
        (of_people == referenced).then(|| owner(column, &key.references, &name))
    });
    let mut owners: Vec<Owner> = keys.collect();
    owners.dedup_by(|one, other| one.column == other.column);
    owners
}
