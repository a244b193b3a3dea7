//! What `can` is asked about: `object`, `object/key`, `object.field`, `object/key.field`.

use super::CliError;
use crate::diagnostic::closest;
use crate::model::{AccessModel, Object};
use crate::names::{ColumnName, FieldName, ObjectName};

#[derive(Debug)]
pub struct Target<'m> {
    pub object: &'m Object,
    /// One text for each column of the key; `None`: any row.
    pub key: Option<Vec<String>>,
    pub field: Option<FieldName>,
}

impl<'m> Target<'m> {
    /// Reads `object[/key][.field]`; the parts of a composite key are joined by `~`.
    ///
    /// # Errors
    /// There is no such object or field, or the key has another number of parts.
    pub fn parse(model: &'m AccessModel, text: &str) -> Result<Self, CliError> {
        let name_ends = text.find(['/', '.']).unwrap_or(text.len());
        let (name, rest) = text.split_at(name_ends);
        let object = model
            .objects
            .get(&ObjectName::new(name))
            .ok_or_else(|| unknown("object", name, model.objects.keys().map(ObjectName::as_str)))?;
        let is_field = |name: &str| object.fields.contains_key(&FieldName::new(name));
        let (key, field) = match (rest.strip_prefix('/'), rest.strip_prefix('.')) {
            // A key may hold dots; what stands behind the last one is a field only if there is one.
            (Some(rest), _) => match rest.rsplit_once('.') {
                Some((key, field)) if is_field(field) => (Some(key), Some(field)),
                _ => (Some(rest), None),
            },
            (None, field) => (None, field),
        };
        if let Some(field) = field.filter(|field| !is_field(field)) {
            return Err(unknown("field", field, object.fields.keys().map(FieldName::as_str)));
        }
        let key: Option<Vec<String>> = key.map(|key| key.split('~').map(str::to_owned).collect());
        if let Some(parts) = key.as_ref().filter(|parts| parts.len() != object.key.len()) {
            let columns: Vec<&str> = object.key.iter().map(ColumnName::as_str).collect();
            return Err(CliError::usage(format!(
                "the key of `{name}` has {} parts, not {}",
                columns.len(),
                parts.len()
            ))
            .hint(format!("write {name}/{}", columns.join("~"))));
        }
        Ok(Self { object, key, field: field.map(FieldName::new) })
    }
}

pub fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str> + Clone) -> CliError {
    let error = CliError::usage(format!("there is no {what} `{}`", name.escape_debug()));
    match closest(name, known.clone()) {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None => error.hint(format!("there is {}", known.collect::<Vec<_>>().join(", "))),
    }
}
