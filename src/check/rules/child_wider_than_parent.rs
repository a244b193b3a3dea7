//! Somebody reads children of rows that they do not read.
//!
//! ## Why is this bad
//!
//! Comments, lines and files tell what their case, order or contract is about. Where the parent is read in part, by its
//! owner or under a condition, and its children by the whole tenant, the rest of the parents is read through their children:
//! the remarks to a case that staff kept to themselves are the case.
//!
//! ## Example
//!
//! ```yaml
//! customer:
//!   grants:
//!     case: {read: {where: {is_internal: false}, fields: [subject]}}
//!     case_comment: {read: {scope: tenant, fields: [body]}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:
//!   grants:
//!     case: {read: {where: {is_internal: false}, fields: [subject]}}
//!     case_comment: {read: {scope: parent, fields: [body]}}
//! ```

use crate::check::grants::each;
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, Condition, Object, Persona, ReadGrant, Scope, TenantRoute, Who};
use crate::names::ObjectName;

pub(in crate::check) const RULE: Rule = Rule::model("child-wider-than-parent", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let wider = each(model, |persona, object, grant| {
        (persona.who != Who::Internal).then(|| above(persona, object, grant)).flatten()
    });
    wider
        .iter()
        .map(|held| {
            let (parent, at) = &held.found;
            let child = &held.object.name;
            let message = format!(
                "{} {} rows of `{child}` whose `{parent}` they do not read",
                held.who(),
                held.verb("reads", "read")
            );
            let finding = Finding::error(RULE.id, held.span, message)
                .why(format!("a `{child}` tells what its `{parent}` is about"))
                .hint("write `scope: parent`: whoever reads the row above reads these");
            let finding = at.iter().fold(finding, |finding, at| finding.label(*at, "shows fewer of the rows above"));
            held.acceptable(finding)
        })
        .collect()
}

/// The parent of which fewer rows are read, and where that was written.
fn above(persona: &Persona, object: &Object, grant: &ReadGrant) -> Option<(ObjectName, Option<Span>)> {
    let parent = &object.parent.as_ref()?.object;
    // Nobody is kept from rows of a parent that is none of the persona's business at all.
    let reads = persona.reads.get(parent)?;
    let path = object.tenant_paths.get(grant.rows.path.as_ref()?)?;
    let through = matches!(&path.route, TenantRoute::Via { object, .. } if object == parent);
    let wide = through && matches!(grant.rows.scope, Scope::Tenant | Scope::TenantTree);
    // Whoever wrote a condition here has chosen among the rows.
    if !wide || !is_plain(grant) || reads.iter().any(|above| shows_all_above(above, grant)) {
        return None;
    }
    let narrow = reads.first().and_then(|read| read.sources.first().copied());
    Some((parent.clone(), narrow))
}

/// Whether nothing but the scope picks its rows.
fn is_plain(grant: &ReadGrant) -> bool {
    let rows = &grant.rows;
    let timeless = rows.min_tier.is_none() && rows.valid_from.is_none() && rows.valid_until.is_none();
    timeless && rows.condition == Condition::True && rows.denied.is_empty() && rows.has.is_empty()
}

/// Whether it shows the row above of every row that `below` shows, as far as scopes tell.
fn shows_all_above(above: &ReadGrant, below: &ReadGrant) -> bool {
    let scope = above.rows.scope;
    is_plain(above) && scope != Scope::Parent && scope.width() >= below.rows.scope.width()
}
