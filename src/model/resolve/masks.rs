//! Which masks fit which fields.

use super::operand::a_type;
use crate::diagnostic::{Finding, Spanned};
use crate::model::{FieldType, Mask};
use crate::names::{ColumnName, FieldName};
use crate::spec::document::{FieldDoc, ObjectDoc};

/// The mask of a field, where its values can be told by it and rows without it.
///
/// A mask that does not fit is an error, and the field has none: a model beside errors is applied by nobody.
pub(super) fn fitting(
    doc: &ObjectDoc,
    name: &FieldName,
    field: &FieldDoc,
    mask: &Spanned<Mask>,
    findings: &mut Vec<Finding>,
) -> Option<Mask> {
    let own = ColumnName::new(name.as_str());
    let column = field.column.as_ref().map_or(&own, |column| &column.value);
    if doc.key.iter().any(|key| key.value == *column) {
        let message = format!("`{name}` is the key of `{}`: whoever sees a row sees it", doc.name.value);
        findings.push(
            Finding::error("mask-misfit", mask.span, message)
                .why("rows are told apart by it, and it stands in the addresses of pages")
                .hint("take the mask away, or choose another `key`"),
        );
        return None;
    }
    let field_type = &field.field_type.value;
    if fits(mask.value, field_type) {
        return Some(mask.value);
    }
    let message =
        format!("`{name}` is {}, of which the mask `{}` makes nothing", a_type(field_type), mask.value.word());
    let hint = match Mask::ALL.into_iter().filter(|mask| fits(*mask, field_type)).map(Mask::word).collect::<Vec<_>>() {
        none if none.is_empty() => {
            "leave the field out of grants to those who must not see it, or `deny` it".to_owned()
        }
        some => format!("write {}", some.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")),
    };
    findings.push(Finding::error("mask-misfit", mask.span, message).hint(hint));
    None
}

/// Of a few words, as of yes and no, even a digest tells which is which by how often each stands there.
fn fits(mask: Mask, field_type: &FieldType) -> bool {
    let text = matches!(field_type, FieldType::Text | FieldType::LongText);
    match mask {
        Mask::Email => text || *field_type == FieldType::Email,
        Mask::Last4 => text || matches!(field_type, FieldType::Phone | FieldType::Integer),
        Mask::Hash => {
            text || matches!(
                field_type,
                FieldType::Email | FieldType::Phone | FieldType::Url | FieldType::Integer | FieldType::Uuid
            )
        }
    }
}
