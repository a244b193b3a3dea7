use super::QueryError;
use super::sql::{all_equal, of};
use super::types::LiveTypes;
use crate::model::{FieldType, Object};
use crate::names::{ColumnName, FieldName, Ident, ObjectName};
use crate::site::readable::{Link, Readable, ReadableFacet};
use std::collections::BTreeMap;

/// Which values of a row are asked for: its key, some fields, and what the rows are called that its
/// fields lead to.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Each gives text or NULL: the key, the fields, the titles, in this order.
    expressions: Vec<String>,
    key: usize,
    pub fields: Vec<FieldName>,
    /// Which field leads to which object, in the order of the titles.
    pub references: Vec<(FieldName, ObjectName)>,
}

/// One row as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub key: Vec<String>,
    pub values: BTreeMap<FieldName, Option<String>>,
    /// The key and name of the row a field leads to, where the persona may see it.
    pub references: BTreeMap<FieldName, String>,
    /// What the person or tenant is called whose key a field holds, where the persona may know.
    pub names: BTreeMap<FieldName, String>,
    /// What the list is sorted by, exact.
    pub sorted_by: Option<String>,
}

/// What a selection is made for.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    pub objects: &'a BTreeMap<ObjectName, Object>,
    pub readable: &'a Readable,
    pub types: &'a LiveTypes,
    /// IANA name of the zone that timestamps are shown in.
    pub timezone: &'a str,
}

/// Longer texts are cut in lists.
const CUT: usize = 240;

impl Selection {
    /// These fields of the facet, as far as the database has them. In a list, texts are `cut`.
    pub fn new(scene: Scene<'_>, object: &Object, facet: &ReadableFacet, fields: &[FieldName], cut: bool) -> Self {
        let mut selection =
            Self { expressions: Vec::new(), key: object.key.len(), fields: Vec::new(), references: Vec::new() };
        selection.expressions.extend(object.key.iter().map(|column| format!("{}::text", of("t", column))));
        for field in fields.iter().filter_map(|name| object.fields.get(name)) {
            let Some(live) = scene.types.column(&object.table, &field.column) else { continue };
            let column = of("t", &field.column);
            let expression = match &field.field_type {
                // A mask is a text, whatever it stands for.
                _ if facet.masked.contains(&field.name) => format!("{column}::text"),
                FieldType::Timestamp if live.is_timestamp_with_zone() => {
                    format!("({column} AT TIME ZONE {})::text", Ident::literal(scene.timezone))
                }
                FieldType::Text | FieldType::LongText if cut => format!("left({column}::text, {CUT})"),
                _ => format!("{column}::text"),
            };
            selection.expressions.push(expression);
            selection.fields.push(field.name.clone());
        }
        for name in selection.fields.clone() {
            let found = facet.links.iter().filter(|link| link.field.as_ref() == Some(&name));
            if let Some((expression, target)) = found.filter_map(|link| title(scene, object, facet, link)).next() {
                selection.expressions.push(expression);
                selection.references.push((name, target));
            }
        }
        selection
    }

    /// One `text[]` for a row, with what it is sorted by at the end.
    pub(super) fn array(&self, sorted_by: Option<&ColumnName>) -> String {
        let sort = sorted_by.map(|column| format!("{}::text", of("t", column)));
        let expressions: Vec<&str> =
            self.expressions.iter().map(String::as_str).chain(sort.as_deref().or(Some("NULL"))).collect();
        format!("ARRAY[{}]::text[]", expressions.join(", "))
    }

    pub(super) fn read(&self, values: Vec<Option<String>>) -> Result<Row, QueryError> {
        let expected = self.expressions.len() + 1;
        if values.len() != expected {
            return Err(QueryError::Failed(format!("a row has {} values instead of {expected}", values.len())));
        }
        let mut values = values.into_iter();
        let key: Option<Vec<String>> = values.by_ref().take(self.key).collect();
        let key = key.ok_or_else(|| QueryError::Failed("a row has no key".to_owned()))?;
        let fields = self.fields.iter().cloned().zip(values.by_ref()).collect();
        let references = self.references.iter().zip(values.by_ref());
        let references = references.filter_map(|((field, _), title)| Some((field.clone(), title?))).collect();
        Ok(Row { key, values: fields, references, names: BTreeMap::new(), sorted_by: values.next().flatten() })
    }
}

/// What the row is called that a link leads to: NULL where the persona may not see it, which the
/// row policies of that table decide in this very query.
fn title(scene: Scene<'_>, object: &Object, facet: &ReadableFacet, link: &Link) -> Option<(String, ObjectName)> {
    let target = scene.objects.get(&link.target)?;
    let seen = scene.readable.in_role(&link.target, &facet.role)?;
    let fits = link.columns.iter().zip(&target.key).all(|(from, to)| {
        let from = scene.types.column(&object.table, from);
        let to = scene.types.column(&target.table, to);
        from.zip(to).is_some_and(|(from, to)| from.compares_with(to))
    });
    if !fits {
        return None;
    }
    let columns: Vec<String> = seen
        .title
        .iter()
        .filter_map(|name| target.fields.get(name))
        .filter(|field| scene.types.column(&target.table, &field.column).is_some())
        .map(|field| format!("{}::text", of("r", &field.column)))
        .collect();
    let keys: Vec<String> = target.key.iter().map(|column| of("r", column)).collect();
    let from: Vec<String> = link.columns.iter().map(|column| of("t", column)).collect();
    let called = if columns.is_empty() { String::new() } else { format!("concat_ws(' ', {})", columns.join(", ")) };
    let key = format!("{}::text", keys.first()?);
    let name = if called.is_empty() { key } else { format!("coalesce(nullif(left({called}, {CUT}), ''), {key})") };
    let relation = scene.types.relation(&facet.role, &target.table).sql();
    let expression = format!("(SELECT {name} FROM {relation} AS r WHERE {} LIMIT 1)", all_equal(&keys, &from));
    Some((expression, link.target.clone()))
}
