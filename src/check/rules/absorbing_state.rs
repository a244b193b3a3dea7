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

use crate::check::grants::{Writers, moved};
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Object, States};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("absorbing-state", check).warn().of_whole();

fn check(model: &AccessModel) -> Vec<Finding> {
    moved(model, &Writers::of(model))
        .flat_map(|(object, states, granted)| of_object(object, states, &granted))
        .collect()
}

fn of_object(object: &Object, states: &States, granted: &BTreeSet<(&str, &str)>) -> Vec<Finding> {
    states
        .transitions
        .iter()
        .filter(|(_, targets)| !targets.is_empty())
        .map(|(from, _)| from)
        .filter(|state| !granted.iter().any(|(from, _)| from == state))
        .map(|state| {
            Finding::warn(RULE.id, object.span, format!("nobody can bring `{}` out of `{state}`", object.name))
                .why("the object has the move, and no grant of any portal makes it")
                .hint("grant a `transition` from it, or take its moves out of the object's `states`")
                .acceptable_for(object.name.as_str())
        })
        .collect()
}
