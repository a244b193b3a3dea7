//! A role of this project carries settings that portalctl did not give it.
//!
//! ## Why is this bad
//!
//! What `ALTER ROLE … SET` leaves holds in every new session of the role, and no statement shows it. A `search_path` makes
//! the role's own text mean other tables and functions, `row_security = off` turns every query of it into an error, and
//! a `statement_timeout` of a day keeps the connections of a portal busy.
//!
//! It is a warning, since the next `apply` takes it back.
//!
//! ## Example
//!
//! ```sql
//! ALTER ROLE acme__gateway SET search_path = scratch, crm;      -- "to try something"
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! ALTER ROLE acme__gateway RESET ALL;
//! ```

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::names::Ident;

pub(in crate::check) const RULE: Rule = Rule::live("role-settings", check).warn();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let at = live.model.portals.values().map(|portal| portal.span).min();
    let ours = live.state.roles.iter().filter(|(name, role)| live.is_ours(name) && !role.settings.is_empty());
    ours.map(|(name, role)| {
        let message = format!("`{name}` is a role of this project and starts with `{}`", role.settings.join("`, `"));
        Finding::warn(RULE.id, at, message)
            .why("it holds in every new session of the role, and no statement shows it")
            .hint(format!(
                "run `portalctl apply`, or `ALTER ROLE {} RESET ALL`; find out who set it",
                Ident::new(name.as_str())
            ))
            .acceptable_for(name.as_str())
    })
    .collect()
}
