//! From the rows of a grant to a formula, in the model that it is of.

use super::cast::{Cast, ME};
use super::formula::{Atom, Fact, Formula, Hints, Op, Operand, Place, Step, Var};
use crate::analysis::evaluate::{Datum, Kind};
use crate::model::{
    AccessModel, Comparison, Condition, Deletion, FieldType, Has, Object, ParentNeeds, Persona, Rows, Test, TierBound,
    TimeBound, Value, Who, Write,
};
use crate::names::{FieldName, ObjectName};
use std::cell::{Cell, RefCell};

/// An object may lead to itself so often. Further rows are taken to be seen on both sides or on none, which is what the
/// rows before them say already.
const REPEATS: usize = 2;
/// Rows lead to rows through at most so many others.
const DEEPEST: usize = 10;

/// What another row must be, for a row to be one of a grant's: it is named where it must be there, and looked for
/// among those that are named where it must not.
#[derive(Debug, Default)]
pub(super) struct Others {
    pub(super) places: RefCell<Vec<Place>>,
    /// Whether rows may be named that are not yet.
    pub(super) closed: Cell<bool>,
}

pub(super) struct Builder<'m> {
    pub(super) model: &'m AccessModel,
    pub(super) persona: &'m Persona,
    pub(super) cast: &'m Cast,
    pub(super) others: &'m Others,
    pub(super) hints: &'m RefCell<Hints>,
}

