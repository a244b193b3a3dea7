//! What access tests would notice: each grant is taken away, its scope and its conditions are lifted, its fields are
//! taken and others given, one at a time, and the tests are asked again. What none of them answers otherwise, none of
//! them holds.

use super::access_test::{Answer, Outcome, evaluate};
use crate::diagnostic::Span;
use crate::model::{AccessModel, AccessTest, Persona, ReadGrant, Rows, Scope, WriteGrant};
use crate::names::{FieldName, ObjectName, PersonaName};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// All grants, by audience, object and action.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    pub grants: Vec<Covered>,
}

/// One grant, and which of its sides some test would notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    pub persona: PersonaName,
    pub object: ObjectName,
    pub action: &'static str,
    /// Somebody is expected to be able to do it.
    pub allowed: bool,
    /// Somebody is kept from it by its scope; `None`: it is for all rows.
    pub denied: Option<bool>,
    /// Somebody is kept from it by its conditions; `None`: it has none.
    pub condition: Option<bool>,
    /// Its fields, and whether one of them missing is noticed.
    pub fields: Vec<(FieldName, bool)>,
    /// Fields that the audience is not given, and whether one of them shown, or changed, is noticed. With the first
    /// grant of its kind on the object.
    pub withheld: Vec<(FieldName, bool)>,
    pub source: Option<Span>,
}

impl Covered {
    /// Every side of it.
    pub fn sides(&self) -> impl Iterator<Item = bool> {
        let fields = self.fields.iter().chain(&self.withheld).map(|(_, noticed)| *noticed);
        std::iter::once(self.allowed).chain(self.denied).chain(self.condition).chain(fields)
    }
}

impl Coverage {
    /// Sides that are noticed, of how many.
    #[must_use]
    pub fn counted(&self) -> (usize, usize) {
        let sides = || self.grants.iter().flat_map(Covered::sides);
        (sides().filter(|noticed| *noticed).count(), sides().count())
    }

    /// In percent, rounded down; without any grant nothing is missing.
    #[must_use]
    pub fn percent(&self) -> usize {
        let (noticed, all) = self.counted();
        (noticed * 100).checked_div(all).unwrap_or(100)
    }
}

/// What these tests would notice, by the evaluator.
#[must_use]
pub fn coverage(model: &AccessModel, tests: &[&AccessTest], now: OffsetDateTime) -> Coverage {
    let mut grants = Vec::new();
    let mut tried = model.clone();
    for (name, persona) in &model.personas {
        let mut bench = Bench::new(model, &mut tried, persona, tests, now);
        for object in persona.reads.keys().chain(persona.writes.keys()).collect::<BTreeSet<_>>() {
            let reads = persona.reads.get(object).map_or(&[][..], Vec::as_slice);
            let writes = persona.writes.get(object).map_or(&[][..], Vec::as_slice);
            grants.extend(reads.iter().enumerate().map(|(at, grant)| bench.read(name, object, at, grant)));
            grants.extend(writes.iter().enumerate().map(|(at, grant)| bench.write(name, object, at, grant)));
        }
    }
    Coverage { grants }
}

/// One audience's expectations, and the model in which its grants are changed.
struct Bench<'a> {
    model: &'a AccessModel,
    tried: &'a mut AccessModel,
    persona: &'a Persona,
    /// Those of the audience alone, each with what is answered of it.
    tests: Vec<(AccessTest, Vec<Outcome>)>,
    now: OffsetDateTime,
}

impl<'a> Bench<'a> {
    fn new(
        model: &'a AccessModel,
        tried: &'a mut AccessModel,
        persona: &'a Persona,
        tests: &[&AccessTest],
        now: OffsetDateTime,
    ) -> Self {
        let of_persona = tests.iter().filter_map(|test| {
            let mut own = (*test).clone();
            own.expect.retain(|expectation| expectation.asker.place.persona == persona.name);
            let outcomes = evaluate(model, &own, now, None);
            (!own.expect.is_empty()).then_some((own, outcomes))
        });
        Self { model, tried, persona, tests: of_persona.collect(), now }
    }

    /// Whether some expectation that holds is answered otherwise where the audience's grants are `changed`.
    fn notices(&mut self, change: impl FnOnce(&mut Persona)) -> bool {
        if self.tests.is_empty() {
            return false;
        }
        let mut persona = self.persona.clone();
        change(&mut persona);
        self.tried.personas.insert(self.persona.name.clone(), persona);
        let noticed = self.tests.iter().any(|(test, before)| {
            let after = evaluate(self.tried, test, self.now, None);
            before.iter().zip(&after).any(|(before, after)| {
                before.holds() && after.answer != Answer::Unknown && before.answer != after.answer
            })
        });
        self.tried.personas.insert(self.persona.name.clone(), self.persona.clone());
        noticed
    }

