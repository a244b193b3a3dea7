//! A role of this project owns a table of the business, or can act as its owner.
//!
//! ## Why is this bad
//!
//! Nobody asks a table's owner for a privilege, and no row policy holds for them. They switch row security off, too. A portal
//! whose visitors act as the owner has no wall.
//!
//! ## Example
//!
//! ```sql
//! ALTER TABLE crm.cases OWNER TO acme__support__customer;
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! ALTER TABLE crm.cases OWNER TO crm_owner;
//! ```

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;

pub(in crate::check) const RULE: Rule = Rule::live("owner-is-persona", check);

fn check(live: &Live<'_>) -> Vec<Finding> {
    let control = &live.model.project.control_schema;
    let exposed = live.exposed();
    let at = live.model.portals.values().map(|portal| portal.span).min();
    let relations = live.state.relations.iter().filter(|(name, _)| name.schema != *control);
    relations
        // Managed tables belong to the project's own owner, which nobody signs in as.
        .filter(|(_, relation)| live.is_ours(&relation.owner) && live.is_persona(&relation.owner))
        .map(|(name, relation)| {
            let at = exposed.get(name).map(|object| object.span).or(at);
            let message = format!("`{}`, which a portal's visitors act as, owns `{name}`", relation.owner);
            Finding::error(RULE.id, at, message)
                .why("for the owner no grant and no row policy holds")
                .hint(format!("`ALTER TABLE {} OWNER TO` a role of the business", name.sql()))
                .acceptable_for(name.to_string())
        })
        .collect()
}
