//! Whoever asks is let in, and sees what is not their own.
//!
//! ## Why is this bad
//!
//! With `approval: none` everybody on the internet is of the audience: within a minute, under as many addresses as they like. They
//! get a tenant of their own, and no row of it is anybody else's. What the audience sees beyond its own tenant is then public, only
//! not called so. Dealers' portals that took everybody in as a dealer gave away the data of all dealers.
//!
//! ## Example
//!
//! ```yaml
//! registration: {approval: none}
//! audiences:
//!   customer:
//!     registration: open
//!     grants:
//!       price_list: {read: {scope: public, where: {state: current}, fields: [product, price]}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! registration: {approval: required}     # staff decide
//! audiences:
//!   customer:
//!     registration: open
//!     grants:
//!       price_list: {read: {scope: public, where: {state: current}, fields: [product, price]}}
//! ```
//!
//! What guests of the same portal read as well is public anyway, and is not found. Rows that are seen by the rows above them, such as
//! the posts of a public forum, are as public as those.

use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Object, Persona, Portal, ReadGrant, Rows, Scope, Who, personas_of, rows_within};
use crate::names::{FieldName, PersonaName};

pub(in crate::check) const RULE: Rule = Rule::model("open-registration", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    model.portals.values().flat_map(|portal| of_portal(model, portal)).collect()
}

fn of_portal(model: &AccessModel, portal: &Portal) -> Vec<Finding> {
    let Some(registration) = portal.registration.as_ref().filter(|registration| !registration.approval) else {
        return Vec::new();
    };
    let name = PersonaName { portal: portal.name.clone(), audience: registration.audience.clone() };
    let Some(persona) = model.personas.get(&name) else { return Vec::new() };
    let guests: Vec<&Persona> =
        personas_of(&model.personas, &portal.name).filter(|other| other.who == Who::Guest).collect();
    let found = persona.reads.keys().filter_map(|name| model.objects.get(name)).filter_map(|object| {
        let grant = beyond_own(model, object, persona, &guests)?;
        let message = format!("anybody may become `{name}`, and sees rows of `{}` that are not their own", object.name);
        let finding = Finding::error(RULE.id, registration.span, message)
            .why("without approval the audience is everybody on the internet")
            .hint("write `approval: required`, or leave to them what is of their own tenant");
        let finding =
            grant.sources.first().into_iter().fold(finding, |finding, span| finding.label(*span, "the grant"));
        Some(finding.acceptable_for(object.name.as_str()).in_portal(portal.name.as_str()))
    });
    found.collect()
}

/// A grant of rows that are neither one's own, nor given to one, nor those that guests see.
fn beyond_own<'a>(
    model: &AccessModel,
    object: &Object,
    persona: &'a Persona,
    guests: &[&Persona],
) -> Option<&'a ReadGrant> {
    let is_public = |grant: &ReadGrant, field: &FieldName| {
        let of_guests = guests.iter().filter(|guest| sees_parents(model, object, (&grant.rows, persona), guest, 0));
        of_guests.flat_map(|guest| guest.reads.get(&object.name).into_iter().flatten()).any(|other| {
            let plain = !grant.unmasked.contains(field) || other.unmasked.contains(field);
            other.fields.contains(field) && plain && rows_within(&grant.rows, &other.rows)
        })
    };
    let grants = persona.reads.get(&object.name)?;
    grants.iter().find(|grant| {
        is_beyond(model, object, persona, &grant.rows, 0) && grant.fields.iter().any(|field| !is_public(grant, field))
    })
}

/// Rows below others are whoever's those are.
fn is_beyond(model: &AccessModel, object: &Object, persona: &Persona, rows: &Rows, depth: usize) -> bool {
    match rows.scope {
        Scope::Public | Scope::All => true,
        Scope::Parent => parent_of(model, object, depth).is_some_and(|parent| {
            let grants = persona.reads.get(&parent.name).into_iter().flatten();
            grants.into_iter().any(|grant| is_beyond(model, parent, persona, &grant.rows, depth + 1))
        }),
        _ => false,
    }
}

/// Whether a guest sees every row above that the persona sees beyond its own, where rows are seen by those.
fn sees_parents(
    model: &AccessModel,
    object: &Object,
    (rows, persona): (&Rows, &Persona),
    guest: &Persona,
    depth: usize,
) -> bool {
    let Some(parent) = parent_of(model, object, depth).filter(|_| rows.scope == Scope::Parent) else { return true };
    let grants = persona.reads.get(&parent.name).into_iter().flatten();
    let mut beyond = grants.filter(|grant| is_beyond(model, parent, persona, &grant.rows, depth + 1));
    beyond.all(|grant| {
        let theirs = guest.reads.get(&parent.name).into_iter().flatten();
        let mut wide = theirs.filter(|other| rows_within(&grant.rows, &other.rows));
        wide.next().is_some() && sees_parents(model, parent, (&grant.rows, persona), guest, depth + 1)
    })
}

/// Of a tree whose rows are above one another, no more is asked than there are objects.
fn parent_of<'m>(model: &'m AccessModel, object: &Object, depth: usize) -> Option<&'m Object> {
    let parent = object.parent.as_ref().filter(|_| depth < model.objects.len())?;
    model.objects.get(&parent.object).filter(|parent| parent.name != object.name)
}
