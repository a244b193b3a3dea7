//! A table has row policies that the business made, and row security is off: they do nothing until `apply` switches it on.
//!
//! ## Why is this bad
//!
//! Somebody wrote the policies and believes that they hold. They do not: whoever may read the table reads all of it. And with
//! the first `apply` they begin to hold, for the business's own roles, on a day when nobody thinks of them.
//!
//! ## Example
//!
//! ```sql
//! CREATE POLICY app_reads ON crm.cases TO crm_app USING (region = 'north');
//! -- and no ALTER TABLE crm.cases ENABLE ROW LEVEL SECURITY
//! ```
//!
//! ## Use instead
//!
//! Switch row security on and see that the business's roles still see what they should; or drop the policies.

use crate::check::grants::listed;
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;

pub(in crate::check) const RULE: Rule = Rule::live("policy-without-rls", check).warn();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let exposed = live.exposed().into_iter().filter_map(|(table, object)| Some((table, object, live.relation(table)?)));
    exposed
        .filter(|(_, _, relation)| relation.kind.takes_row_security() && !relation.row_security)
        .filter_map(|(table, object, relation)| {
            // One that reaches personas is told as that.
            let foreign = relation.policies.iter().filter(|(_, policy)| {
                !live.is_marked(policy.marker.as_ref()) && !policy.roles.iter().any(|role| live.reaches_us(role))
            });
            let names: Vec<String> = foreign.map(|(name, _)| name.clone()).collect();
            if names.is_empty() {
                return None;
            }
            let message =
                format!("row security is off on `{table}`, so nobody asks its row policies {}", listed(names));
            let finding = Finding::warn(RULE.id, object.span, message)
                .why("they hold nothing back now, and `apply` puts them into force for the business's own roles")
                .hint(format!(
                    "`ALTER TABLE {} ENABLE ROW LEVEL SECURITY` and see who misses rows, or drop them",
                    table.sql()
                ));
            Some(finding.acceptable_for(table.to_string()))
        })
        .collect()
}
