//! By which field lists begin.

use super::objects::unknown_field;
use crate::diagnostic::{Finding, Spanned};
use crate::model::{FieldType, Sort};
use crate::spec::document::{ObjectDoc, SortDoc};

/// The order that a document writes; `None` also where nothing can be sorted by it.
pub(super) fn sort(doc: &ObjectDoc, written: Option<&Spanned<SortDoc>>, findings: &mut Vec<Finding>) -> Option<Sort> {
    let written = written?;
    let SortDoc { field: name, descending } = &written.value;
    let Some(field) = doc.fields.get(name) else {
        findings.push(unknown_field(doc, name.as_str(), written.span));
        return None;
    };
    let kind = &field.field_type.value;
    let problem = match kind {
        FieldType::LongText | FieldType::Json | FieldType::File => "holds what has no order",
        FieldType::Reference(_) | FieldType::User | FieldType::Tenant => {
            "holds a key, whose order tells a reader nothing"
        }
        _ => return Some(Sort { field: name.clone(), descending: *descending }),
    };
    findings.push(
        Finding::error("unfit-sort", written.span, format!("nothing is sorted by `{name}`: it {problem}"))
            .label(field.span, "the field")
            .hint("sort by a date, a number or a name: `sort: -created_at` begins with the newest"),
    );
    None
}
