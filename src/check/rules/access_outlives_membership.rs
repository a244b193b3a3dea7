//! In a portal where access ends with the membership, an audience keeps what others lose.
//!
//! ## Why is this bad
//!
//! Where one audience falls back to less on the day that nobody pays any more, people expect the same of all. An audience
//! without a `lifecycle` that reads the same rows goes on for ever, for tenants that left years ago.
//!
//! ## Example
//!
//! ```yaml
//! audiences:
//!   member: {permission_sets: [benefits], lifecycle: {paid_until: valid_until, on_lapse: lapsed}}
//!   delegate: {permission_sets: [benefits]}      # of the same organisations
//!   lapsed: {grants: {invoice: {read: [number, total]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! lifecycle: {paid_until: valid_until, on_lapse: lapsed}      # at the portal: of all that do not say otherwise
//! audiences:
//!   member: {permission_sets: [benefits]}
//!   delegate: {permission_sets: [benefits]}
//!   lapsed: {grants: {invoice: {read: [number, total]}}}
//! ```

use crate::check::grants::few;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Persona, Scope, Who, personas_of};
use crate::names::ObjectName;
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("access-outlives-membership", check).warn();

fn check(model: &AccessModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for portal in model.portals.keys() {
        let ending: Vec<Ending<'_>> =
            personas_of(&model.personas, portal).filter_map(|persona| Some((persona, lost(model, persona)?))).collect();
        let lapsed: BTreeSet<_> = ending.iter().filter_map(|(it, _)| Some(&it.lifecycle.as_ref()?.on_lapse)).collect();
        let lasting = personas_of(&model.personas, portal).filter(|persona| {
            persona.who == Who::External && persona.lifecycle.is_none() && !lapsed.contains(&persona.name)
        });
        findings.extend(lasting.filter_map(|persona| one(persona, &ending)));
    }
    findings
}

/// An audience whose access ends, and what it loses then.
type Ending<'a> = (&'a Persona, BTreeSet<&'a ObjectName>);

/// Against the audience of the same kind of tenant that loses most of what `persona` keeps.
fn one(persona: &Persona, ending: &[Ending<'_>]) -> Option<Finding> {
    let alike = |(other, _): &&Ending<'_>| {
        other.tenant_kind.is_none() || persona.tenant_kind.is_none() || other.tenant_kind == persona.tenant_kind
    };
    let walled = walled(persona);
    let kept = ending.iter().filter(alike);
    let kept = kept.map(|(other, lost)| (*other, walled.intersection(lost).copied().collect::<Vec<_>>()));
    let (other, objects) = kept.max_by_key(|(_, objects)| objects.len()).filter(|(_, objects)| !objects.is_empty())?;
    let names: Vec<String> = objects.iter().map(|object| format!("`{object}`")).collect();
    let objects = few(&names)?;
    let message = format!("`{}` keeps {objects} when a membership ends, which `{}` loses", persona.name, other.name);
    let finding = Finding::warn(RULE.id, persona.span, message)
        .why("who has left reads on for ever")
        .label(other.lifecycle.as_ref()?.span, "the access that ends")
        .hint("write the `lifecycle` at the portal, or at this audience as well");
    Some(finding.acceptable_for(persona.name.to_string()).in_portal(persona.name.portal.as_str()))
}

/// What people who are of the audience do not read any more once they lapse.
fn lost<'a>(model: &'a AccessModel, persona: &'a Persona) -> Option<BTreeSet<&'a ObjectName>> {
    let after = model.personas.get(&persona.lifecycle.as_ref()?.on_lapse)?;
    Some(walled(persona).into_iter().filter(|object| !after.reads.contains_key(*object)).collect())
}

/// The objects of which the persona reads rows that are not everybody's.
fn walled(persona: &Persona) -> BTreeSet<&ObjectName> {
    let walled =
        persona.reads.iter().filter(|(_, grants)| grants.iter().any(|grant| grant.rows.scope != Scope::Public));
    walled.map(|(object, _)| object).collect()
}
