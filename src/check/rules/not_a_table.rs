//! An object stands on a view, a materialised view or a foreign table.
//!
//! ## Why is this bad
//!
//! PostgreSQL has row policies for tables alone, so nothing could hold the rows of one tenant from another.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: open_case
//! table: crm.open_cases        # a view
//! ```
//!
//! ## Use instead
//!
//! Name the table below it, and say in the grant what the view picks:
//!
//! ```yaml
//! kind: object
//! name: case
//! table: crm.cases
//! # … case: {read: {where: {status: [new, open]}}}
//! ```

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::state::RelationKind;

pub(in crate::check) const RULE: Rule = Rule::live("not-a-table", check).never_accepted();

fn check(live: &Live<'_>) -> Vec<Finding> {
    live.exposed()
        .into_iter()
        .filter_map(|(table, object)| {
            let what = match live.relation(table)?.kind {
                RelationKind::View => "view",
                RelationKind::MaterializedView => "materialised view",
                RelationKind::ForeignTable => "foreign table",
                RelationKind::Table | RelationKind::PartitionedTable | RelationKind::Partition => return None,
            };
            let message = format!("`{table}` is a {what}, and a {what} has no row policies");
            let finding = Finding::error(RULE.id, object.span, message)
                .why("nothing could hold the rows of one tenant from another")
                .hint("name the table below it, and say in the grants which rows are meant");
            Some(finding)
        })
        .collect()
}
