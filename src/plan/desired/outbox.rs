//! What portal users write to rows of another system waits, in the same transaction, to be handed to it.

use super::audit::{Note, direct_tenants};
use crate::model::{AccessModel, Deletion, FieldClass, Object};
use crate::names::ColumnName;
use std::collections::BTreeSet;

pub(super) const OUTBOX: Note = Note { name: "outbox", function: "outbox_write", arguments: queued };

/// As `outbox_write` takes them. What any object on the table calls secret does not leave this system.
fn queued(model: &AccessModel, object: &Object) -> Option<Vec<String>> {
    let source = object.source.as_ref().filter(|source| source.write_back)?;
    let of_table = model.objects.values().filter(|other| other.table == object.table);
    let secret: BTreeSet<&ColumnName> = of_table
        .flat_map(|object| object.fields.values())
        .filter(|field| field.class == FieldClass::Secret)
        .map(|field| &field.column)
        .collect();
    let sent = object.fields.values().filter(|field| !secret.contains(&field.column));
    let sent: Vec<(&str, &str)> = sent.map(|field| (field.name.as_str(), field.column.as_str())).collect();
    let mark = match &object.deletion {
        Some(Deletion::Soft(column)) => column.as_str(),
        Some(Deletion::Hard) | None => "",
    };
    let further = [serde_json::json!(sent), serde_json::json!(direct_tenants(model, object))];
    let further = further.iter().map(ToString::to_string);
    Some(std::iter::once(source.system.to_string()).chain(further).chain([mark.to_owned()]).collect())
}
