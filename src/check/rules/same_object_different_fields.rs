//! Two audiences read the same rows of an object, and each sees a field that the other does not.
//!
//! ## Why is this bad
//!
//! Whoever talks to the other about a record does not see what they see, and a field that is added to one list of fields is
//! forgotten in the other. Often one of the two lists was copied and then changed.
//!
//! ## Example
//!
//! ```yaml
//! audiences:
//!   buyer: {grants: {order: {read: [number, total]}}}
//!   planner: {grants: {order: {read: [number, due_on]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! audiences:
//!   buyer: {grants: {order: {read: [number, total, due_on]}}}
//!   planner: {grants: {order: {read: [number, due_on]}}}
//! ```
//!
//! Where it is meant, nothing has to be done. What the catalogue grants is not found.

use crate::check::grants::listed;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Persona, ReadGrant, Who, personas_of};
use crate::names::{FieldName, ObjectName};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::check) const RULE: Rule = Rule::model("same-object-different-fields", check).info();

fn check(model: &AccessModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for portal in model.portals.keys() {
        // Those who read an object by one grant.
        let mut readers: BTreeMap<&ObjectName, Vec<(&Persona, &ReadGrant)>> = BTreeMap::new();
        for persona in personas_of(&model.personas, portal).filter(|persona| persona.who == Who::External) {
            for (object, grants) in &persona.reads {
                let [grant] = grants.as_slice() else { continue };
                let others = readers.entry(object).or_default();
                findings.extend(others.iter().find_map(|other| told(model, object, (persona, grant), *other)));
                others.push((persona, grant));
            }
        }
    }
    findings
}

fn told(
    model: &AccessModel,
    object: &ObjectName,
    (one, grant): (&Persona, &ReadGrant),
    (other, theirs): (&Persona, &ReadGrant),
) -> Option<Finding> {
    let (here, there) = (*grant.sources.first()?, *theirs.sources.first()?);
    if grant.rows != theirs.rows || model.sources.is_built_in(here) || model.sources.is_built_in(there) {
        return None;
    }
    let more: BTreeSet<_> = grant.fields.difference(&theirs.fields).collect();
    let less: BTreeSet<_> = theirs.fields.difference(&grant.fields).collect();
    if more.is_empty() || less.is_empty() {
        return None;
    }
    let named = |fields: BTreeSet<&FieldName>| listed(fields.into_iter().map(ToString::to_string));
    let message = format!(
        "of the same rows of `{object}`, `{}` sees {} and `{}` sees {}",
        one.name,
        named(more),
        other.name,
        named(less)
    );
    let finding = Finding::info(RULE.id, here, message)
        .why("who talks to the other about a record does not see what they see")
        .label(there, "the other list")
        .hint("let one of the two lists hold the other, where nothing speaks against it");
    Some(finding.acceptable_for(object.as_str()).in_portal(one.name.portal.as_str()))
}
