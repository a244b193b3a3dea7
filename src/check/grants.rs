//! Going through grants, so that one that several personas hold is reported once.

use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, FieldClass, Object, Persona, ReadGrant, States, Write, WriteGrant};
use crate::names::{FieldName, ObjectName};
use std::collections::{BTreeMap, BTreeSet};

/// One grant as written, with all who hold it.
pub(super) struct Held<'a, T> {
    /// Where the grant was written.
    pub(super) span: Option<Span>,
    pub(super) object: &'a Object,
    pub(super) personas: Vec<&'a Persona>,
    /// What `pick` found of it.
    pub(super) found: T,
}

/// The read grants of which `pick` finds something, by their place.
pub(super) fn each<'a, T: Ord>(
    model: &'a AccessModel,
    pick: impl Fn(&'a Persona, &'a Object, &'a ReadGrant) -> Option<T>,
) -> Vec<Held<'a, T>> {
    gathered(model, |persona, object| {
        let grants = persona.reads.get(&object.name).into_iter().flatten();
        grants.filter_map(|grant| Some((grant.sources.first().copied(), pick(persona, object, grant)?))).collect()
    })
}

/// The same of the grants that change rows.
pub(super) fn each_write<'a, T: Ord>(
    model: &'a AccessModel,
    pick: impl Fn(&'a Persona, &'a Object, &'a WriteGrant) -> Option<T>,
) -> Vec<Held<'a, T>> {
    gathered(model, |persona, object| {
        let grants = persona.writes.get(&object.name).into_iter().flatten();
        grants.filter_map(|grant| Some((grant.sources.first().copied(), pick(persona, object, grant)?))).collect()
    })
}

fn gathered<'a, T: Ord>(
    model: &'a AccessModel,
    found: impl Fn(&'a Persona, &'a Object) -> Vec<(Option<Span>, T)>,
) -> Vec<Held<'a, T>> {
    let mut held: BTreeMap<(Option<Span>, &str, T), (&'a Object, Vec<&'a Persona>)> = BTreeMap::new();
    for persona in model.personas.values() {
        // Most projects have many objects that are none of a persona's business.
        let names: BTreeSet<&ObjectName> = persona.reads.keys().chain(persona.writes.keys()).collect();
        for object in names.into_iter().filter_map(|name| model.objects.get(name)) {
            for (span, found) in found(persona, object) {
                let key = (span, object.name.as_str(), found);
                let personas = &mut held.entry(key).or_insert_with(|| (object, Vec::new())).1;
                if !personas.iter().any(|other| other.name == persona.name) {
                    personas.push(persona);
                }
            }
        }
    }
    held.into_iter().map(|((span, _, found), (object, personas))| Held { span, object, personas, found }).collect()
}

/// The moves of an object's rows that a persona is granted, from where to where.
pub(super) fn moves<'a>(persona: &'a Persona, object: &Object) -> impl Iterator<Item = (&'a str, &'a str)> {
    let grants = persona.writes.get(&object.name).into_iter().flatten();
    let moves = grants.filter_map(|grant| match &grant.write {
        Write::Transition { moves, .. } => Some(moves),
        _ => None,
    });
    let each = moves.flatten();
    each.flat_map(|(from, targets)| targets.iter().map(move |to| (from.as_str(), to.as_str())))
}

/// Each object with states that portals move, its states, and every move that somebody is granted.
pub(super) fn moved(model: &AccessModel) -> impl Iterator<Item = (&Object, &States, BTreeSet<(&str, &str)>)> {
    model.objects.values().filter_map(|object| {
        let states = object.states.as_ref()?;
        let granted: BTreeSet<_> = model.personas.values().flat_map(|persona| moves(persona, object)).collect();
        // Portals without one only show how rows stand.
        (!granted.is_empty()).then_some((object, states, granted))
    })
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

/// A field, its class, and where it is declared.
pub(super) type Classed = (FieldName, FieldClass, Span);

/// Those of `fields` that are of one of `classes`.
pub(super) fn of_classes<'f>(
    object: &Object,
    fields: impl Iterator<Item = &'f FieldName>,
    classes: &[FieldClass],
) -> Vec<Classed> {
    let fields = fields.filter_map(|name| object.fields.get(name)).filter(|field| classes.contains(&field.class));
    fields.map(|field| (field.name.clone(), field.class, field.span)).collect()
}

impl Held<'_, Vec<Classed>> {
    /// `` `phone` (personal) and `margin` (internal) ``.
    pub(super) fn fields(&self) -> String {
        in_words(self.found.iter().map(|(name, class, _)| format!("`{name}` ({})", class.word())))
    }

    /// `finding` with the place of each of the fields, a few at most.
    pub(super) fn labelled(&self, finding: Finding) -> Finding {
        let few = self.found.iter().take(3);
        few.fold(finding, |finding, (_, class, at)| finding.label(*at, format!("its class is `{}`", class.word())))
    }
}

/// Names in backticks, the last after "and".
pub(super) fn listed(names: impl IntoIterator<Item = String>) -> String {
    in_words(names.into_iter().map(|name| format!("`{name}`")))
}

/// The last after "and".
fn in_words(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
