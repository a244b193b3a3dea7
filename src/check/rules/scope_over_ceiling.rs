//! A grant reaches further than its object allows by `max_scope`.
//!
//! ## Why is this bad
//!
//! Whoever wrote the object said how far its rows may be shown at most, and somebody who writes a grant elsewhere may not
//! know. The ceiling gives nothing; it only says when a grant is too wide. Scopes are, from narrow to wide: `none`, `own`,
//! `reports`, then `shared`, `assigned` and `parent`, then `tenant`, `tenant_tree`, `public`, `all`. For people outside the
//! ceiling may not be wider than for staff.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: case
//! max_scope: {external: tenant}
//! # … granted
//! case: {read: {scope: tenant_tree}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case: {read: {scope: tenant}}
//! ```
//!
//! Where the grant is right, widen the ceiling where the object is written.

use crate::check::grants::{each, each_write};
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, Object, Persona, Scope, Who, Write};

pub(in crate::check) const RULE: Rule = Rule::model("scope-over-ceiling", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let reads = each(model, |persona, object, grant| over(persona, object, grant.rows.scope));
    let writes = each_write(model, |persona, object, grant| match &grant.write {
        // Made and taken away within what may be read.
        Write::Create(_) | Write::Export { .. } => None,
        _ => over(persona, object, grant.rows.scope),
    });
    reads
        .iter()
        .chain(&writes)
        .map(|held| {
            let (scope, ceiling, at) = held.found;
            let message = format!(
                "{} may have `{}` of `{}`, {} at most",
                held.who(),
                scope.word(),
                held.object.name,
                ceiling.word()
            );
            let finding = Finding::error(RULE.id, held.span, message)
                .why("the object says how far its rows may be shown at most")
                .label(at, "the ceiling")
                .hint(format!("write `scope: {}`, or widen the ceiling", ceiling.word()));
            held.acceptable(finding)
        })
        .collect()
}

fn over(persona: &Persona, object: &Object, scope: Scope) -> Option<(Scope, Scope, Span)> {
    let ceiling = match persona.who {
        Who::Internal => object.max_scope.internal,
        Who::External | Who::Guest => object.max_scope.external,
    };
    let (ceiling, at) = ceiling?;
    (scope.width() > ceiling.width()).then_some((scope, ceiling, at))
}
