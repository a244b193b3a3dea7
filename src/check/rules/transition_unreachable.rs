//! No persona can bring a row to a state that the object's moves lead to.
//!
//! ## Why is this bad
//!
//! Either a grant was forgotten, and rows never get there, or the state belongs to no portal and somebody wonders why it is
//! never seen. Rows that the business's own programs move need no grant: accept it then.
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
//!     request: {transition: {state: {submitted: [done]}}}
//! ```

use crate::check::grants::{Writers, moved};
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Object, States, Value, Write};
use crate::names::FieldName;
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("transition-unreachable", check).warn().of_whole();

fn check(model: &AccessModel) -> Vec<Finding> {
    let writers = Writers::of(model);
    moved(model, &writers).flat_map(|(object, states, granted)| of_object(&writers, object, states, &granted)).collect()
}

fn of_object(
    writers: &Writers<'_>,
    object: &Object,
    states: &States,
    granted: &BTreeSet<(&str, &str)>,
) -> Vec<Finding> {
    states
        .transitions
        .values()
        .flatten()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|state| !granted.iter().any(|(_, to)| to == state) && !is_given(writers, object, &states.field, state))
        .map(|state| {
            Finding::warn(RULE.id, object.span, format!("nobody can bring `{}` to `{state}`", object.name))
                .why("the object has the move, and no grant of any portal makes it")
                .hint("grant a `transition` to it, or take it out of the object's `states`")
                .acceptable_for(object.name.as_str())
        })
        .collect()
}

/// Whether rows are made in that state.
fn is_given(writers: &Writers<'_>, object: &Object, field: &FieldName, state: &str) -> bool {
    let is = |value: Option<&Value>| matches!(value, Some(Value::Text(text)) if text == state);
    let preset = writers.on(object).any(|(_, grant)| match &grant.write {
        Write::Create(create) => is(create.preset.get(field)),
        _ => false,
    });
    preset || is(object.fields.get(field).and_then(|field| field.default.as_ref()))
}
