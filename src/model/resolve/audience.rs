//! Audiences: who they are, and what they take over from the audience they extend.

use super::report::unknown;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::names::{AudienceName, PersonaName, TenantKind};
use crate::spec::document::{AudienceDoc, NavigationDoc, PortalDoc, SpecSet, TenantReach, Who};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
pub(super) struct AudienceFacts<'a> {
    pub(super) who: Who,
    /// External only; `None`: any kind.
    pub(super) kind: Option<TenantKind>,
    pub(super) reach: TenantReach,
    /// The audience and those it extends, itself last.
    pub(super) chain: Vec<&'a AudienceDoc>,
    pub(super) span: Span,
}

pub(super) fn audience_facts<'a>(
    spec: &'a SpecSet,
    kinds: &BTreeSet<TenantKind>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<PersonaName, AudienceFacts<'a>> {
    let mut facts = BTreeMap::new();
    for portal in &spec.portals {
        for (name, audience) in &portal.audiences {
            let persona = PersonaName { portal: portal.name.value.clone(), audience: name.clone() };
            let chain = chain(portal, name, audience, findings);
            // Of two portals with one name the first stays; the name itself is reported with the documents.
            if let Entry::Vacant(place) = facts.entry(persona) {
                findings.extend(ambiguous(portal, name, audience, &chain));
                findings.extend(idle(portal, name, &chain).filter(|finding| !waits(spec, finding)));
                place.insert(one(audience, chain, kinds, findings));
            }
        }
    }
    facts
}

/// Words that mean everyone, to each reader another everyone.
const EVERYONE: &[&str] = &[
    "all",
    "all_users",
    "anybody",
    "anyone",
    "authenticated",
    "everybody",
    "everyone",
    "people",
    "public",
    "public_users",
    "users",
];

fn ambiguous(
    portal: &PortalDoc,
    name: &AudienceName,
    audience: &AudienceDoc,
    chain: &[&AudienceDoc],
) -> Option<Finding> {
    if !EVERYONE.contains(&name.as_str()) || chain.iter().any(|doc| doc.who.is_some()) {
        return None;
    }
    Some(
        Finding::warn("everyone-is-ambiguous", audience.span, format!("`{name}` does not say who that is"))
            .why("to one reader it is everyone in the company, to another everyone on the internet")
            .hint("write `who: guest`, `who: external` or `who: internal`, or name those who are meant")
            .acceptable_for(name.as_str())
            .in_portal(portal.name.value.as_str()),
    )
}

/// One that is granted nothing, where no page needs no rows.
fn idle(portal: &PortalDoc, name: &AudienceName, chain: &[&AudienceDoc]) -> Option<Finding> {
    let is_granted =
        |doc: &&AudienceDoc| !doc.grants.is_empty() || !doc.permission_sets.is_empty() || doc.delegated_admin.is_some();
    let is_page = |entry: &Spanned<NavigationDoc>| matches!(entry.value, NavigationDoc::Page { .. });
    if chain.iter().any(is_granted) || portal.navigation.iter().any(is_page) {
        return None;
    }
    let at = chain.last()?.span;
    Some(
        Finding::warn("audience-without-purpose", at, format!("`{name}` may do nothing and has no page"))
            .why("its people would sign in to an empty site")
            .hint("give it `grants` or `permission_sets`, or take it out")
            .acceptable_for(name.as_str())
            .in_portal(portal.name.value.as_str()),
    )
}

/// Whether it is as a type of the catalogue has it: with a module that the type offers it is granted something.
fn waits(spec: &SpecSet, finding: &Finding) -> bool {
    finding.span.is_some_and(|span| spec.sources.is_built_in(span))
}

fn one<'a>(
    audience: &'a AudienceDoc,
    chain: Vec<&'a AudienceDoc>,
    kinds: &BTreeSet<TenantKind>,
    findings: &mut Vec<Finding>,
) -> AudienceFacts<'a> {
    let nearest = || chain.iter().rev();
    let who = nearest().find_map(|doc| doc.who.as_ref()).map_or_else(Who::default, |who| who.value);
    let written_kind = nearest().find_map(|doc| doc.tenant_kind.as_ref());
    let written_reach = nearest().find_map(|doc| doc.tenants.as_ref());
    if let Some(kind) = audience.tenant_kind.as_ref().filter(|_| who != Who::External) {
        findings.push(
            Finding::error("audience-without-tenant", kind.span, "only an external audience has a tenant")
                .hint("drop `tenant_kind`, or write `who: external`"),
        );
    }
    if let Some(reach) = audience.tenants.as_ref().filter(|_| who != Who::Internal) {
        findings.push(
            Finding::error("audience-without-reach", reach.span, "only an internal audience has a reach over tenants")
                .hint("drop `tenants`, or write `who: internal`"),
        );
    }
    let only_kind = || (kinds.len() == 1).then(|| kinds.first().cloned()).flatten();
    AudienceFacts {
        who,
        kind: (who == Who::External).then(|| written_kind.map(|kind| kind.value.clone()).or_else(only_kind)).flatten(),
        reach: written_reach.filter(|_| who == Who::Internal).map_or_else(TenantReach::default, |reach| reach.value),
        chain,
        span: audience.span,
    }
}

/// `audience` after everything that it extends; a circle is cut where it closes.
fn chain<'a>(
    portal: &'a PortalDoc,
    name: &'a AudienceName,
    audience: &'a AudienceDoc,
    findings: &mut Vec<Finding>,
) -> Vec<&'a AudienceDoc> {
    let mut names = vec![name];
    let mut docs = vec![audience];
    let mut current = audience;
    while let Some(base) = &current.extends {
        if let Some(at) = names.iter().position(|seen| **seen == base.value) {
            // Every member of the circle meets it; the first by name reports it.
            if at == 0 && names.iter().min() == Some(&name) {
                findings.push(circle("audience", names.iter().map(|name| name.as_str()), base.span));
            }
            break;
        }
        let Some((base_name, doc)) = portal.audiences.get_key_value(&base.value) else {
            let known = portal.audiences.keys().map(AudienceName::as_str);
            let intro = format!("portal `{}` has no audience", portal.name.value);
            findings.push(unknown(&intro, base.value.as_str(), base.span, known));
            break;
        };
        names.push(base_name);
        docs.push(doc);
        current = doc;
    }
    docs.reverse();
    docs
}

/// Names that lead back to the first of them.
pub(super) fn circle<'a>(what: &str, names: impl Iterator<Item = &'a str>, at: Span) -> Finding {
    let mut names: Vec<&str> = names.collect();
    let first = names.first().copied().unwrap_or_default();
    names.push(first);
    Finding::error("reference-cycle", at, format!("{what} `{first}` leads back to itself: {}", names.join(" → ")))
        .hint("take one of these references out")
}
