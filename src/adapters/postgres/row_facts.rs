//! What somebody is shown of one row, through all their facets.

use super::PgError;
use super::as_persona::{Row, shown};
use super::barriers::barriers;
use crate::analysis::RowFacts;
use crate::model::{AccessModel, Object, Persona};
use crate::names::{ColumnName, FieldName};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// What is asked of which row.
#[derive(Debug)]
pub struct AskedRow<'a> {
    pub object: &'a Object,
    /// One text for each column of the object's key.
    pub key: &'a [String],
    pub fields: &'a BTreeSet<FieldName>,
    /// Only facets that show this column count.
    pub column: Option<&'a ColumnName>,
}

/// What the persona's facets show of the row; `None`: none shows it.
///
/// # Errors
/// The server cannot be asked.
pub async fn row_facts(
    gateway: &mut PgConnection,
    model: &AccessModel,
    (persona, context): (&Persona, &str),
    asked: &AskedRow<'_>,
) -> Result<Option<RowFacts>, PgError> {
    let AskedRow { object, key, fields, column } = asked;
    let mut row: Option<RowFacts> = None;
    let barriers = barriers(gateway, &model.project.control_schema).await?;
    for facet in &persona.facets {
        let Some(rectangle) = facet.reads.get(&object.table) else { continue };
        if column.is_some_and(|column| !rectangle.shows(column)) {
            continue;
        }
        let fields = fields.iter().filter_map(|name| object.fields.get(name));
        let readable: Vec<_> = fields.filter(|field| rectangle.columns.contains(&field.column)).collect();
        let columns: Vec<_> = readable.iter().map(|field| &field.column).collect();
        let table = barriers.get(&(facet.role.clone(), object.table.clone())).unwrap_or(&object.table);
        let one = Row { table, columns: &object.key, key };
        if let Some(values) = shown(gateway, &facet.role, context, &one, &columns).await? {
            let facts = readable.iter().map(|field| field.name.clone()).zip(values);
            row.get_or_insert_default().0.extend(facts);
        }
    }
    Ok(row)
}
