//! What a generated field tells of those that it is computed from.

use crate::diagnostic::{Finding, Span};
use crate::model::{Expression, Field, FieldClass, Object};
use crate::names::ColumnName;
use std::collections::BTreeSet;

/// Where `field` tells what another field holds: it must be of that one's class, and is no way around its mask. `at` is where
/// the expression is written.
pub(super) fn tells(object: &Object, field: &Field, expression: &Expression, at: Span) -> Vec<Finding> {
    let read: BTreeSet<&ColumnName> = expression.columns().collect();
    let told = read.into_iter().filter_map(|column| object.field_of(column)).filter_map(|from| {
        let plain = matches!(from.class, FieldClass::Public | FieldClass::Business);
        let (message, hint) = if from.mask.is_some() {
            (
                format!("`{}` shows what the mask of `{}` hides", field.name, from.name),
                format!("compute it from other fields, or take `mask` from `{}`", from.name),
            )
        } else if !plain && from.class != field.class && field.class != FieldClass::Secret {
            let class = from.class.word();
            (
                format!("`{}` tells what `{}` holds, which is {class}", field.name, from.name),
                format!("write `class: {class}` at `{}` as well", field.name),
            )
        } else {
            return None;
        };
        let finding = Finding::error("managed-table", at, message)
            .why("whoever reads what is computed reads what it is computed from")
            .label(from.span, "computed from this");
        Some(finding.hint(hint))
    });
    told.collect()
}