impl Builder<'_> {
    pub(super) fn rows(
        &self,
        object: &Object,
        rows: &Rows,
        needs: ParentNeeds,
        place: &Place,
        path: &[ObjectName],
    ) -> Formula {
        let mut parts = vec![self.narrowed(object, rows, place, path)];
        parts.insert(0, self.scope(object, rows, needs, place, path));
        Formula::all(parts)
    }

    fn narrowed(&self, object: &Object, rows: &Rows, place: &Place, path: &[ObjectName]) -> Formula {
        let mut parts = vec![self.standing(object, place)];
        parts.extend(rows.reach.as_ref().map(|reach| self.reach(object, reach, place)));
        parts.push(self.condition(object, &rows.condition, place, false));
        parts.extend(rows.denied.iter().map(|deny| self.condition(object, &deny.condition, place, true)));
        parts.extend(rows.has.iter().map(|has| self.has(object, has, place, path)));
        parts.extend(rows.min_tier.as_ref().map(|bound| {
            let needed = match bound {
                TierBound::Tier(tier) => Operand::Is(Datum::text(tier.as_str())),
                TierBound::RowField(field) => self.operand(object, &Value::Row(field.clone()), place),
            };
            match self.cast.who {
                Who::External => Formula::Atom(Atom::TierAtLeast { needed, order: self.model.project.tiers.clone() }),
                _ => Formula::NO,
            }
        }));
        parts.extend(rows.mfa.then_some(match self.cast.who {
            Who::Guest => Formula::NO,
            _ => Formula::Atom(Atom::Holds(Var::Mfa)),
        }));
        parts.extend(rows.valid_from.as_ref().map(|bound| self.bound(object, bound, Op::Lte, place)));
        parts.extend(rows.valid_until.as_ref().map(|bound| self.bound(object, bound, Op::Gt, place)));
        Formula::all(parts)
    }

    /// Neither deleted, nor standing for too few.
    fn standing(&self, object: &Object, place: &Place) -> Formula {
        let mut parts = Vec::new();
        if let Some(Deletion::Soft(column)) = &object.deletion {
            let cell = self.hinted(object, place.cell(column));
            let is_flag = object.field_of(column).is_some_and(|field| field.field_type == FieldType::Boolean);
            let empty = Formula::Atom(Atom::Empty { cell: cell.clone(), is: true });
            parts.push(match is_flag {
                true => Formula::test(cell, Op::Eq, Operand::Is(Datum::text("false")), Kind::Boolean),
                false => empty,
            });
        }
        if let Some(group) = &object.min_group {
            let cell = self.hinted(object, place.cell(&group.count));
            parts.push(Formula::test(cell, Op::Gte, Operand::Is(Datum::text(group.least.to_string())), Kind::Number));
        }
        Formula::all(parts)
    }

    fn hinted(&self, object: &Object, cell: Var) -> Var {
        if let Var::Cell(place, column) = &cell
            && *place.table() == object.table
            && let Some(field) = object.field_of(column)
        {
            self.hints.borrow_mut().entry(cell.clone()).or_insert_with(|| field.field_type.clone());
        }
        cell
    }

    fn cell(&self, object: &Object, field: &FieldName, place: &Place) -> Option<(Var, Kind)> {
        let field = object.fields.get(field)?;
        Some((self.hinted(object, place.cell(&field.column)), Kind::of(Some(&field.field_type))))
    }

    fn operand(&self, object: &Object, value: &Value, place: &Place) -> Operand {
        Operand::Is(match value {
            Value::Text(text) | Value::Number(text) => Datum::text(text),
            Value::Boolean(value) => Datum::text(value.to_string()),
            Value::User(key) => self.cast.user_key(ME, key),
            Value::Tenant { key, kind } => self.cast.tenant_key(kind.as_ref(), key),
            Value::Tier if self.cast.who != Who::External => Datum::Null,
            Value::Tier => return Operand::Of(Var::Tier),
            Value::Now => Datum::Now,
            Value::Today => Datum::Today,
            Value::Row(field) => match self.cell(object, field, place) {
                Some((cell, _)) => return Operand::Of(cell),
                None => Datum::Null,
            },
        })
    }

    /// `denied`: that it is false, and not merely unknown.
    fn condition(&self, object: &Object, condition: &Condition, place: &Place, denied: bool) -> Formula {
        let each = |parts: &[Condition]| -> Vec<Formula> {
            parts.iter().map(|part| self.condition(object, part, place, denied)).collect()
        };
        match (condition, denied) {
            (Condition::True, false) => Formula::YES,
            (Condition::True, true) => Formula::NO,
            (Condition::All(parts), false) | (Condition::Any(parts), true) => Formula::all(each(parts)),
            (Condition::All(parts), true) | (Condition::Any(parts), false) => Formula::any(each(parts)),
            (Condition::Test(test), _) => self.test(object, test, place, denied),
        }
    }

    fn test(&self, object: &Object, test: &Test, place: &Place, denied: bool) -> Formula {
        let Some((cell, kind)) = self.cell(object, &test.field, place) else { return Formula::NO };
        let one = |op: Op, value: &Value| {
            let op = if denied { op.contrary() } else { op };
            Formula::test(cell.clone(), op, self.operand(object, value, place), kind)
        };
        match (&test.comparison, denied) {
            (Comparison::Eq(value), _) => one(Op::Eq, value),
            (Comparison::Ne(value), _) => one(Op::Ne, value),
            (Comparison::Lt(value), _) => one(Op::Lt, value),
            (Comparison::Lte(value), _) => one(Op::Lte, value),
            (Comparison::Gt(value), _) => one(Op::Gt, value),
            (Comparison::Gte(value), _) => one(Op::Gte, value),
            (Comparison::In(values), false) => Formula::any(sorted(values.iter().map(|value| one(Op::Eq, value)))),
            (Comparison::In(values), true) => Formula::all(sorted(values.iter().map(|value| one(Op::Eq, value)))),
            (Comparison::NotIn(values), false) => Formula::all(sorted(values.iter().map(|value| one(Op::Ne, value)))),
            (Comparison::NotIn(values), true) => Formula::any(sorted(values.iter().map(|value| one(Op::Ne, value)))),
            (Comparison::IsNull(is), denied) => Formula::Atom(Atom::Empty { cell: cell.clone(), is: *is != denied }),
        }
    }

    fn bound(&self, object: &Object, bound: &TimeBound, op: Op, place: &Place) -> Formula {
        let (left, kind) = match bound {
            TimeBound::Field(field) => match self.cell(object, field, place) {
                Some((cell, kind)) => (Operand::Of(cell), kind),
                None => return Formula::NO,
            },
            TimeBound::Literal(text) => (Operand::Is(Datum::text(text)), Kind::Timestamp),
        };
        Formula::Atom(Atom::Test { left, op, right: Operand::Is(Datum::Now), kind })
    }

    /// The row above, which is there, and passes.
    pub(super) fn above(&self, place: &Place, step: Step, passes: impl FnOnce(&Place) -> Formula) -> Formula {
        let named = step.via.iter().map(|via| Formula::Atom(Atom::Empty { cell: place.cell(via), is: false }));
        let named: Vec<Formula> = named.collect();
        let above = place.above(step);
        let exists = Formula::Atom(Atom::Holds(Var::Fact(Fact::Exists(above.clone()))));
        Formula::all(named.into_iter().chain([exists, passes(&above)]))
    }

    /// Some read grant on the object, or some grant that changes it, holds for the row there.
    pub(super) fn may(&self, object: &Object, needs: ParentNeeds, place: &Place, path: &[ObjectName]) -> Formula {
        let repeats = path.iter().filter(|name| **name == object.name).count();
        if repeats >= REPEATS || path.len() >= DEEPEST {
            let fact = Fact::Deeper(place.clone(), object.name.clone());
            return Formula::Atom(Atom::Holds(Var::Fact(fact)));
        }
        let path: Vec<ObjectName> = path.iter().cloned().chain([object.name.clone()]).collect();
        match needs {
            ParentNeeds::Read => {
                let grants = self.persona.reads.get(&object.name).into_iter().flatten();
                Formula::any(grants.map(|grant| self.rows(object, &grant.rows, ParentNeeds::Read, place, &path)))
            }
            ParentNeeds::Update => {
                let grants = self.persona.writes.get(&object.name).into_iter().flatten();
                let updates = grants.filter_map(|grant| match &grant.write {
                    Write::Update { parent, .. } => Some(self.rows(object, &grant.rows, *parent, place, &path)),
                    _ => None,
                });
                Formula::any(updates)
            }
        }
    }

    fn has(&self, object: &Object, has: &Has, place: &Place, path: &[ObjectName]) -> Formula {
        let Some(other) = self.model.objects.get(&has.object) else { return Formula::NO };
        self.some(&other.table, |there| {
            let pairs = has.matches.iter().map(|(field, value)| match self.cell(other, field, there) {
                Some((cell, kind)) => Formula::test(cell, Op::Eq, self.operand(object, value, place), kind),
                None => Formula::NO,
            });
            let pairs: Vec<Formula> = pairs.collect();
            Formula::all(pairs.into_iter().chain([self.may(other, ParentNeeds::Read, there, path)]))
        })
    }

    /// Some row of the table passes.
    pub(super) fn some(&self, table: &crate::names::TableName, passes: impl Fn(&Place) -> Formula) -> Formula {
        if !self.others.closed.get() {
            let place = {
                let mut places = self.others.places.borrow_mut();
                let place = Place::root(places.len() + 1, table);
                places.push(place.clone());
                place
            };
            return passes(&place);
        }
        let known: Vec<Place> =
            self.others.places.borrow().iter().filter(|place| *place.table() == *table).cloned().collect();
        Formula::any(known.iter().map(passes))
    }
}

/// The order in which values are written says nothing.
fn sorted(parts: impl Iterator<Item = Formula>) -> Vec<Formula> {
    let mut parts: Vec<(String, Formula)> = parts.map(|part| (format!("{part:?}"), part)).collect();
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    parts.into_iter().map(|(_, part)| part).collect()
}
