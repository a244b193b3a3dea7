//! No persona can bring a row out of a state that the object's moves lead on from.
//!
//! ## Why is this bad
//!
//! Rows that get there stay for good. Somebody has submitted a request, and there is nobody who may approve or reject it.
//!
//! ## Example
//!
//! ```yaml
//! states: {field: status, transitions: {draft: [submitted], submitted: [done]}}
//! # … and every portal grants `draft: [submitted]` alone
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! manager:
//!   grants:
//!     request: {transition: {state: {submitted: [done, draft]}}}
//! ```

use crate::check::grants::moves;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Object};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("absorbing-state", check).warn();

fn check(model: &AccessModel) -> Vec<Finding> {
    model.objects.values().flat_map(|object| of_object(model, object)).collect()
}

fn of_object(model: &AccessModel, object: &Object) -> Vec<Finding> {
    let Some(states) = &object.states else { return Vec::new() };
    let granted: BTreeSet<(&str, &str)> = model.personas.values().flat_map(|persona| moves(persona, object)).collect();
    if granted.is_empty() {
        // Portals that only show how rows stand.
        return Vec::new();
    }
    states
        .transitions
        .iter()
        .filter(|(_, targets)| !targets.is_empty())
        .map(|(from, _)| from)
        .filter(|state| !granted.iter().any(|(from, _)| from == state))
        .map(|state| {
            Finding::warn(RULE.id, object.span, format!("nobody can bring a `{}` out of `{state}`", object.name))
                .why("the object has the move, and no grant of any portal makes it")
                .hint("grant a `transition` from it, or take its moves out of the object's `states`")
                .acceptable_for(object.name.as_str())
        })
        .collect()
}
