//! What is taken away from somebody whatever grants it.

use crate::diagnostic::Span;
use crate::names::{FieldName, ObjectName};
use std::collections::BTreeSet;

/// A `deny` without a condition: what it takes is in no grant of the persona any more. One with a condition is part of the
/// rows of each grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    pub object: ObjectName,
    /// `None`: the whole object.
    pub fields: Option<BTreeSet<FieldName>>,
    pub span: Span,
}

impl Denial {
    /// Whether it takes this field of the object, or with `None` the object itself.
    #[must_use]
    pub fn takes(&self, object: &ObjectName, field: Option<&FieldName>) -> bool {
        self.object == *object
            && self.fields.as_ref().is_none_or(|fields| field.is_some_and(|field| fields.contains(field)))
    }
}
