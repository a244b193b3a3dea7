//! Whether what is held on one side is among what is held on the other; and where it is not, in which world that shows.

use super::build::{Builder, Others};
use super::cast::{Cast, Role};
use super::deed::{Attempt, Deed, others};
use super::example::Example;
use super::formula::{Formula, Hints, Op, Operand, Place, Valuation, Var};
use super::known::Known;
use super::pool::Pools;
use super::rights::{Held, Terms};
use super::solve::{Found, Search};
use super::stage::Stage;
use crate::analysis::evaluate::{Asking, Datum, Kind, Verdict};
use crate::model::{AccessModel, Object, Persona, Value, Who};
use crate::names::{ColumnName, KeyName, ObjectName, PersonaName, TenantKind};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use time::UtcOffset;
use time::macros::offset;

/// Hours for which an example must show where the zone is not UTC: no inhabited place is much further off.
const OFFSETS: [UtcOffset; 3] = [UtcOffset::UTC, offset!(+13), offset!(-9)];

/// One of the two states, and the persona there.
#[derive(Clone, Copy)]
pub(super) struct Side<'m> {
    pub(super) known: &'m Known<'m>,
    pub(super) model: &'m AccessModel,
    pub(super) persona: Option<&'m Persona>,
}

impl<'m> Side<'m> {
    pub(super) fn of(known: &'m Known<'m>, name: &PersonaName) -> Self {
        Self { known, model: known.model, persona: known.model.personas.get(name) }
    }

    /// Everybody there is in the worlds in which it is looked for what this side has beyond the other, for each kind of which
    /// the tenant of whoever asks may be.
    pub(super) fn casts(self, less: Side<'_>) -> Vec<Cast> {
        let Some(persona) = self.persona else { return Vec::new() };
        let kinds = kinds(self.model, persona).into_iter();
        kinds.map(|kind| Cast::new([less.known, self.known], persona, kind)).collect()
    }
}

/// What one side has beyond the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Beyond {
    Nothing,
    /// In this world it shows.
    Shown(Box<Example>),
    /// On the same rows more can be done with them: something is no longer set, lasts longer, or is more.
    ByTerms,
    /// Nobody can say that there is nothing.
    Perhaps,
}

/// A piece that both sides may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'q> {
    pub(super) object: &'q ObjectName,
    pub(super) deed: &'q Deed,
}

/// What was found of the rows that one grant shows and others do not, by their places in memory: of every field of theirs
/// that is read it is the same world, or none.
pub(super) type Tried = HashMap<(usize, Vec<usize>, usize), Option<Valuation>>;

/// What `more` holds and `less` does not.
pub(super) fn beyond(
    question: Question<'_>,
    (more, held): (Side<'_>, &[Held<'_>]),
    (less, against): (Side<'_>, &[Held<'_>]),
    (casts, tried): (&[Cast], &RefCell<Tried>),
) -> Beyond {
    let (Some(persona), Some(object)) = (more.persona, more.model.objects.get(question.object)) else {
        return Beyond::Nothing;
    };
    let mut found = Beyond::Nothing;
    for cast in casts {
        let asked = Asked { question, more, less, persona, object, cast, tried };
        for one in held {
            match (asked.beyond(one, against), &found) {
                (shown @ Beyond::Shown(_), _) => return shown,
                (Beyond::ByTerms, _) => found = Beyond::ByTerms,
                (Beyond::Perhaps, Beyond::Nothing) => found = Beyond::Perhaps,
                _ => {}
            }
        }
    }
    found
}

/// Of which kinds the tenant of whoever asks may be.
fn kinds(model: &AccessModel, persona: &Persona) -> Vec<Option<TenantKind>> {
    match (&persona.tenant_kind, persona.who) {
        (Some(kind), Who::External) => vec![Some(kind.clone())],
        (None, Who::External) if !model.tenant_kinds.is_empty() => {
            model.tenant_kinds.iter().cloned().map(Some).collect()
        }
        _ => vec![None],
    }
}

struct Asked<'a> {
    question: Question<'a>,
    more: Side<'a>,
    less: Side<'a>,
    persona: &'a Persona,
    object: &'a Object,
    cast: &'a Cast,
    tried: &'a RefCell<Tried>,
}

/// What a search goes by.
#[derive(Default)]
struct Ground {
    others: Others,
    hints: RefCell<Hints>,
}

