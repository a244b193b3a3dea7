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
//! The shortest way is to let the audience of those who pay extend that of those who lapsed: then nobody can gain by lapsing.
//!
//! ```yaml
//! former: {label: Former member, grants: {guide: {read: {scope: public, where: {state: published}, fields: [title]}}}}
//! member: {extends: former, label: Member, lifecycle: {paid_until: paid_until, on_lapse: former}, grants: {...}}
//! ```
//!
//! An audience that may do nothing at all is one, too, where the menu has a page of text: `former: {}` with
//! `navigation: [home, {page: renew, title: Come back}]`.
//!
//! Where former people are to have something that nobody else has, a form to come back by for instance, accept it for the object.

use crate::check::grants::{few, listed};
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, Lifecycle, Object, PaidUntil, Persona, ReadGrant, WriteGrant, uncovered};
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
                "narrow what `{0}` may; or let `{1}` hold it as well, with `extends: {0}` for all of it at once; or accept it \
                 where this is meant",
                after.name.audience, before.name.audience
            );
            let finding = told(message, &hint, (before, after, lifecycle), object.name.as_str());
            findings.push(on_rows(finding, object, after, &paying));
        }
        findings.extend(administration(before, after, lifecycle));
    }
    findings
}

/// With the grants that give more, each beside what there was on these rows before.
fn on_rows(mut finding: Finding, object: &Object, after: &Persona, paying: &Persona) -> Finding {
    const SHOWN: usize = 2;
    let beyond = |reads: Vec<ReadGrant>, writes: Vec<WriteGrant>| {
        let of = |name: &ObjectName| name.clone();
        let alone = Persona {
            reads: [(of(&object.name), reads)].into(),
            writes: [(of(&object.name), writes)].into(),
            ..after.clone()
        };
        !uncovered(object, &alone, paying).is_empty()
    };
    let reads = after.reads.get(&object.name).into_iter().flatten();
    let writes = after.writes.get(&object.name).into_iter().flatten();
    let reads = reads.filter(|grant| beyond(vec![(*grant).clone()], Vec::new())).map(|grant| (&grant.sources, "read"));
    let writes = writes
        .filter(|grant| beyond(Vec::new(), vec![(*grant).clone()]))
        .map(|grant| (&grant.sources, grant.write.action()));
    let (mut whence, mut actions) = (BTreeSet::new(), BTreeSet::new());
    for (sources, action) in reads.chain(writes) {
        whence.extend(sources.first().copied());
        actions.insert(action);
    }
    for span in whence.into_iter().take(SHOWN) {
        finding = finding.label(span, "on these rows");
    }
    let theirs = |action: &&str| -> Vec<Span> {
        let reads = paying.reads.get(&object.name).into_iter().flatten().filter(|_| *action == "read");
        let writes = paying.writes.get(&object.name).into_iter().flatten();
        let writes = writes.filter(|grant| grant.write.action() == *action).map(|grant| &grant.sources);
        reads.map(|grant| &grant.sources).chain(writes).filter_map(|sources| sources.first().copied()).collect()
    };
    let held: BTreeSet<Span> = actions.iter().flat_map(theirs).collect();
    for span in held.into_iter().take(SHOWN) {
        finding = finding.label(span, format!("`{}` on no more than these", paying.name.audience));
    }
    finding
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
