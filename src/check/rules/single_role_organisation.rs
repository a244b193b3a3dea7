//! People of one organisation hand rows to each other, and nobody of theirs looks after who they are.
//!
//! ## Why is this bad
//!
//! Where a portal has one audience for the people of a tenant and no delegated administrator, the business invites and
//! disables every one of them. Who left a customer's company keeps their access until somebody tells the business.
//!
//! ## Example
//!
//! ```yaml
//! audiences:
//!   customer:
//!     grants: {case: {read: [subject], assign: {fields: [owner], to: tenant_member}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! audiences:
//!   customer:
//!     grants: {case: {read: [subject], assign: {fields: [owner], to: tenant_member}}}
//!   customer_admin: {extends: customer, delegated_admin: {may_grant: [customer, customer_admin]}}
//! ```
//!
//! It is told where people hand over, share or report to each other, since a tenant has several people then.

use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Persona, Scope, Who, Write, personas_of};

pub(in crate::check) const RULE: Rule = Rule::model("single-role-organisation", check).info();

fn check(model: &AccessModel) -> Vec<Finding> {
    let single = model.portals.values().filter_map(|portal| {
        let mut people = personas_of(&model.personas, &portal.name).filter(|persona| persona.who == Who::External);
        let only = people.next()?;
        (people.next().is_none() && only.delegation.is_none() && has_colleagues(only)).then_some(only)
    });
    single
        .map(|persona| {
            let message = format!("people of `{}` work together, and none of them says who they are", persona.name);
            Finding::info(RULE.id, persona.span, message)
                .why("who leaves their company keeps their access until somebody tells the business")
                .hint("add an audience that extends this one, with `delegated_admin: {may_grant: […]}`")
                .acceptable_for(persona.name.to_string())
                .in_portal(persona.name.portal.as_str())
        })
        .collect()
}

fn has_colleagues(persona: &Persona) -> bool {
    let writes = persona.writes.values().flatten();
    let mut scopes = persona.reads.values().flatten().map(|grant| grant.rows.scope);
    writes.map(|grant| &grant.write).any(|write| match write {
        Write::Assign { .. } => true,
        Write::Share(share) => share.with.contains(&persona.name),
        _ => false,
    }) || scopes.any(|scope| scope == Scope::Reports)
}
