//! What one persona may read: everything it was given, with the defaults that depend on who it is.

use super::audience::AudienceFacts;
use super::bundle::{Bundle, Draft, Taken};
use super::facts::Facts;
use super::objects::Objects;
use super::writes::Holder;
use super::{delegation, deny, depend, facets, registration};
use crate::diagnostic::{Finding, Span};
use crate::model::{Condition, Persona, ReadGrant, Rows, Scope, Test, Value, Who};
use crate::names::{ObjectName, PersonaName, ProjectName, TenantKind};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A `restrict` of the project or of a portal; `None`: it could not be read, and nothing is shown.
pub(super) type Restricts = BTreeMap<ObjectName, Vec<(Option<Condition>, Span)>>;

pub(super) struct Maker<'a> {
    pub(super) project: &'a ProjectName,
    pub(super) facts: &'a Facts<'a>,
    pub(super) objects: &'a Objects<'a>,
    pub(super) masks: facets::TableMasks<'a>,
}

impl Maker<'_> {
    pub(super) fn persona(
        &self,
        name: &PersonaName,
        audience: &AudienceFacts<'_>,
        bundles: &[&Bundle],
        restricts: &Restricts,
        findings: &mut Vec<Finding>,
    ) -> Persona {
        let taken = Taken::by(bundles);
        let mut reads: BTreeMap<ObjectName, Vec<ReadGrant>> = BTreeMap::new();
        for draft in bundles.iter().flat_map(|bundle| &bundle.grants) {
            let Some(grant) = self.grant(draft, audience, restricts, findings) else { continue };
            let Some(denies) = taken.of(&draft.object) else { continue };
            reads.entry(draft.object.clone()).or_default().extend(deny::apply(grant, denies));
        }
        for grants in reads.values_mut() {
            *grants = distinct(std::mem::take(grants));
        }
        reads.retain(|_, grants| !grants.is_empty());
        depend::cut_circles(self.objects, name, &mut reads, findings);
        let facets = facets::make(self.project, name, (&self.objects.resolved, &self.masks), &reads);
        let holder = Holder { persona: name, audience, restricts, taken: &taken, reads: &reads, facets: &facets };
        let writes = self.writes(&holder, bundles, findings);
        Persona {
            name: name.clone(),
            who: audience.who,
            tenant_kind: audience.kind.clone(),
            tenants: audience.reach,
            reads,
            denials: taken.whatever_grants_it(),
            writes,
            facets,
            lifecycle: None,
            delegation: delegation::resolve(self.facts, name, audience, findings),
            rate_limit: registration::rate_limit(name, audience, findings),
            span: audience.span,
        }
    }

    fn grant(
        &self,
        draft: &Draft,
        audience: &AudienceFacts<'_>,
        restricts: &Restricts,
        findings: &mut Vec<Finding>,
    ) -> Option<ReadGrant> {
        let (rows, sources) = self.granted_rows((&draft.object, &draft.rows), audience, restricts, findings)?;
        (rows.scope != Scope::None).then(|| ReadGrant {
            rows,
            fields: draft.fields.clone(),
            unmasked: draft.unmasked.clone(),
            sources,
        })
    }

    /// `condition` with the kind of `$tenant` filled in.
    pub(super) fn settled(
        &self,
        condition: Condition,
        audience: &AudienceFacts<'_>,
        at: Span,
        findings: &mut Vec<Finding>,
    ) -> Option<Condition> {
        let mut each = |parts: Vec<Condition>| {
            parts.into_iter().map(|part| self.settled(part, audience, at, findings)).collect::<Option<Vec<_>>>()
        };
        Some(match condition {
            Condition::True => Condition::True,
            Condition::All(parts) => Condition::All(each(parts)?),
            Condition::Any(parts) => Condition::Any(each(parts)?),
            Condition::Test(Test { field, comparison }) => {
                let comparison = super::condition::map_comparison(&comparison, |value, _| {
                    let mut value = value.clone();
                    self.settle(&mut value, audience, at, findings).map(|()| value)
                })?;
                Condition::Test(Test { field, comparison })
            }
        })
    }

    pub(super) fn settle(
        &self,
        value: &mut Value,
        audience: &AudienceFacts<'_>,
        at: Span,
        findings: &mut Vec<Finding>,
    ) -> Option<()> {
        let Value::Tenant { kind: kind @ None, .. } = value else { return Some(()) };
        kind.clone_from(&audience.kind);
        if kind.is_some() || self.facts.kinds.len() < 2 || audience.who != Who::External {
            return Some(());
        }
        let kinds = super::report::list(self.facts.kinds.iter().map(TenantKind::as_str)).unwrap_or_default();
        findings.push(
            Finding::error("tenant-kind-mismatch", at, format!("`$tenant` may be any of {kinds} here"))
                .why("tenants of two kinds may have the same key: customer 1 is not artist 1")
                .label(audience.span, "this audience does not say of which kind its tenants are")
                .hint("give the audience a `tenant_kind`"),
        );
        None
    }
}

/// In one order however the documents were ordered, and equal grants once, with the sources of all.
fn distinct(mut grants: Vec<ReadGrant>) -> Vec<ReadGrant> {
    let shown = |grant: &ReadGrant| (grant.fields.clone(), grant.unmasked.clone());
    let by_what = |a: &ReadGrant, b: &ReadGrant| order(&a.rows, &b.rows).then_with(|| shown(a).cmp(&shown(b)));
    grants.sort_by(|a, b| by_what(a, b).then_with(|| a.sources.cmp(&b.sources)));
    grants.dedup_by(|next, kept| {
        let same = by_what(next, kept) == Ordering::Equal;
        if same {
            let fresh = next.sources.iter().filter(|span| !kept.sources.contains(span)).copied();
            let fresh: Vec<_> = fresh.collect();
            kept.sources.extend(fresh);
        }
        same
    });
    grants
}

/// By what is granted; where it was written does not count.
pub(super) fn order(a: &Rows, b: &Rows) -> Ordering {
    let denied = |rows: &Rows| rows.denied.iter().map(|deny| deny.condition.clone()).collect::<Vec<_>>();
    let has = |rows: &Rows| rows.has.iter().map(|has| (has.object.clone(), has.matches.clone())).collect::<Vec<_>>();
    (a.scope, &a.path, &a.reach, &a.condition)
        .cmp(&(b.scope, &b.path, &b.reach, &b.condition))
        .then_with(|| denied(a).cmp(&denied(b)))
        .then_with(|| has(a).cmp(&has(b)))
        .then_with(|| (&a.min_tier, &a.valid_from, &a.valid_until).cmp(&(&b.min_tier, &b.valid_from, &b.valid_until)))
        .then_with(|| a.mfa.cmp(&b.mfa))
}
