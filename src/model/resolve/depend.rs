//! Reads that depend on other reads: scope `parent` and `has` ask what the same persona may read elsewhere.

use super::objects::Objects;
use crate::diagnostic::Finding;
use crate::model::{ReadGrant, Scope};
use crate::names::{ObjectName, PersonaName};
use std::collections::{BTreeMap, BTreeSet};

/// Takes out the grants that depend on themselves, and reports them.
pub(super) fn cut_circles(
    objects: &Objects<'_>,
    persona: &PersonaName,
    reads: &mut BTreeMap<ObjectName, Vec<ReadGrant>>,
    findings: &mut Vec<Finding>,
) {
    let edges: BTreeMap<ObjectName, BTreeSet<ObjectName>> = reads
        .iter()
        .map(|(name, grants)| (name.clone(), grants.iter().flat_map(|grant| asks(objects, name, grant)).collect()))
        .collect();
    for (name, grants) in reads.iter_mut() {
        grants.retain(|grant| {
            let Some(route) = asks(objects, name, grant).into_iter().find_map(|next| route(&edges, &next, name)) else {
                return true;
            };
            if route.iter().all(|other| name <= other) {
                let names: Vec<&str> = std::iter::once(name).chain(&route).map(ObjectName::as_str).collect();
                findings.push(
                    Finding::error(
                        "reference-cycle",
                        grant.sources.first().copied(),
                        format!("what `{persona}` may read of `{name}` depends on itself: {}", names.join(" → ")),
                    )
                    .why("neither answer could be given before the other")
                    .hint("give one of these objects a scope of its own, `tenant` or `own`"),
                );
            }
            false
        });
    }
    reads.retain(|_, grants| !grants.is_empty());
}

/// The objects whose readable rows decide about `grant`.
fn asks(objects: &Objects<'_>, name: &ObjectName, grant: &ReadGrant) -> Vec<ObjectName> {
    let parent = objects
        .resolved
        .get(name)
        .filter(|_| grant.rows.scope == Scope::Parent)
        .and_then(|object| object.parent.as_ref())
        .map(|parent| parent.object.clone());
    grant.rows.has.iter().map(|has| has.object.clone()).chain(parent).collect()
}

/// A shortest way from `from` to `to` along `edges`, both ends included.
fn route(
    edges: &BTreeMap<ObjectName, BTreeSet<ObjectName>>,
    from: &ObjectName,
    to: &ObjectName,
) -> Option<Vec<ObjectName>> {
    let mut ways = vec![vec![from.clone()]];
    let mut seen = BTreeSet::from([from.clone()]);
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let Some(last) = way.last() else { continue };
            if last == to {
                return Some(way);
            }
            for next in edges.get(last).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    longer.push(way.iter().chain([next]).cloned().collect());
                }
            }
        }
        ways = longer;
    }
    None
}
