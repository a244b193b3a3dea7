//! A managed table does not hold its own owner to the row policies.
//!
//! ## Why is this bad
//!
//! Row policies hold for everybody but the owner, unless the table says FORCE. Managed tables say it, so that a function of the
//! project's owner with a mistake in it shows no row too many. Somebody took it away.
//!
//! It is a warning, since the next `apply` sets it again.
//!
//! ## Example
//!
//! ```sql
//! ALTER TABLE acme.tickets NO FORCE ROW LEVEL SECURITY;
//! ```
//!
//! ## Use instead
//!
//! ```sql
//! ALTER TABLE acme.tickets FORCE ROW LEVEL SECURITY;
//! ```

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;

pub(in crate::check) const RULE: Rule = Rule::live("rls-without-force", check).warn();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let managed = live.model.objects.values().filter(|object| object.managed.is_some());
    managed
        .filter_map(|object| {
            let relation = live.relation(&object.table)?;
            // One that is yet to be made, or to be guarded, is no loss.
            let ours = relation.structure.as_ref().is_some_and(|made| live.is_marked(made.marker.as_ref()));
            let open = ours && relation.row_security && !relation.force_row_security;
            let table = &object.table;
            open.then(|| {
                Finding::warn(RULE.id, object.span, format!("row security of `{table}` is not forced any more"))
                    .why("its owner reads every tenant's rows, and so does whatever runs with the owner's rights")
                    .hint(format!("run `portalctl apply`, or `ALTER TABLE {} FORCE ROW LEVEL SECURITY`", table.sql()))
                    .acceptable_for(table.to_string())
            })
        })
        .collect()
}
