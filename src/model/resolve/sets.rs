//! Permission sets and what they include.

use super::audience::circle;
use super::bundle::{Bundle, Reader};
use super::report::{each, unknown};
use crate::diagnostic::{Finding, Spanned};
use crate::names::PermissionSetName;
use crate::spec::document::{PermissionSetDoc, SpecSet};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Sets<'a> {
    docs: BTreeMap<&'a PermissionSetName, &'a PermissionSetDoc>,
    bundles: BTreeMap<&'a PermissionSetName, Bundle>,
}

impl<'a> Sets<'a> {
    pub(super) fn read(reader: &Reader<'_>, docs: &'a [PermissionSetDoc], findings: &mut Vec<Finding>) -> Self {
        // Of two sets with one name, which reading reports, the first keeps it.
        let docs: BTreeMap<_, _> = docs.iter().rev().map(|doc| (&doc.name.value, doc)).collect();
        let written: Vec<&PermissionSetDoc> = docs.values().copied().collect();
        let bundles = each(&written, findings, |doc, findings| reader.bundle(&doc.grants, &doc.deny, findings));
        let bundles = docs.keys().copied().zip(bundles).collect();
        let sets = Self { docs, bundles };
        for doc in sets.docs.values() {
            sets.check(&doc.includes, findings);
            sets.check_circle(doc, findings);
        }
        sets
    }

    /// Reports the names that no set has.
    pub(super) fn check(&self, names: &[Spanned<PermissionSetName>], findings: &mut Vec<Finding>) {
        for name in names.iter().filter(|name| !self.docs.contains_key(&name.value)) {
            let known = self.docs.keys().map(|known| known.as_str());
            findings.push(unknown("there is no permission set", name.value.as_str(), name.span, known));
        }
    }

    /// Reports the sets of the project's own that nobody is given. Those of modules are for whoever adopts them.
    pub(super) fn check_given(&self, spec: &SpecSet, findings: &mut Vec<Finding>) {
        let audiences = spec.portals.iter().flat_map(|portal| portal.audiences.values());
        let given = audiences.flat_map(|audience| &audience.permission_sets);
        let named: BTreeSet<_> =
            given.chain(self.docs.values().flat_map(|doc| &doc.includes)).map(|name| &name.value).collect();
        let modules: BTreeSet<_> = spec.modules.iter().map(|module| module.name.span.file).collect();
        for (name, doc) in self.docs.iter().filter(|(name, _)| !named.contains(**name)) {
            if modules.contains(&doc.name.span.file) {
                continue;
            }
            findings.push(
                Finding::warn("orphan-permission-set", doc.name.span, format!("nobody is given `{name}`"))
                    .why("whoever reads it believes that somebody may do what it says")
                    .hint(format!("give it to an audience: `permission_sets: [{name}]`, or remove it"))
                    .acceptable_for(name.as_str()),
            );
        }
    }

    /// What `names` give with everything they include, each set once, in the order of their names.
    pub(super) fn closure<'s>(
        &'s self,
        names: impl IntoIterator<Item = &'s Spanned<PermissionSetName>>,
    ) -> impl Iterator<Item = &'s Bundle> {
        let mut open: Vec<&PermissionSetName> = names.into_iter().map(|name| &name.value).collect();
        let mut found: BTreeMap<&PermissionSetName, &Bundle> = BTreeMap::new();
        while let Some(name) = open.pop() {
            if let (Some(doc), Some(bundle)) = (self.docs.get(name), self.bundles.get(name))
                && found.insert(name, bundle).is_none()
            {
                open.extend(doc.includes.iter().map(|included| &included.value));
            }
        }
        found.into_values()
    }

    /// Reports a circle at the member whose name sorts first.
    fn check_circle(&self, start: &PermissionSetDoc, findings: &mut Vec<Finding>) {
        let mut path = vec![(start, 0)];
        let mut seen = vec![&start.name.value];
        while let Some((doc, next)) = path.last_mut() {
            let Some(included) = doc.includes.get(*next) else {
                path.pop();
                continue;
            };
            *next += 1;
            if included.value == start.name.value {
                let names: Vec<_> = path.iter().map(|(doc, _)| doc.name.value.as_str()).collect();
                if names.iter().min() == Some(&start.name.value.as_str()) {
                    findings.push(circle("permission set", names.into_iter(), included.span));
                }
                return;
            }
            if let Some(doc) = self.docs.get(&included.value).filter(|doc| !seen.contains(&&doc.name.value)) {
                seen.push(&doc.name.value);
                path.push((doc, 0));
            }
        }
    }
}
