//! What tables and columns were called before. A name that something else has now leaves open whose values are whose, also
//! for a rename that has happened.

use super::facts::Facts;
use crate::diagnostic::{Finding, Span};
use crate::model::{ManagedColumn, Object};
use crate::names::ColumnName;
use crate::spec::document::ObjectDoc;
use indexmap::IndexMap;

/// Finds every `was` that cannot be followed without a guess.
pub(super) fn renamed(
    facts: &Facts<'_>,
    (doc, object): (&ObjectDoc, &Object),
    columns: &IndexMap<ColumnName, ManagedColumn>,
    findings: &mut Vec<Finding>,
) {
    if let Some(was) = &doc.was
        && let Some(why) = facts.name_before(&was.value, &object.table)
    {
        findings.push(refused(was.span, object.name.as_str(), was.value.as_str(), &why));
    }
    for (name, doc) in &doc.fields {
        let (Some(was), Some(field)) = (&doc.was, object.fields.get(name)) else { continue };
        let before = ColumnName::new(was.value.as_str());
        let same = columns.values().filter(|column| column.was.as_ref() == Some(&before)).count();
        let why = if before != field.column && columns.contains_key(&before) {
            format!("there is a field `{before}`")
        } else if same > 1 {
            format!("another field was `{before}` before, too")
        } else {
            continue;
        };
        findings.push(refused(was.span, name.as_str(), was.value.as_str(), &why));
    }
}

fn refused(at: Span, name: &str, was: &str, why: &str) -> Finding {
    Finding::error("managed-table", at, format!("`{name}` cannot have been `{was}`: {why}"))
        .hint("rename in two steps: apply one name, take `was` away, then give the old name to the other")
}
