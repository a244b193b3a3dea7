//! One persona can bring a row to where it waits for a decision, or make it there, and make the decision.
//!
//! ## Why is this bad
//!
//! One person who may do both approves what they asked for themselves. It need not be meant badly: the button is on the page.
//!
//! ## Example
//!
//! ```yaml
//! manager:
//!   grants:
//!     request: {transition: {state: {draft: [submitted], submitted: [approved]}}}
//! board:
//!   grants:
//!     request: {transition: {state: {submitted: [approved]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! manager:
//!   grants:
//!     request:
//!       transition:
//!         - {state: {draft: [submitted]}}
//!         - {state: {submitted: [approved]}, where: {requester: {ne: $user}}}
//! ```
//!
//! A move is a decision where its state is called so (`approved`, `accepted`, `authorised`, `granted`, `released`,
//! `signed_off`), or where some grant of the same move asks for somebody else's rows already. Other moves, such as closing
//! what one has resolved, are nobody's agreement.

use crate::check::grants::{each_write, moves};
use crate::check::references::operands;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Comparison, Condition, Object, Persona, Rows, Test, Value, Write, WriteGrant};
use crate::names::{FieldName, ObjectName};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("four-eyes-broken", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let agreements = agreements(model);
    let alone = each_write(model, |persona, object, grant| decides_alone(&agreements, persona, object, grant));
    alone
        .iter()
        .map(|held| {
            let (way, into, out) = &held.found;
            let (who, object) = (held.who(), &held.object.name);
            let message = match way {
                Way::Moved => format!("{who} may bring a `{object}` to `{into}` and move it on to `{out}`, alone"),
                Way::Made => format!("{who} may make a `{object}` that is `{into}` and move it on to `{out}`, alone"),
            };
            let finding = Finding::error(RULE.id, held.span, message)
                .why("what waits for somebody else's decision can be decided by who asked for it")
                .hint("test who asked: `where: {requester: {ne: $user}}`, with the field that names them");
            held.acceptable(finding)
        })
        .collect()
}

/// How a row comes to where it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Moved,
    /// It begins there.
    Made,
}

/// The state that is waited in, and the decision.
fn decides_alone(
    agreements: &Agreements<'_>,
    persona: &Persona,
    object: &Object,
    grant: &WriteGrant,
) -> Option<(Way, String, String)> {
    let Write::Transition { field, moves: decisions, .. } = &grant.write else { return None };
    if asks_for_another(&grant.rows) {
        return None;
    }
    let own: BTreeSet<(&str, &str)> = moves(persona.writes.get(&object.name).into_iter().flatten()).collect();
    decisions.iter().flat_map(|(from, targets)| targets.iter().map(move |to| (from, to))).find_map(|(from, to)| {
        // Back to where it came from is no decision: that is how one takes a request back.
        let moved = own.iter().any(|(before, into)| into == from && before != to).then_some(Way::Moved);
        let way = moved.or_else(|| makes(persona, object, field, from).then_some(Way::Made))?;
        is_decision(agreements, object, from, to).then(|| (way, from.clone(), to.clone()))
    })
}

/// Whether a new row of the persona's may begin in the state: it is set so, left so, or chosen.
fn makes(persona: &Persona, object: &Object, field: &FieldName, state: &str) -> bool {
    let is_state = |value: &Value| matches!(value, Value::Text(text) if text == state);
    let begins = object.fields.get(field).and_then(|field| field.default.as_ref());
    persona.writes.get(&object.name).into_iter().flatten().any(|grant| match &grant.write {
        Write::Create(create) => match create.preset.get(field) {
            Some(preset) => is_state(preset),
            None => create.fields.contains(field) || begins.is_some_and(is_state),
        },
        _ => false,
    })
}

/// States that say by their name that somebody agreed.
const AGREED: &[&str] = &["accepted", "approved", "authorised", "authorized", "granted", "released", "signed_off"];

/// Moves of an object's rows, from where to where, that some grant holds to the rows of others.
type Agreements<'a> = BTreeSet<(&'a ObjectName, &'a str, &'a str)>;

fn agreements(model: &AccessModel) -> Agreements<'_> {
    let writes = model.personas.values().flat_map(|persona| &persona.writes);
    let held = writes.flat_map(|(object, grants)| {
        let held = grants.iter().filter(|grant| asks_for_another(&grant.rows));
        moves(held).map(move |(from, to)| (object, from, to))
    });
    held.collect()
}

/// Whether the move is somebody's agreement: by the name of the state it leads to, or because a grant of the same move
/// is held to the rows of others.
fn is_decision(agreements: &Agreements<'_>, object: &Object, from: &str, to: &str) -> bool {
    let agreed = AGREED.contains(&to.to_ascii_lowercase().replace([' ', '-'], "_").as_str());
    agreed || agreements.contains(&(&object.name, from, to))
}

/// Whether the rows are somebody else's: a column that names a person is not me.
fn asks_for_another(rows: &Rows) -> bool {
    let parts = match &rows.condition {
        Condition::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let names_me = |comparison: &Comparison<Value>| operands(comparison).any(|value| matches!(value, Value::User(_)));
    let not_me = |part: &Condition| match part {
        Condition::Test(Test { comparison, .. }) => {
            matches!(comparison, Comparison::Ne(_) | Comparison::NotIn(_)) && names_me(comparison)
        }
        _ => false,
    };
    let denied_to_me = |condition: &Condition| match condition {
        Condition::Test(Test { comparison, .. }) => {
            matches!(comparison, Comparison::Eq(_) | Comparison::In(_)) && names_me(comparison)
        }
        _ => false,
    };
    parts.iter().any(not_me) || rows.denied.iter().any(|deny| denied_to_me(&deny.condition))
}
