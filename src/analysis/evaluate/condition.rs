//! Conditions, with SQL's three values.

use super::asking::Asking;
use super::compare::{Datum, Kind, are_stored_alike, equal, order};
use super::truth::Truth;
use super::world::Row;
use crate::model::{Comparison, Condition, Object, Test, TierBound, TimeBound, Value};
use crate::names::{ColumnName, TableName};
use std::cmp::Ordering;

impl<'w> Asking<'w> {
    pub(super) fn condition(&self, object: &'w Object, condition: &Condition, row: &Row) -> Truth {
        match condition {
            Condition::True => Truth::Yes,
            Condition::All(parts) => Truth::all(parts.iter().map(|part| self.condition(object, part, row))),
            Condition::Any(parts) => Truth::any(parts.iter().map(|part| self.condition(object, part, row))),
            Condition::Test(test) => self.test(object, test, row),
        }
    }

    fn test(&self, object: &'w Object, test: &Test, row: &Row) -> Truth {
        let kind = Kind::of(object.fields.get(&test.field).map(|field| &field.field_type));
        let left = self.field(object, row, &test.field);
        let value = |value: &Value| match value {
            Value::Row(field) => self.field(object, row, field),
            value => self.value(value),
        };
        let ordered = |right: &Value, wanted: &[Ordering]| match order(kind, self.clock(), &left, &value(right)) {
            Ok(order) => Truth::of(wanted.contains(&order)),
            Err(truth) => truth,
        };
        let among = |values: &[Value]| Truth::any(values.iter().map(|one| ordered(one, &[Ordering::Equal])));
        match &test.comparison {
            Comparison::Eq(right) => ordered(right, &[Ordering::Equal]),
            Comparison::Ne(right) => ordered(right, &[Ordering::Less, Ordering::Greater]),
            Comparison::Lt(right) => ordered(right, &[Ordering::Less]),
            Comparison::Lte(right) => ordered(right, &[Ordering::Less, Ordering::Equal]),
            Comparison::Gt(right) => ordered(right, &[Ordering::Greater]),
            Comparison::Gte(right) => ordered(right, &[Ordering::Greater, Ordering::Equal]),
            Comparison::In(values) => among(values),
            Comparison::NotIn(values) => among(values).contrary(),
            Comparison::IsNull(true) => left.is_null(),
            Comparison::IsNull(false) => left.is_null().contrary(),
        }
    }

    /// What a constant or a variable stands for.
    pub(super) fn value(&self, value: &Value) -> Datum {
        match value {
            Value::Text(text) | Value::Number(text) => Datum::text(text),
            Value::Boolean(value) => Datum::text(value.to_string()),
            Value::User(key) => self.user_key(key),
            Value::Tenant { key, kind } => self.tenant_key(kind.as_ref(), key),
            Value::Tier => Datum::of(self.tier().map(ToString::to_string)),
            Value::Now => Datum::Now,
            Value::Today => Datum::Today,
            Value::Row(field) => Datum::Untold(format!("`$row.{field}` stands where no row is asked about")),
        }
    }

    fn tier(&self) -> Option<&crate::names::TierName> {
        self.tenant.and_then(|tenant| tenant.tier.as_ref())
    }

    pub(super) fn equal_in(&self, table: &TableName, column: &ColumnName, left: &Datum, right: &Datum) -> Truth {
        equal(self.kind_in(table, column), self.clock(), left, right)
    }

    /// Whether values that are equal are also stored alike, whatever the type of the column.
    pub(super) fn is_one_value(&self, table: &TableName, column: &ColumnName, left: &Datum, right: &Datum) -> bool {
        are_stored_alike(self.kind_in(table, column), left, right)
    }

    /// My tier is at least that one, in the project's order.
    pub(super) fn has_tier(&self, object: &Object, bound: &TierBound, row: &Row) -> Truth {
        let rank = |name: &str| self.model.project.tiers.iter().position(|tier| tier.as_str() == name);
        let needed = match bound {
            TierBound::Tier(tier) => rank(tier.as_str()),
            TierBound::RowField(field) => match self.field(object, row, field) {
                Datum::Text(text) => rank(&text),
                Datum::Untold(why) => return Truth::Untold(why),
                _ => None,
            },
        };
        // What is no tier is more than anybody has.
        let mine = self.tier().and_then(|tier| rank(tier.as_str()));
        mine.zip(needed).map_or(Truth::Null, |(mine, needed)| Truth::of(needed <= mine))
    }

    /// The bound has come, or has not yet: validity is half open.
    pub(super) fn is_past(&self, object: &Object, bound: &TimeBound, row: &Row) -> Truth {
        let (kind, bound) = match bound {
            TimeBound::Field(field) => {
                let kind = Kind::of(object.fields.get(field).map(|field| &field.field_type));
                (kind, self.field(object, row, field))
            }
            TimeBound::Literal(text) => (Kind::Timestamp, Datum::text(text)),
        };
        match order(kind, self.clock(), &bound, &Datum::Now) {
            Ok(order) => Truth::of(order != Ordering::Greater),
            Err(truth) => truth,
        }
    }
}