impl Asked<'_> {
    fn beyond(&self, one: &Held<'_>, against: &[Held<'_>]) -> Beyond {
        let alike: Vec<&Held<'_>> = against.iter().filter(|other| self.is_alike(one, other)).collect();
        match self.search(one, &alike) {
            Found::Confirmed(example) => Beyond::Shown(Box::new(example)),
            Found::None if self.needs_several(one, &alike) => Beyond::Perhaps,
            Found::None => Beyond::Nothing,
            // The rows are the same, and something beside them is not.
            Found::Undecided => match self.search(one, &against.iter().collect::<Vec<_>>()) {
                Found::None if alike.len() < against.len() => Beyond::ByTerms,
                _ => Beyond::Perhaps,
            },
        }
    }

    /// A change is under one grant for the row before and after. What several grants hold together is less than what one
    /// holds, where the row can be moved from the one's to the other's.
    fn needs_several(&self, one: &Held<'_>, alike: &[&Held<'_>]) -> bool {
        if !matches!(self.question.deed, Deed::Change(_) | Deed::Move { .. }) {
            return false;
        }
        let grants = self.persona.writes.get(&self.object.name).into_iter().flatten();
        let changed: BTreeSet<&ColumnName> = grants.flat_map(|grant| grant.changed(self.object)).collect();
        let root = Place::root(0, &self.object.table);
        let mut moves = false;
        self.formula(self.more, &Ground::default(), one, &root).atoms(&mut |atom| {
            let cells = atom.cells();
            moves |= cells
                .iter()
                .any(|cell| matches!(cell, Var::Cell(of, column) if *of == root && changed.contains(column)));
        });
        moves && !alike.iter().any(|other| matches!(self.search(one, &[*other]), Found::None))
    }

    fn search(&self, one: &Held<'_>, rivals: &[&Held<'_>]) -> Found<Example> {
        let root = Place::root(0, &self.object.table);
        if !matches!(self.question.deed, Deed::See(_)) {
            return self.search_anew(one, rivals, &root);
        }
        let place = |held: &Held<'_>| std::ptr::from_ref(held.rows).addr();
        let key = (place(one), rivals.iter().map(|held| place(held)).collect(), std::ptr::from_ref(self.cast).addr());
        let known = self.tried.borrow().get(&key).cloned();
        match known {
            Some(None) => return Found::None,
            Some(Some(known)) => {
                if let Some(example) = self.confirm(one, &root, &known) {
                    return Found::Confirmed(example);
                }
            }
            None => {}
        }
        let found = self.search_anew(one, rivals, &root);
        let world = match &found {
            Found::Confirmed(example) => Some(example.known.clone()),
            Found::None => None,
            Found::Undecided => return found,
        };
        self.tried.borrow_mut().insert(key, world);
        found
    }

    fn search_anew(&self, one: &Held<'_>, rivals: &[&Held<'_>], root: &Place) -> Found<Example> {
        let ground = Ground::default();
        let holds = self.formula(self.more, &ground, one, root);
        ground.others.closed.set(true);
        let rivals: Vec<Formula> = rivals.iter().map(|other| self.formula(self.less, &ground, other, root)).collect();
        if holds == Formula::NO || rivals.contains(&holds) {
            return Found::None;
        }
        let fails = Formula::any(rivals);
        if holds.implies(&fails) {
            return Found::None;
        }
        let tiers: BTreeSet<String> =
            [self.more, self.less].iter().flat_map(|side| &side.model.project.tiers).map(ToString::to_string).collect();
        let pools = Pools::new([&holds, &fails], &ground.hints.borrow(), &tiers);
        Search::new(&holds, &fails, &pools, |known| self.confirm(one, root, known)).run()
    }

    /// Whether the other grant, on the same rows, would give the same.
    fn is_alike(&self, one: &Held<'_>, other: &Held<'_>) -> bool {
        let theirs = self.less.model.objects.get(self.question.object);
        let one_place = theirs.is_some_and(|theirs| theirs.table == self.object.table);
        let whole = match (&one.terms, &other.terms) {
            // A new row is made by one grant alone.
            (Terms::Create(mine), Terms::Create(theirs)) if one.column.is_none() => {
                mine.fields.is_subset(&theirs.fields)
            }
            _ => true,
        };
        one_place && one.column == other.column && whole && other.terms.cover(&one.terms)
    }

    fn formula(&self, side: Side<'_>, ground: &Ground, held: &Held<'_>, root: &Place) -> Formula {
        let (Some(persona), Some(object)) = (side.persona, side.model.objects.get(self.question.object)) else {
            return Formula::NO;
        };
        let is_one = persona.who == self.persona.who
            && (persona.tenant_kind.is_none() || persona.who != Who::External || persona.tenant_kind == self.cast.kind);
        if !is_one {
            return Formula::NO;
        }
        let Ground { others, hints } = ground;
        let builder = Builder { model: side.model, persona, cast: self.cast, others, hints };
        let rows = builder.rows(object, held.rows, held.needs, root, std::slice::from_ref(&object.name));
        match (self.question.deed, &held.terms) {
            (Deed::Move { column, from, to }, _) => {
                let cell = root.cell(column);
                Formula::all([from, to].map(|state| rows.fixed(&cell, &Datum::text(state))))
            }
            (_, Terms::Create(create)) => {
                let stamps = create.stamps.iter();
                let preset =
                    create.preset.iter().filter_map(|(field, value)| Some((&object.fields.get(field)?.column, value)));
                let set = stamps.chain(preset).filter(|(_, value)| !matches!(value, Value::Now | Value::Today));
                let set = set.map(|(column, value)| {
                    let key = match value {
                        Value::Text(text) | Value::Number(text) => Datum::text(text),
                        Value::Boolean(value) => Datum::text(value.to_string()),
                        Value::User(key) => self.cast.user_key(super::cast::ME, key),
                        Value::Tenant { key, kind } => self.cast.tenant_key(kind.as_ref(), key),
                        _ => return Formula::YES,
                    };
                    let kind = object.field_of(column).map_or(Kind::Key, |field| Kind::of(Some(&field.field_type)));
                    Formula::test(root.cell(column), Op::Eq, Operand::Is(key), kind)
                });
                let set: Vec<Formula> = set.collect();
                Formula::all(std::iter::once(rows).chain(set))
            }
            _ => rows,
        }
    }

    /// Tries it on both sides: it shows where the one allows it and the other does not.
    fn confirm(&self, one: &Held<'_>, root: &Place, known: &Valuation) -> Option<Example> {
        let mut known = known.clone();
        if let Deed::Move { column, from, .. } = self.question.deed {
            known.0.insert(root.cell(column), Datum::text(from));
        }
        let mut stage = Stage::new([self.less.known, self.more.known], root, &known);
        for column in self.question.deed.shown() {
            let empty = stage.row.0.get(column).is_none_or(|datum| *datum == Datum::Null);
            let field = self.object.field_of(column).filter(|_| empty && !known.0.contains_key(&root.cell(column)));
            if let Some(value) = field.and_then(|field| others(field, &stage).into_iter().next()) {
                stage.put(column, &value);
            }
        }
        if matches!(self.question.deed, Deed::Share(_) | Deed::Assign { .. }) {
            self.give_tenant(&mut stage, root, &known);
        }
        let attempts = self.question.deed.attempts(self.object, one.write, self.cast, &stage);
        let mfa = known.holds(&Var::Mfa);
        // Of a zone the core knows the name alone: what is shown must show whatever the hour is there.
        let utc = |side: &Side<'_>| matches!(side.model.project.timezone.as_str(), "UTC" | "Etc/UTC");
        let offsets = if [self.more, self.less].iter().all(utc) { &OFFSETS[..1] } else { &OFFSETS[..] };
        let told = |side: Side<'_>, attempt: &Attempt, offset: UtcOffset| {
            self.verdict(side, attempt, &stage, &known, (mfa, offset))
        };
        let found = attempts.into_iter().find(|attempt| {
            offsets.iter().all(|offset| {
                told(self.more, attempt, *offset) == Verdict::Allowed
                    && matches!(told(self.less, attempt, *offset), Verdict::Denied(_))
            })
        });
        let attempt: Attempt = found?;
        let by_factor =
            !mfa && self.verdict(self.less, &attempt, &stage, &known, (true, UtcOffset::UTC)) == Verdict::Allowed;
        Some(Example {
            by_factor,
            object: self.object.name.clone(),
            root: root.clone(),
            cast: self.cast.clone(),
            known,
            stage,
            attempt,
        })
    }

    /// A row that goes to somebody is of their tenant, where nothing else says whose it is.
    fn give_tenant(&self, stage: &mut Stage, root: &Place, known: &Valuation) {
        for (kind, column) in self.object.direct_tenants() {
            let keys = self.cast.keys_of(&[Role::Mine, Role::Assigned], kind, &KeyName::main());
            if let (Some(key), false) = (keys.into_iter().next(), known.0.contains_key(&root.cell(column))) {
                stage.put(column, &key);
            }
        }
    }

    fn verdict(
        &self,
        side: Side<'_>,
        attempt: &Attempt,
        stage: &Stage,
        known: &Valuation,
        (mfa, offset): (bool, UtcOffset),
    ) -> Verdict {
        let nobody = || Verdict::Denied(String::new());
        let (Some(persona), Some(object)) = (side.persona, side.model.objects.get(self.question.object)) else {
            return nobody();
        };
        let mut world = stage.world(self.cast, side.known, persona, known);
        world.offset = Some(offset);
        match Asking::new(side.model, &world, &self.cast.asker(mfa)) {
            Some(asking) => attempt.verdict(&asking.knowing(&side.known.objects), object, self.cast, stage),
            None => nobody(),
        }
    }
}