    fn rows(&mut self, rows: &Rows, set: impl Fn(&mut Persona, Rows)) -> (bool, Option<bool>, Option<bool>) {
        let allowed = self.notices(|persona| set(persona, Rows { scope: Scope::None, ..rows.clone() }));
        let everywhere = Rows { scope: Scope::All, path: None, reach: None, ..rows.clone() };
        let is_walled = rows.reach.is_some() || !matches!(rows.scope, Scope::All | Scope::Public | Scope::None);
        let denied = is_walled.then(|| self.notices(|persona| set(persona, everywhere)));
        let bare = Rows { scope: rows.scope, path: rows.path.clone(), reach: rows.reach.clone(), ..Rows::every() };
        let condition = (bare != *rows).then(|| self.notices(|persona| set(persona, bare)));
        (allowed, denied, condition)
    }

    fn read(&mut self, name: &PersonaName, object: &ObjectName, at: usize, grant: &ReadGrant) -> Covered {
        let (allowed, denied, condition) = self.rows(&grant.rows, |persona, rows| {
            if let Some(grant) = read_grant(persona, object, at) {
                grant.rows = rows;
            }
        });
        let own = grant.fields.iter().map(|field| {
            let taken = self.notices(|persona| {
                if let Some(grant) = read_grant(persona, object, at) {
                    grant.fields.remove(field);
                }
            });
            (field.clone(), taken)
        });
        let fields = own.collect();
        let given: BTreeSet<&FieldName> =
            self.persona.reads.get(object).into_iter().flatten().flat_map(|grant| &grant.fields).collect();
        let withheld = self.not_given(object, at, &given, |persona, field| {
            if let Some(grant) = read_grant(persona, object, at) {
                grant.fields.insert(field.clone());
                grant.unmasked.insert(field.clone());
            }
        });
        let source = grant.sources.first().copied();
        let (persona, object) = (name.clone(), object.clone());
        Covered { persona, object, action: "read", allowed, denied, condition, fields, withheld, source }
    }

    fn write(&mut self, name: &PersonaName, object: &ObjectName, at: usize, grant: &WriteGrant) -> Covered {
        let (allowed, denied, condition) = self.rows(&grant.rows, |persona, rows| {
            if let Some(grant) = write_grant(persona, object, at) {
                grant.rows = rows;
            }
        });
        let own = grant.write.fields().into_iter().flatten().cloned().collect::<Vec<FieldName>>();
        let own = own.into_iter().map(|field| {
            let taken = self.notices(|persona| {
                write_grant(persona, object, at)
                    .and_then(|grant| grant.write.fields_mut())
                    .map(|all| all.remove(&field));
            });
            (field, taken)
        });
        let fields = own.collect();
        let first =
            self.persona.writes.get(object).and_then(|all| all.iter().position(|one| one.write.action() == "update"));
        let withheld = if first == Some(at) {
            let grants = self.persona.writes.get(object).into_iter().flatten();
            let updates = grants.filter(|grant| grant.write.action() == "update");
            let given: BTreeSet<&FieldName> = updates.filter_map(|grant| grant.write.fields()).flatten().collect();
            self.not_given(object, 0, &given, |persona, field| {
                write_grant(persona, object, at)
                    .and_then(|grant| grant.write.fields_mut())
                    .map(|all| all.insert(field.clone()));
            })
        } else {
            Vec::new()
        };
        let source = grant.sources.first().copied();
        let (persona, object, action) = (name.clone(), object.clone(), grant.write.action());
        Covered { persona, object, action, allowed, denied, condition, fields, withheld, source }
    }

    /// Told with the first grant alone: what the others do not give either.
    fn not_given(
        &mut self,
        object: &ObjectName,
        at: usize,
        given: &BTreeSet<&FieldName>,
        give: impl Fn(&mut Persona, &FieldName),
    ) -> Vec<(FieldName, bool)> {
        let Some(object) = self.model.objects.get(object).filter(|_| at == 0) else { return Vec::new() };
        let others = object.fields.keys().filter(|field| !given.contains(field));
        others.map(|field| (field.clone(), self.notices(|persona| give(persona, field)))).collect()
    }
}

fn read_grant<'p>(persona: &'p mut Persona, object: &ObjectName, at: usize) -> Option<&'p mut ReadGrant> {
    persona.reads.get_mut(object)?.get_mut(at)
}

fn write_grant<'p>(persona: &'p mut Persona, object: &ObjectName, at: usize) -> Option<&'p mut WriteGrant> {
    persona.writes.get_mut(object)?.get_mut(at)
}
