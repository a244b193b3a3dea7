//! Two audiences of a portal may do exactly the same.
//!
//! ## Why is this bad
//!
//! Two names for one thing drift apart: a grant is tightened for one of them and not for the other, and nobody can say
//! which of the two a person was meant to be.
//!
//! ## Example
//!
//! ```yaml
//! audiences:
//!   buyer: {grants: {order: {read: [number, total]}}}
//!   purchaser: {grants: {order: {read: [number, total]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! audiences:
//!   buyer: {grants: {order: {read: [number, total]}}}
//! ```
//!
//! Where the one is to have more some day, let it extend the other: `purchaser: {extends: buyer}`, which is not found.

use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Persona, ReadGrant, Write, WriteGrant};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("near-identical-audiences", check).info();

fn check(model: &AccessModel) -> Vec<Finding> {
    let personas: Vec<&Persona> = model.personas.values().collect();
    let pairs = personas.iter().enumerate().filter_map(|(at, one)| {
        let other = personas[..at].iter().find(|other| are_twins(one, other))?;
        let message = format!("`{}` may do exactly what `{}` may", one.name, other.name);
        Some(
            Finding::info(RULE.id, one.span, message)
                .why("what is tightened for one of two names is left open for the other")
                .label(other.span, "the other one")
                .hint("keep one of them, or let one extend the other")
                .acceptable_for(one.name.to_string())
                .in_portal(one.name.portal.as_str()),
        )
    });
    pairs.collect()
}

fn are_twins(one: &Persona, other: &Persona) -> bool {
    let same_kind = (&one.name.portal, one.who, &one.tenant_kind, one.tenants)
        == (&other.name.portal, other.who, &other.tenant_kind, other.tenants);
    let same_place = one.lifecycle == other.lifecycle
        && one.delegation == other.delegation
        && one.rate_limit == other.rate_limit
        && !lapses_into(one, other)
        && !lapses_into(other, one);
    let may_something = one.reads.values().any(|grants| !grants.is_empty());
    same_kind
        && same_place
        && may_something
        && reads(one) == reads(other)
        && writes(one) == writes(other)
        && !shared(one, other)
}

fn lapses_into(one: &Persona, other: &Persona) -> bool {
    one.lifecycle.as_ref().is_some_and(|lifecycle| lifecycle.on_lapse == other.name)
}

/// Grants without their places.
fn reads(persona: &Persona) -> Vec<(&str, ReadGrant)> {
    let plain = |grant: &ReadGrant| ReadGrant { sources: Vec::new(), ..grant.clone() };
    let all = persona
        .reads
        .iter()
        .flat_map(|(object, grants)| grants.iter().map(move |grant| (object.as_str(), plain(grant))));
    all.collect()
}

fn writes(persona: &Persona) -> Vec<(&str, &Write, String)> {
    let all = persona.writes.iter().flat_map(|(object, grants)| grants.iter().map(move |grant| (object, grant)));
    all.map(|(object, grant)| (object.as_str(), &grant.write, format!("{:?}", grant.rows))).collect()
}

/// Whether both hold the very same written grants and nothing else: one extends the other, or both have one set.
fn shared(one: &Persona, other: &Persona) -> bool {
    let places = |persona: &Persona| {
        let reads = persona.reads.values().flatten().filter_map(|grant| grant.sources.first().copied());
        let writes = persona.writes.values().flatten().filter_map(|grant: &WriteGrant| grant.sources.first().copied());
        reads.chain(writes).collect::<BTreeSet<_>>()
    };
    places(one) == places(other)
}
