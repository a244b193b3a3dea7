//! How long rows are kept.

use super::objects::unknown_field;
use crate::diagnostic::{Finding, Spanned};
use crate::model::{FieldType, Retention, RetentionEnd};
use crate::names::{ColumnName, FieldName};
use crate::spec::document::{FieldDoc, ObjectDoc, RetentionDoc, TenantPathShape};

const ID: &str = "retention-unfit";

/// The retention of an object's document; `None` also where it would not do what it says.
pub(super) fn resolve(doc: &ObjectDoc, findings: &mut Vec<Finding>) -> Option<Retention> {
    let written = doc.retention.as_ref()?;
    let before = findings.len();
    let from = from(doc, written, findings);
    let unless = written.unless.as_ref().and_then(|unless| {
        field(
            doc,
            unless,
            |held| *held == FieldType::Boolean,
            "is no boolean, so it says of no row to keep it",
            findings,
        )
    });
    check_fields(doc, written, findings);
    if findings.len() > before {
        return None;
    }
    Some(Retention {
        after: written.after,
        from: from?,
        then: written.then.value,
        fields: written.fields.iter().map(|field| field.value.clone()).collect(),
        unless,
        span: written.span,
    })
}

fn from(doc: &ObjectDoc, written: &RetentionDoc, findings: &mut Vec<Finding>) -> Option<ColumnName> {
    let is_time = |held: &FieldType| matches!(held, FieldType::Date | FieldType::Timestamp);
    if let Some(from) = &written.from {
        return field(doc, from, is_time, "is neither a date nor a timestamp, so nothing is counted from it", findings);
    }
    let created = FieldName::new("created_at");
    match doc.fields.get(&created) {
        Some(field) if is_time(&field.field_type.value) => Some(column(&created, field)),
        _ => {
            let message = format!("`{}` has no field `created_at` that says when a row was made", doc.name.value);
            findings.push(Finding::error(ID, written.span, message).hint("write `from:` with a date or timestamp"));
            None
        }
    }
}

/// The column of a field that holds what is wanted.
fn field(
    doc: &ObjectDoc,
    name: &Spanned<FieldName>,
    fits: impl Fn(&FieldType) -> bool,
    problem: &str,
    findings: &mut Vec<Finding>,
) -> Option<ColumnName> {
    let Some(field) = doc.fields.get(&name.value) else {
        findings.push(unknown_field(doc, name.value.as_str(), name.span));
        return None;
    };
    if fits(&field.field_type.value) {
        return Some(column(&name.value, field));
    }
    findings.push(Finding::error(ID, name.span, format!("`{}` {problem}", name.value)).label(field.span, "the field"));
    None
}

fn column(name: &FieldName, field: &FieldDoc) -> ColumnName {
    field.column.as_ref().map_or_else(|| ColumnName::new(name.as_str()), |column| column.value.clone())
}

fn check_fields(doc: &ObjectDoc, written: &RetentionDoc, findings: &mut Vec<Finding>) {
    match (written.then.value, written.fields.first()) {
        (RetentionEnd::Anonymise, None) => findings.push(
            Finding::error(ID, written.then.span, "nothing is named that is made anonymous")
                .hint("write `fields:` with what tells who somebody is"),
        ),
        (RetentionEnd::Delete, Some(first)) => findings.push(
            Finding::error(ID, first.span, "a row that is deleted keeps no field")
                .hint("leave `fields` out, or write `then: anonymise`"),
        ),
        _ => {}
    }
    let holds: Vec<&ColumnName> = doc.key.iter().chain(scope_columns(doc)).map(|column| &column.value).collect();
    let asked = [&written.from, &written.unless].into_iter().flatten().map(|name| &name.value);
    let asked: Vec<&FieldName> = asked.collect();
    for name in &written.fields {
        let Some(field) = doc.fields.get(&name.value) else {
            findings.push(unknown_field(doc, name.value.as_str(), name.span));
            continue;
        };
        let problem = if holds.contains(&&column(&name.value, field)) {
            "says which row it is or whose, so it stays"
        } else if asked.contains(&&name.value) {
            "decides about the row itself, so it stays"
        } else {
            continue;
        };
        findings.push(
            Finding::error(ID, name.span, format!("`{}` {problem}", name.value))
                .label(field.span, "the field")
                .hint("take it out of `fields`"),
        );
    }
}

/// Columns by which a row belongs to its tenant or parent: without them it would be behind no wall.
fn scope_columns(doc: &ObjectDoc) -> impl Iterator<Item = &Spanned<ColumnName>> {
    let tenants = doc.tenants.values().flat_map(|path| match &path.shape {
        TenantPathShape::Column { column, .. } => std::slice::from_ref(column),
        TenantPathShape::Via { via, .. } => via,
        TenantPathShape::Link { .. } | TenantPathShape::From { .. } => &[],
    });
    tenants.chain(doc.parent.iter().flat_map(|parent| &parent.via))
}
