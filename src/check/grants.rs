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
    gathered(model, |persona| &persona.reads, |grant| grant.sources.first(), pick)
}

/// The same of the grants that change rows.
pub(super) fn each_write<'a, T: Ord>(
    model: &'a AccessModel,
    pick: impl Fn(&'a Persona, &'a Object, &'a WriteGrant) -> Option<T>,
) -> Vec<Held<'a, T>> {
    gathered(model, |persona| &persona.writes, |grant| grant.sources.first(), pick)
}

fn gathered<'a, G: 'a, T: Ord>(
    model: &'a AccessModel,
    grants: impl Fn(&'a Persona) -> &'a BTreeMap<ObjectName, Vec<G>>,
    place: impl Fn(&'a G) -> Option<&'a Span>,
    pick: impl Fn(&'a Persona, &'a Object, &'a G) -> Option<T>,
) -> Vec<Held<'a, T>> {
    let mut held: BTreeMap<(Option<Span>, &str, T), (&'a Object, Vec<&'a Persona>)> = BTreeMap::new();
    for persona in model.personas.values() {
        for (name, grants) in grants(persona) {
            let Some(object) = model.objects.get(name) else { continue };
            for grant in grants {
                let Some(found) = pick(persona, object, grant) else { continue };
                let key = (place(grant).copied(), object.name.as_str(), found);
                let personas = &mut held.entry(key).or_insert_with(|| (object, Vec::new())).1;
                // They come one after the other, so that one who holds it twice is the last.
                if personas.last().is_none_or(|last| last.name != persona.name) {
                    personas.push(persona);
                }
            }
        }
    }
    held.into_iter().map(|((span, _, found), (object, personas))| Held { span, object, personas, found }).collect()
}

/// Who may change the rows of each object, so that nobody goes through all personas for each of many objects.
pub(super) struct Writers<'a>(BTreeMap<&'a ObjectName, Vec<(&'a Persona, &'a [WriteGrant])>>);

impl<'a> Writers<'a> {
    pub(super) fn of(model: &'a AccessModel) -> Self {
        let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for persona in model.personas.values() {
            for (object, grants) in &persona.writes {
                all.entry(object).or_default().push((persona, grants.as_slice()));
            }
        }
        Self(all)
    }

    /// Each grant that changes rows of the object, with who holds it.
    pub(super) fn on(&self, object: &Object) -> impl Iterator<Item = (&'a Persona, &'a WriteGrant)> {
        let holders = self.0.get(&object.name).map_or(&[][..], Vec::as_slice);
        holders.iter().flat_map(|(persona, grants)| grants.iter().map(|grant| (*persona, grant)))
    }
}

/// The moves of an object's rows that grants allow, from where to where.
pub(super) fn moves<'a>(grants: impl IntoIterator<Item = &'a WriteGrant>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let moves = grants.into_iter().filter_map(|grant| match &grant.write {
        Write::Transition { moves, .. } => Some(moves),
        _ => None,
    });
    let each = moves.flatten();
    each.flat_map(|(from, targets)| targets.iter().map(move |to| (from.as_str(), to.as_str())))
}

/// Each object with states that portals move, its states, and every move that somebody is granted.
pub(super) fn moved<'a>(
    model: &'a AccessModel,
    writers: &Writers<'a>,
) -> impl Iterator<Item = (&'a Object, &'a States, BTreeSet<(&'a str, &'a str)>)> {
    model.objects.values().filter_map(|object| {
        let states = object.states.as_ref()?;
        let granted: BTreeSet<_> = moves(writers.on(object).map(|(_, grant)| grant)).collect();
        // Portals without one only show how rows stand.
        (!granted.is_empty()).then_some((object, states, granted))
    })
}

/// The first few of them; `None`: there are none.
pub(super) fn few(missing: &[String]) -> Option<String> {
    const MOST: usize = 4;
    let shown = missing.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match missing.len() {
        0 => None,
        count if count > MOST => Some(format!("{shown} and {} more", count - MOST)),
        _ => Some(shown),
    }
}

impl<T> Held<'_, T> {
    /// `` `support/customer` and `support/admin` ``.
    pub(super) fn who(&self) -> String {
        listed(self.personas.iter().map(|persona| persona.name.to_string()))
    }

    /// The verb of a sentence about them.
    pub(super) fn verb(&self, of_one: &'static str, of_several: &'static str) -> &'static str {
        if self.personas.len() == 1 { of_one } else { of_several }
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
