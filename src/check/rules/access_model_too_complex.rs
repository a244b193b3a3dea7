//! There are so many different answers to who sees what of one object that nobody can hold them in mind.
//!
//! An object's score is the number of different sets of rows that grants on it make: each scope on each path, with each
//! condition, and each exception from it by `deny` counts once, however many audiences hold it.
//!
//! ## Why is this bad
//!
//! A review asks of a change whether anybody gains what they must not. Where dozens of rules lead to the same rows, the
//! honest answer is that nobody knows, and each exception that is added makes the next mistake likelier.
//!
//! ## Example
//!
//! ```yaml
//! case:
//!   read:
//!     - {scope: own, where: {status: open}}
//!     - {scope: own, where: {status: closed, priority: high}}
//!     - {scope: tenant, where: {priority: low}}
//!     # … and 30 more, by audience, status and priority
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case: {read: [{scope: own}, {scope: tenant, where: {visibility: team}}]}
//! ```
//!
//! A field that says what the rule is about, kept by the business, takes the place of ten conditions.

use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Rows};
use crate::names::ObjectName;
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::check) const RULE: Rule = Rule::model("access-model-too-complex", check).warn();

/// Twice what the largest object of the examples comes to.
const MOST: usize = 24;

fn check(model: &AccessModel) -> Vec<Finding> {
    let said = said_of(model);
    let total: usize = said.values().map(BTreeSet::len).sum();
    let worst = said.into_iter().filter(|(_, said)| said.len() > MOST);
    let worst = worst.filter_map(|(name, said)| Some((model.objects.get(name)?, said.len())));
    worst
        .map(|(object, score)| {
            let message = format!("grants on `{}` make {score} different sets of rows", object.name);
            Finding::warn(RULE.id, object.span, message)
                .why(format!("beyond {MOST} nobody can say who sees what; the whole project comes to {total}"))
                .hint("let a field of the object say what the conditions are about, and grant by that")
                .acceptable_for(object.name.as_str())
        })
        .collect()
}

/// The different sets of rows of each object.
fn said_of(model: &AccessModel) -> BTreeMap<&ObjectName, BTreeSet<String>> {
    let mut all: BTreeMap<&ObjectName, BTreeSet<String>> = BTreeMap::new();
    for persona in model.personas.values() {
        let reads = persona.reads.iter().flat_map(|(object, grants)| grants.iter().map(move |it| (object, &it.rows)));
        let writes = persona.writes.iter().flat_map(|(object, grants)| grants.iter().map(move |it| (object, &it.rows)));
        for (object, rows) in reads.chain(writes) {
            all.entry(object).or_default().insert(said(rows));
        }
    }
    all
}

/// What tells one set of rows from another, whoever asks.
fn said(rows: &Rows) -> String {
    let denied: Vec<_> = rows.denied.iter().map(|deny| &deny.condition).collect();
    let has: Vec<_> = rows.has.iter().map(|has| (&has.object, &has.matches)).collect();
    let time = (&rows.valid_from, &rows.valid_until);
    format!("{:?}", (rows.scope, &rows.path, &rows.condition, denied, has, &rows.min_tier, time))
}
