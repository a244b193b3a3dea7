//! Row security is switched off on a table whose row policies portalctl made.
//!
//! ## Why is this bad
//!
//! The policies are still there, and none of them is asked: every persona sees, of the columns that it may read, the rows of
//! every tenant. Somebody switched it off, for a load of data perhaps, and nobody switched it on again. Applications behind a
//! public key lost the data of all their customers to just that.
//!
//! It is a warning, since the next `apply` switches it on again.
//!
//! ## Example
//!
//! ```sql
//! ALTER TABLE crm.cases DISABLE ROW LEVEL SECURITY;
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! ALTER TABLE crm.cases ENABLE ROW LEVEL SECURITY;
//! ```

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;

pub(in crate::check) const RULE: Rule = Rule::live("rls-disabled", check).warn();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let exposed = live.exposed().into_iter().filter_map(|(table, object)| Some((table, object, live.relation(table)?)));
    exposed
        .filter(|(_, _, relation)| {
            let ours = relation.policies.values().any(|policy| live.is_marked(policy.marker.as_ref()));
            ours && relation.kind.takes_row_security() && !relation.row_security
        })
        .map(|(table, object, _)| {
            Finding::warn(RULE.id, object.span, format!("row security is switched off on `{table}`"))
                .why("its row policies are asked by nobody: every persona sees the rows of every tenant")
                .hint(format!("run `portalctl apply`, or `ALTER TABLE {} ENABLE ROW LEVEL SECURITY`", table.sql()))
                .acceptable_for(table.to_string())
        })
        .collect()
}
