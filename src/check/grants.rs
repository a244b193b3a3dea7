//! Going through grants, so that one that several personas hold is reported once.

use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, Object, Persona, ReadGrant};
use std::collections::BTreeMap;

/// One grant as written, with all who hold it.
pub(super) struct Held<'a, T> {
    /// Where the grant was written.
    pub(super) span: Option<Span>,
    pub(super) object: &'a Object,
    pub(super) personas: Vec<&'a Persona>,
    /// What `pick` found of it.
    pub(super) found: T,
}

/// The grants of which `pick` finds something, by their place.
pub(super) fn each<'a, T: Ord>(
    model: &'a AccessModel,
    pick: impl Fn(&'a Persona, &'a Object, &'a ReadGrant) -> Option<T>,
) -> Vec<Held<'a, T>> {
    let mut held: BTreeMap<(Option<Span>, &str, T), (&'a Object, Vec<&'a Persona>)> = BTreeMap::new();
    for persona in model.personas.values() {
        for (name, grants) in &persona.reads {
            let Some(object) = model.objects.get(name) else { continue };
            for grant in grants {
                if let Some(found) = pick(persona, object, grant) {
                    let key = (grant.sources.first().copied(), name.as_str(), found);
                    let personas = &mut held.entry(key).or_insert_with(|| (object, Vec::new())).1;
                    if !personas.iter().any(|other| other.name == persona.name) {
                        personas.push(persona);
                    }
                }
            }
        }
    }
    held.into_iter().map(|((span, _, found), (object, personas))| Held { span, object, personas, found }).collect()
}

impl<T> Held<'_, T> {
    /// `` `support/customer` and `support/admin` ``.
    pub(super) fn who(&self) -> String {
        listed(self.personas.iter().map(|persona| persona.name.to_string()))
    }

    /// `finding` as one that can be accepted for the object, in the portal where that is one.
    pub(super) fn acceptable(&self, finding: Finding) -> Finding {
        let finding = finding.acceptable_for(self.object.name.as_str());
        let mut portals = self.personas.iter().map(|persona| &persona.name.portal);
        match portals.next() {
            Some(portal) if portals.all(|other| other == portal) => finding.in_portal(portal.as_str()),
            _ => finding,
        }
    }
}

/// Names in backticks, the last after "and".
pub(super) fn listed(names: impl IntoIterator<Item = String>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
