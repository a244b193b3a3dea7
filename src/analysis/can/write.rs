//! Changing, sharing, handing over: which grant allows it, or what is missing.

use super::super::effect::Effect;
use super::super::words;
use super::{Action, Asked, Because, Decision, Verdict, because, joined};
use crate::model::{Object, Persona, Write, WriteGrant};

impl<'a> Asked<'a> {
    pub(super) fn write(&self) -> Decision {
        let allowing: Vec<&WriteGrant> = self.allowing(self.persona).collect();
        if allowing.is_empty() {
            return self.lacking();
        }
        let written = allowing.iter().flat_map(|grant| words::written(self.object, &grant.write)).collect();
        Decision {
            decision: Verdict::Allow,
            because: allowing.iter().filter_map(|grant| self.allows(grant)).collect(),
            scope: Some(joined(allowing.iter().map(|grant| grant.rows.scope.word().to_owned()), ", ")),
            filter: Some(joined(allowing.iter().map(|grant| words::rows(&grant.rows)), " or ")),
            fields: words::fields(self.object, &written).cloned().collect(),
            masked: std::collections::BTreeMap::new(),
            mask: None,
        }
    }

    /// The grants of a persona that allow what is asked.
    pub(super) fn allowing(&self, persona: &'a Persona) -> impl Iterator<Item = &'a WriteGrant> {
        let asked = *self;
        let grants = persona.writes.get(&self.object.name).into_iter().flatten();
        grants.filter(move |grant| asked.action.is_kind_of(grant) && asked.reaches(&grant.write))
    }

    /// Whether the fields and states asked for are in the grant.
    fn reaches(&self, write: &Write) -> bool {
        let field = || self.field.is_none_or(|field| words::written(self.object, write).contains(field));
        match (self.action, write) {
            (Action::Transition(to), Write::Transition { moves, .. }) => {
                moves.values().any(|targets| targets.contains(to))
            }
            (action, _) => !action.has_fields() || field(),
        }
    }

    pub(super) fn allows(&self, grant: &WriteGrant) -> Option<Because> {
        Some(because(self.model, self.told(self.action.verb(), grant), *grant.sources.first()?))
    }

    fn told(&self, verb: &str, grant: &WriteGrant) -> String {
        let fields = words::field_list(self.object, &words::written(self.object, &grant.write));
        let fields = if self.action.has_fields() { format!("{fields} of ") } else { String::new() };
        let effect = Effect::of(&grant.write).words();
        let effect = if effect.is_empty() { String::new() } else { format!("; {}", effect.join(", ")) };
        format!("{verb} {fields}{}{effect}", words::rows(&grant.rows))
    }

    /// Why no grant allows it: what there is instead, what rules it out for everybody, and who may.
    pub(super) fn lacking(&self) -> Decision {
        let (persona, object) = (&self.persona.name, &self.object.name);
        let kin: Vec<&WriteGrant> = self.kin(self.persona).collect();
        let reads = self.persona.reads.contains_key(object);
        let mut reasons = Vec::new();
        if kin.is_empty() && !reads && !self.persona.writes.contains_key(object) {
            reasons.push(self.unnamed());
        } else if kin.is_empty() {
            let text = format!("no grant lets `{persona}` {} `{object}`", self.what());
            reasons.push(because(self.model, text, self.persona.span));
        }
        reasons.extend(kin.iter().filter_map(|grant| self.instead(grant)));
        reasons.extend(self.for_nobody());
        if let Some((other, grant)) = self.nearest()
            && let Some(at) = grant.sources.first()
        {
            let text = format!("`{}` may: this grant {}", other.name, self.told(self.action.verb(), grant));
            reasons.push(because(self.model, text, *at));
        }
        Decision::denied(reasons)
    }

    fn what(&self) -> String {
        match self.action {
            Action::Transition(to) => format!("move to `{to}` any"),
            action => action.to_string(),
        }
    }

    /// Grants of the same action on other fields, or of other moves.
    fn kin(&self, persona: &'a Persona) -> impl Iterator<Item = &'a WriteGrant> {
        let action = self.action;
        persona.writes.get(&self.object.name).into_iter().flatten().filter(move |grant| action.is_kind_of(grant))
    }

    fn instead(&self, grant: &WriteGrant) -> Option<Because> {
        let preset = match &grant.write {
            Write::Create(create) => Some(&create.preset),
            Write::Update { preset, .. } => Some(preset),
            _ => None,
        };
        let set = self.field.and_then(|field| Some((field, preset?.get(field)?)));
        let stamp = self.field.and_then(|field| {
            let Write::Create(create) = &grant.write else { return None };
            Some((field, create.stamps.get(&self.object.fields.get(field)?.column)?))
        });
        let text = match set.or(stamp) {
            Some((field, value)) => format!("`{field}` is set by the database, to {}", words::value(value)),
            None => format!("this grant {}", self.told(self.action.verb(), grant)),
        };
        Some(because(self.model, text, *grant.sources.first()?))
    }

    /// What the object itself rules out.
    fn for_nobody(&self) -> Option<Because> {
        let object: &Object = self.object;
        let text = match (self.action, self.field) {
            (Action::Delete, _) if object.deletion.is_none() => {
                format!("`{}` does not say what deleting does, so nobody deletes it", object.name)
            }
            (Action::Transition(to), _) => {
                let leads = object
                    .states
                    .as_ref()
                    .is_some_and(|states| states.transitions.values().any(|targets| targets.contains(to)));
                if leads {
                    return None;
                }
                format!("no move of `{}` leads to `{to}`", object.name)
            }
            (Action::Create | Action::Update, Some(field))
                if object.states.as_ref().is_some_and(|states| states.field == *field) =>
            {
                format!("`{field}` says how a row stands, and is moved by `transition` alone")
            }
            (Action::Assign, _) if object.owners.is_empty() => format!("`{}` has no owner", object.name),
            _ => return None,
        };
        Some(because(self.model, text, object.span))
    }

    /// A grant of somebody else that would have allowed it: of the same portal first, of the same kind of people.
    fn nearest(&self) -> Option<(&'a Persona, &'a WriteGrant)> {
        let others = self.model.personas.values().filter(|other| other.name != self.persona.name);
        let found = others.filter_map(|other| Some((other, self.allowing(other).next()?)));
        found.min_by_key(|(other, _)| {
            (other.name.portal != self.persona.name.portal, other.who != self.persona.who, &other.name)
        })
    }
}
