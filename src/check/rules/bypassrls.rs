//! A role of this project passes by row security, or may do more than any of them needs.
//!
//! ## Why is this bad
//!
//! No row policy is asked for a superuser or a role with BYPASSRLS: whoever signs in to the portal reads every tenant's rows.
//! One that may make roles gives itself whatever it lacks.
//!
//! It is a warning, since the next `apply` takes it back.
//!
//! ## Example
//!
//! ```sql
//! ALTER ROLE acme__support__customer BYPASSRLS;     -- "only until the import has run"
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! ALTER ROLE acme__support__customer NOBYPASSRLS;
//! ```
//!
//! Load data as the tables' owner, or as a role of the business with that right.

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::state::Role;

pub(in crate::check) const RULE: Rule = Rule::live("bypassrls", check).warn();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let at = live.model.portals.values().map(|portal| portal.span).min();
    let ours = live.state.roles.iter().filter(|(name, _)| live.is_ours(name));
    ours.filter_map(|(name, role)| {
        let held = attributes(role);
        let all = held.join(", ");
        let no = held.iter().map(|one| format!("NO{one}")).collect::<Vec<_>>().join(" ");
        (!held.is_empty()).then(|| {
            Finding::warn(RULE.id, at, format!("`{name}` is a role of this project and has {all}"))
                .why("row policies hold nothing back from it, or it gives itself what does not")
                .hint(format!("run `portalctl apply`, or `ALTER ROLE {name} {no}`; find out who gave it"))
                .acceptable_for(name.as_str())
        })
    })
    .collect()
}

fn attributes(role: &Role) -> Vec<&'static str> {
    let all = [
        (role.superuser, "SUPERUSER"),
        (role.bypass_rls, "BYPASSRLS"),
        (role.create_role, "CREATEROLE"),
        (role.create_db, "CREATEDB"),
        (role.replication, "REPLICATION"),
    ];
    all.into_iter().filter(|(has, _)| *has).map(|(_, name)| name).collect()
}
