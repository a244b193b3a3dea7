//! Whoever lapses may do something that they could not do before.
//!
//! ## Why is this bad
//!
//! `on_lapse` names the audience that people are of once nobody pays for them. Where it may do more than the one they come from, not
//! paying opens something: a former member reads what a member of the lowest tier does not, or still changes what members may
//! not change any more.
//!
//! A condition `has` on the object that says until when is paid counts as met: whoever has not lapsed has such a row.
//!
//! ## Example
//!
//! ```yaml
//! member:
//!   lifecycle: {paid_until: paid_until, on_lapse: former}
//!   grants: {guide: {read: {scope: public, where: {state: published}, min_tier: $row.min_tier, fields: [title, body]}}}
//! former:
//!   grants: {guide: {read: {scope: public, where: {state: published}, fields: [title]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! member:
//!   lifecycle: {paid_until: paid_until, on_lapse: former}
//!   grants: {guide: {read: {scope: public, where: {state: published}, min_tier: $row.min_tier, fields: [title, body]}}}
//! former:
//!   grants: {guide: {read: {scope: public, where: {state: published}, min_tier: $row.min_tier, fields: [title]}}}
//! ```
//!
//! Where former people are to have something that nobody else has, a form to come back by for instance, accept it for the object.

use crate::check::grants::{few, listed};
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Lifecycle, PaidUntil, Persona, uncovered};
use crate::names::{AudienceName, ObjectName};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("lapse-widens", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let mut findings = Vec::new();
    for before in model.personas.values() {
        let Some(lifecycle) = &before.lifecycle else { continue };
        let Some(after) = model.personas.get(&lifecycle.on_lapse) else { continue };
        let paying = while_paid(before, lifecycle);
        let held: BTreeSet<&ObjectName> = after.reads.keys().chain(after.writes.keys()).collect();
        for object in held.into_iter().filter_map(|name| model.objects.get(name)) {
            let gained: Vec<String> = uncovered(object, after, &paying).into_iter().collect();
            let Some(what) = few(&gained) else { continue };
            let message = format!(
                "`{}` may {what} of `{}`, and `{}`, whose people it is for when they lapse, may not",
                after.name, object.name, before.name
            );
            let hint = format!(
                "narrow what `{}` may, let `{}` hold it as well, or accept it where this is meant",
                after.name.audience, before.name.audience
            );
            findings.push(told(message, &hint, (before, after, lifecycle), object.name.as_str()));
        }
        findings.extend(administration(before, after, lifecycle));
    }
    findings
}

/// What they hold as long as somebody pays: then there is a row that says so.
fn while_paid(before: &Persona, lifecycle: &Lifecycle) -> Persona {
    let mut paying = before.clone();
    if let PaidUntil::OfTenant { object, .. } | PaidUntil::Own { object, .. } = &lifecycle.paid_until {
        let reads = paying.reads.values_mut().flatten().map(|grant| &mut grant.rows);
        let writes = paying.writes.values_mut().flatten().map(|grant| &mut grant.rows);
        for rows in reads.chain(writes) {
            rows.has.retain(|has| has.object != *object);
        }
    }
    paying
}

/// Who lapses administers nobody whom they did not administer before.
fn administration(before: &Persona, after: &Persona, lifecycle: &Lifecycle) -> Option<Finding> {
    let theirs = &after.delegation.as_ref()?.may_grant;
    let own = before.delegation.as_ref().map(|delegation| &delegation.may_grant);
    let beyond: Vec<&AudienceName> =
        theirs.keys().filter(|name| own.is_none_or(|own| !own.contains_key(*name))).collect();
    if beyond.is_empty() {
        return None;
    }
    let names = listed(beyond.iter().map(ToString::to_string));
    let message = format!(
        "`{}` may grant {names}, and `{}`, whose people it is for when they lapse, may not",
        after.name, before.name
    );
    let hint = format!("leave {names} out of `may_grant` of `{}`", after.name.audience);
    Some(told(message, &hint, (before, after, lifecycle), after.name.audience.as_str()))
}

fn told(
    message: String,
    hint: &str,
    (before, after, lifecycle): (&Persona, &Persona, &Lifecycle),
    subject: &str,
) -> Finding {
    Finding::error(RULE.id, lifecycle.span, message)
        .why("not paying would open it")
        .label(after.span, "the audience of those who lapsed")
        .hint(hint)
        .acceptable_for(subject)
        .in_portal(before.name.portal.as_str())
}
