//! What must hold: every name in it is looked up, since a slip would hold for ever.

use super::report::unknown;
use crate::diagnostic::{Finding, Spanned};
use crate::model::{Action, Assertion, Claim, Object, Persona};
use crate::names::{FieldName, ObjectName, PersonaName};
use crate::spec::document::{AssertionDoc, ClaimDoc};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn assertions(
    docs: &[AssertionDoc],
    objects: &BTreeMap<ObjectName, Object>,
    personas: &BTreeMap<PersonaName, Persona>,
    findings: &mut Vec<Finding>,
) -> Vec<Assertion> {
    let mut known = Known { objects, personas, findings };
    docs.iter().filter_map(|doc| Some(Assertion { claim: known.claim(&doc.claim)?, span: doc.span })).collect()
}

struct Known<'a, 'f> {
    objects: &'a BTreeMap<ObjectName, Object>,
    personas: &'a BTreeMap<PersonaName, Persona>,
    findings: &'f mut Vec<Finding>,
}

impl<'a> Known<'a, '_> {
    fn claim(&mut self, doc: &ClaimDoc) -> Option<Claim> {
        Some(match doc {
            ClaimDoc::NoPublicAccess { objects, classes } => Claim::NoPublicAccess {
                objects: objects
                    .iter()
                    .map(|name| self.object(name).map(|object| object.name.clone()))
                    .collect::<Option<_>>()?,
                classes: classes.iter().copied().collect(),
            },
            ClaimDoc::AccessNotGranted { who, object, field, action } => {
                let object = self.object(object)?;
                let field = field.as_ref().map(|field| self.field(object, field));
                let action = action.as_ref().map(|action| self.action(object, action));
                Claim::AccessNotGranted {
                    personas: self.personas(who)?,
                    object: object.name.clone(),
                    field: field.map_or(Some(None), |field| field.map(Some))?,
                    action: action.map_or(Some(None), |action| action.map(Some))?,
                }
            }
            ClaimDoc::NoNewAccess { against } => {
                Claim::NoNewAccess { against: against.as_ref().map(|against| against.value.clone()) }
            }
        })
    }

    fn object(&mut self, name: &Spanned<ObjectName>) -> Option<&'a Object> {
        let objects = self.objects;
        let found = objects.get(&name.value);
        if found.is_none() {
            let known = objects.keys().map(ObjectName::as_str);
            self.findings.push(unknown("there is no object", name.value.as_str(), name.span, known));
        }
        found
    }

    fn field(&mut self, object: &Object, name: &Spanned<FieldName>) -> Option<FieldName> {
        if object.fields.contains_key(&name.value) {
            return Some(name.value.clone());
        }
        let known = object.fields.keys().map(FieldName::as_str);
        let intro = format!("`{}` has no field", object.name);
        self.findings.push(unknown(&intro, name.value.as_str(), name.span, known));
        None
    }

    /// Of a move the state must be one.
    fn action(&mut self, object: &Object, action: &Spanned<Action>) -> Option<Action> {
        let Action::Transition(to) = &action.value else { return Some(action.value.clone()) };
        let moves = object.states.iter().flat_map(|states| &states.transitions);
        let states: BTreeSet<&str> =
            moves.flat_map(|(from, targets)| std::iter::once(from).chain(targets)).map(String::as_str).collect();
        if states.contains(to.as_str()) {
            return Some(action.value.clone());
        }
        let intro = format!("`{}` has no state", object.name);
        self.findings.push(unknown(&intro, to, action.span, states));
        None
    }

    fn personas(&mut self, who: &Spanned<String>) -> Option<BTreeSet<PersonaName>> {
        let is_meant = |name: &&PersonaName| match who.value.strip_suffix("/*") {
            Some(portal) => name.portal.as_str() == portal,
            None => name.to_string() == who.value,
        };
        let found: BTreeSet<PersonaName> = self.personas.keys().filter(is_meant).cloned().collect();
        if !found.is_empty() {
            return Some(found);
        }
        let known: Vec<String> = self.personas.keys().map(ToString::to_string).collect();
        let known = known.iter().map(String::as_str);
        self.findings.push(unknown("there is no audience", &who.value, who.span, known));
        None
    }
}
