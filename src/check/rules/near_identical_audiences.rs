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
use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, Persona, Rows, Write};
use crate::names::{FieldName, ObjectName, PortalName};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::check) const RULE: Rule = Rule::model("near-identical-audiences", check).info();

fn check(model: &AccessModel) -> Vec<Finding> {
    let mut all = Everybody::new();
    let pairs = model.personas.values().filter(|one| one.reads.values().any(|grants| !grants.is_empty()));
    let pairs = pairs.filter_map(|one| {
        let other = twin(&mut all, one)?;
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

/// How many grants there are of each object, by which most personas are told apart.
type Extent<'a> = Vec<(&'a ObjectName, usize)>;

/// Those who came before, so that nobody is held against all of them.
type Everybody<'a> = BTreeMap<(&'a PortalName, Extent<'a>, Extent<'a>), Vec<Alike<'a>>>;

/// Personas that may do the same, by where their grants are written: those of one place extend each other or have one set,
/// and are no twins of each other.
type Alike<'a> = Vec<(BTreeSet<Span>, Vec<&'a Persona>)>;

/// The first of those before who may do the same by grants of their own.
fn twin<'a>(all: &mut Everybody<'a>, one: &'a Persona) -> Option<&'a Persona> {
    let alike = all.entry((&one.name.portal, extent(&one.reads), extent(&one.writes))).or_default();
    let places = places(one);
    let same = |alike: &Alike<'_>| {
        alike.iter().flat_map(|(_, personas)| personas).next().is_some_and(|other| may_the_same(one, other))
    };
    let Some(alike) = alike.iter_mut().find(|alike| same(alike)) else {
        alike.push(vec![(places, vec![one])]);
        return None;
    };
    let others = alike.iter().filter(|(written, _)| *written != places);
    let others = others.filter_map(|(_, personas)| {
        personas.iter().copied().find(|other| !lapses_into(one, other) && !lapses_into(other, one))
    });
    let first = others.min_by_key(|other| &other.name);
    match alike.iter_mut().find(|(written, _)| *written == places) {
        Some((_, personas)) => personas.push(one),
        None => alike.push((places, vec![one])),
    }
    first
}

fn may_the_same(one: &Persona, other: &Persona) -> bool {
    (one.who, &one.tenant_kind, one.tenants) == (other.who, &other.tenant_kind, other.tenants)
        && one.lifecycle == other.lifecycle
        && one.delegation == other.delegation
        && one.rate_limit == other.rate_limit
        && reads(one).eq(reads(other))
        && writes(one).eq(writes(other))
}

fn lapses_into(one: &Persona, other: &Persona) -> bool {
    one.lifecycle.as_ref().is_some_and(|lifecycle| lifecycle.on_lapse == other.name)
}

fn extent<G>(grants: &BTreeMap<ObjectName, Vec<G>>) -> Extent<'_> {
    grants.iter().map(|(object, grants)| (object, grants.len())).collect()
}

/// Grants without their places.
fn reads(persona: &Persona) -> impl Iterator<Item = (&ObjectName, &Rows, [&BTreeSet<FieldName>; 2])> {
    let all = persona.reads.iter().flat_map(|(object, grants)| grants.iter().map(move |grant| (object, grant)));
    all.map(|(object, grant)| (object, &grant.rows, [&grant.fields, &grant.unmasked]))
}

fn writes(persona: &Persona) -> impl Iterator<Item = (&ObjectName, &Rows, &Write)> {
    let all = persona.writes.iter().flat_map(|(object, grants)| grants.iter().map(move |grant| (object, grant)));
    all.map(|(object, grant)| (object, &grant.rows, &grant.write))
}

/// Where its grants are written.
fn places(persona: &Persona) -> BTreeSet<Span> {
    let reads = persona.reads.values().flatten().filter_map(|grant| grant.sources.first().copied());
    let writes = persona.writes.values().flatten().filter_map(|grant| grant.sources.first().copied());
    reads.chain(writes).collect()
}
