//! Tables and functions that are yet to be made will be open to everybody, or to a role of this project.
//!
//! ## Why is this bad
//!
//! Default privileges are given to whatever a role makes from now on. Tables that a migration adds tomorrow, in a database schema
//! that portals open, can be read by every visitor from their first row on, and no document ever named them. Hosted databases come
//! so.
//!
//! ## Example
//!
//! ```sql
//! ALTER DEFAULT PRIVILEGES FOR ROLE crm_owner IN SCHEMA crm GRANT SELECT ON TABLES TO PUBLIC;
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! ALTER DEFAULT PRIVILEGES FOR ROLE crm_owner IN SCHEMA crm REVOKE SELECT ON TABLES FROM PUBLIC;
//! ALTER DEFAULT PRIVILEGES FOR ROLE crm_owner IN SCHEMA crm GRANT SELECT ON TABLES TO crm_app;
//! ```

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::state::{DefaultPrivilege, Grantee, MadeThing, Privilege};

pub(in crate::check) const RULE: Rule = Rule::live("default-privilege-leak", check);

fn check(live: &Live<'_>) -> Vec<Finding> {
    let open = live.open_schemas();
    let Some(first) = open.values().next().copied() else { return Vec::new() };
    let control = &live.model.project.control_schema;
    let reached = live.state.default_privileges.iter().filter_map(|default| match &default.schema {
        None => Some((default, first)),
        Some(schema) if schema != control => Some((default, *open.get(schema)?)),
        Some(_) => None,
    });
    reached.flat_map(|(default, at)| leaks(live, default, at)).collect()
}

fn leaks(live: &Live<'_>, default: &DefaultPrivilege, at: Span) -> Vec<Finding> {
    // What a role of ours makes belongs to the project, and `apply` says who may use it.
    if live.is_ours(&default.maker) {
        return Vec::new();
    }
    let reaching = default.acl.0.iter().filter(|(grantee, _)| live.reaches_us(grantee));
    reaching
        .filter_map(|(grantee, held)| {
            let harmless = |one: &Privilege| matches!(one, Privilege::References | Privilege::Trigger);
            // Everybody may call what a role makes, unless somebody says otherwise: that is PostgreSQL's own default.
            let usual = default.of == MadeThing::Functions && *grantee == Grantee::Public;
            let held: Vec<String> = held.iter().filter(|one| !harmless(one)).map(|one| one.to_string()).collect();
            if held.is_empty() || usual {
                return None;
            }
            let (held, of, maker) = (held.join(", "), default.of.word(), &default.maker);
            let place = default.schema.as_ref().map(|schema| format!(" in `{schema}`")).unwrap_or_default();
            let within = default.schema.as_ref().map(|schema| format!(" IN SCHEMA {schema}")).unwrap_or_default();
            let message = format!("{of} that `{maker}` makes{place} will give {held} to `{grantee}`");
            let finding = Finding::error(RULE.id, at, message)
                .why("what is made tomorrow is open from its first row on, and no document names it")
                .hint(format!(
                    "`ALTER DEFAULT PRIVILEGES FOR ROLE {maker}{within} REVOKE {held} ON {} FROM {grantee}`",
                    of.to_uppercase()
                ));
            Some(finding.acceptable_for(default.schema.as_ref().map_or(maker.as_str(), |schema| schema.as_str())))
        })
        .collect()
}
