//! An audience reads rows that belong to tenants of another kind, by way of rows of its own.
//!
//! ## Why is this bad
//!
//! One portal may serve customers and partners, and one object may lie under both. What partners write about a customer's case
//! belongs to the partners; scope `parent` shows it to whoever sees the case, the customer it is about among them. The wall
//! between the two kinds is not asked, since no path to a tenant of the reader's kind leads from the row.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: partner_note
//! tenant: {column: partner_id, kind: partner}
//! parent: {via: case_id, object: case}         # a case is a customer's
//! # … granted
//! customer:
//!   tenant_kind: customer
//!   grants: {partner_note: {read: {scope: parent, fields: [body]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! partner:
//!   tenant_kind: partner
//!   grants: {partner_note: {read: [body]}}
//! ```
//!
//! Where customers are meant to read them, give the object a path to their tenant as well, or accept the finding.

use crate::check::grants::{each, listed};
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, Object, Persona, ReadGrant, Scope, Who};
use crate::names::TenantKind;
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("audience-crossing", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let crossing = each(model, others);
    crossing
        .iter()
        .map(|held| {
            let (own, others, at) = &held.found;
            let kinds = listed(others.iter().map(ToString::to_string));
            let message = format!(
                "{}, of kind `{own}`, {} rows of `{}` that belong to tenants of kind {kinds}",
                held.who(),
                held.verb("reads", "read"),
                held.object.name
            );
            let finding = Finding::error(RULE.id, held.span, message)
                .why("the row above is theirs, and what hangs on it is somebody else's")
                .label(*at, "the way to its tenant")
                .hint(format!("leave `{}` out here, or give it a path to a tenant of kind `{own}`", held.object.name));
            held.acceptable(finding)
        })
        .collect()
}

/// The persona's kind, the kinds that the rows are of, and where that is written.
fn others(persona: &Persona, object: &Object, grant: &ReadGrant) -> Option<(TenantKind, BTreeSet<TenantKind>, Span)> {
    let own = persona.tenant_kind.as_ref().filter(|_| persona.who == Who::External)?;
    let at = object.tenant_paths.values().next()?.span;
    // A path without a kind may lead to a tenant of any.
    let kinds: Option<BTreeSet<TenantKind>> = object.tenant_paths.values().map(|path| path.kind.clone()).collect();
    let kinds = kinds.filter(|kinds| grant.rows.scope == Scope::Parent && !kinds.contains(own))?;
    Some((own.clone(), kinds, at))
}
