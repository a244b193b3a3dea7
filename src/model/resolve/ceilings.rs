//! The widest scopes that grants on an object may have.

use crate::diagnostic::{Finding, Spanned};
use crate::model::{MaxScope, Scope};
use crate::spec::document::ObjectDoc;

/// As written; people outside never have the wider ceiling.
pub(super) fn max_scope(doc: &ObjectDoc, findings: &mut Vec<Finding>) -> MaxScope {
    let written = |scope: &Option<Spanned<Scope>>| scope.as_ref().map(|scope| (scope.value, scope.span));
    let ceilings = MaxScope { external: written(&doc.max_scope.external), internal: written(&doc.max_scope.internal) };
    if let (Some((outside, at)), Some((inside, other))) = (ceilings.external, ceilings.internal)
        && outside.width() > inside.width()
    {
        findings.push(
            Finding::error("scope-over-ceiling", at, "people outside may not have a wider ceiling than staff")
                .label(other, "the ceiling of staff")
                .hint("narrow the one, or widen the other"),
        );
    }
    ceilings
}
