//! An audience may give others what it does not hold itself.
//!
//! ## Why is this bad
//!
//! `delegated_admin` lets somebody at a customer decide who of their colleagues is of which audience. Where one of these audiences
//! may do more than they may, they invite a second address of their own, and hold it. Their own grants then say nothing about
//! what they can reach.
//!
//! ## Example
//!
//! ```yaml
//! office:
//!   grants: {order: {read: [number]}}
//!   delegated_admin: {may_grant: [purchaser]}
//! purchaser:
//!   grants: {order: {read: [number, discount]}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! office:
//!   extends: purchaser                       # holds what it grants
//!   delegated_admin: {may_grant: [purchaser]}
//! purchaser:
//!   grants: {order: {read: [number, discount]}}
//! ```
//!
//! Where an administrator on purpose hands out what they do not hold, accept it for the object. An audience that may itself grant
//! further ones than the administrator is found as well, and accepted under the audience's name.

use crate::check::grants::{few, listed};
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, Delegation, Persona, uncovered};
use crate::names::{AudienceName, PersonaName};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("delegation-beyond-own", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for holder in model.personas.values() {
        let Some(delegation) = &holder.delegation else { continue };
        for (audience, span) in &delegation.may_grant {
            let name = PersonaName { portal: holder.name.portal.clone(), audience: audience.clone() };
            let Some(granted) = model.personas.get(&name).filter(|granted| granted.name != holder.name) else {
                continue;
            };
            findings.extend(objects(model, holder, granted, *span));
            findings.extend(further(holder, delegation, granted, *span));
        }
    }
    findings
}

fn objects(model: &AccessModel, holder: &Persona, granted: &Persona, at: Span) -> Vec<Finding> {
    let names: BTreeSet<_> = granted.reads.keys().chain(granted.writes.keys()).collect();
    let objects = names.into_iter().filter_map(|name| model.objects.get(name));
    let found = objects.filter_map(|object| {
        let missing = uncovered(object, granted, holder);
        let what = few(&missing.into_iter().collect::<Vec<_>>())?;
        let message = format!(
            "`{}` may {what} of `{}`, and `{}`, who may grant it, may not",
            granted.name, object.name, holder.name
        );
        let finding = Finding::error(RULE.id, at, message)
            .why("who may grant an audience may hold it, under a second address of their own")
            .label(granted.span, "the audience")
            .hint(format!(
                "let `{}` extend `{}`, or accept it where this is meant",
                holder.name.audience, granted.name.audience
            ));
        Some(finding.acceptable_for(object.name.as_str()).in_portal(holder.name.portal.as_str()))
    });
    found.collect()
}

/// An administrator made by another must not reach further than that one.
fn further(holder: &Persona, own: &Delegation, granted: &Persona, at: Span) -> Option<Finding> {
    let theirs = granted.delegation.as_ref()?;
    let beyond: Vec<&AudienceName> =
        theirs.may_grant.keys().filter(|name| !own.may_grant.contains_key(*name)).collect();
    (!beyond.is_empty()).then(|| {
        let names = listed(beyond.iter().map(ToString::to_string));
        let message = format!("`{}` may grant {names}, and `{}`, who may grant it, may not", granted.name, holder.name);
        Finding::error(RULE.id, at, message)
            .why("who may grant an audience may hold it, and grant on from there")
            .label(granted.span, "the audience")
            .hint(format!("name {names} in `may_grant` as well, or leave `{}` out", granted.name.audience))
            .acceptable_for(granted.name.audience.as_str())
            .in_portal(holder.name.portal.as_str())
    })
}
