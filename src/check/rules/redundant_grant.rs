//! A grant gives nothing that another of the same audience does not give.
//!
//! ## Why is this bad
//!
//! Whoever tightens one of the two believes that something has been closed, and the other still gives it. A grant that
//! changes nothing hides the one that does.
//!
//! ## Example
//!
//! ```yaml
//! customer:
//!   permission_sets: [order_reader]     # order: {read: [number, total]}
//!   grants: {order: {read: {where: {total: {lt: 100}}, fields: [number]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:
//!   permission_sets: [order_reader]
//! ```
//!
//! A grant that gives something to one of several who hold it has its purpose, and what modules and types of the catalogue
//! give twice is not found.

use crate::check::grants::each;
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, ReadGrant, rows_within};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("redundant-grant", check).info();

fn check(model: &AccessModel) -> Vec<Finding> {
    let own = |span: &&Span| !model.sources.is_built_in(**span);
    let covered = each(model, |persona, object, grant| {
        let at = grant.sources.first().filter(own)?;
        let others = persona.reads.get(&object.name)?.iter().filter(|other| covers(other, grant));
        let mut places = others.filter_map(|other| {
            let there = other.sources.first().filter(own).filter(|there| *there != at)?;
            // Of two that give the same, the later one is told.
            (!covers(grant, other) || there < at).then_some(*there)
        });
        Some(places.next())
    });
    // One that gives something to any of those who hold it has its purpose.
    let needed: BTreeSet<Option<Span>> =
        covered.iter().filter(|held| held.found.is_none()).map(|held| held.span).collect();
    let idle = covered.iter().filter(|held| !needed.contains(&held.span));
    idle.filter_map(|held| {
        let name = &held.object.name;
        let message = format!(
            "{} {} nothing of `{name}` by this that they do not read anyway",
            held.who(),
            held.verb("reads", "read")
        );
        let finding = Finding::info(RULE.id, held.span, message)
            .why("whoever tightens one of the two closes nothing")
            .label(held.found?, "gives all of it")
            .hint("take one of the two out");
        Some(held.acceptable(finding))
    })
    .collect()
}

/// Whether `wide` shows every cell of `narrow` at least as plainly.
fn covers(wide: &ReadGrant, narrow: &ReadGrant) -> bool {
    !std::ptr::eq(wide, narrow)
        && narrow.fields.is_subset(&wide.fields)
        && narrow.unmasked.is_subset(&wide.unmasked)
        && rows_within(&narrow.rows, &wide.rows)
}
