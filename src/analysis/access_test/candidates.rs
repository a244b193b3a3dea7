//! Other values than a row holds, to see whether it may be changed.

use super::Stage;
use crate::analysis::evaluate::{Datum, Row};
use crate::model::{Cell, Field, FieldType, Object};
use std::collections::BTreeSet;

impl Stage<'_> {
    /// Values that differ from what the row holds. Empty: nobody can guess one.
    pub(super) fn candidates(&self, object: &Object, row: &Row, field: &Field) -> Vec<Datum> {
        let now = row.0.get(&field.column).cloned().unwrap_or(Datum::Null);
        let named = self.keys_of_the_same(object, field);
        let mut values: Vec<Datum> =
            if named.is_empty() { others(field, &now) } else { named.into_iter().map(Datum::Text).collect() };
        if matches!(field.field_type, FieldType::Reference(_)) && !field.required {
            values.push(Datum::Null);
        }
        values.retain(|value| *value != now);
        values
    }

    /// Keys of what the column may name: rows of the object, or what any given row's cell there names the like of.
    fn keys_of_the_same(&self, object: &Object, field: &Field) -> BTreeSet<String> {
        let given = &self.test.given;
        if let FieldType::Reference(other) = &field.field_type {
            let rows = given.rows.keys().filter(|(name, _)| name == other);
            return rows.filter_map(|(name, label)| self.labels.key(name, label).into_iter().next()).collect();
        }
        let of_object = given.rows.iter().filter(|((name, _), _)| *name == object.name);
        let cells = of_object.filter_map(|(_, row)| row.cells.get(&field.column));
        let mut keys = BTreeSet::new();
        for cell in cells {
            match cell {
                Cell::User { key, .. } => {
                    let users = self.world.users.iter().filter_map(|user| user.keys.get(key));
                    keys.extend(users.cloned());
                }
                Cell::Tenant { key, .. } => {
                    keys.extend(self.world.tenants.iter().filter_map(|tenant| tenant.key_of(key)).cloned());
                }
                _ => {}
            }
        }
        keys
    }
}

fn others(field: &Field, now: &Datum) -> Vec<Datum> {
    let texts = |texts: &[&str]| texts.iter().map(|text| Datum::text(*text)).collect::<Vec<_>>();
    match &field.field_type {
        FieldType::Enum(values) => values.iter().map(Datum::text).collect(),
        FieldType::Boolean => texts(&["true", "false"]),
        FieldType::Integer | FieldType::Decimal | FieldType::Money => {
            let number = match now {
                Datum::Text(text) => text.split('.').next().and_then(|whole| whole.parse().ok()),
                _ => None,
            };
            let number: i64 = number.unwrap_or(1);
            vec![Datum::text(number.saturating_add(1).to_string()), Datum::text(number.saturating_sub(1).to_string())]
        }
        FieldType::Date => texts(&["2031-05-06", "2019-05-06"]),
        FieldType::Timestamp => texts(&["2031-05-06T00:00:00Z", "2019-05-06T00:00:00Z"]),
        FieldType::Reference(_) => Vec::new(),
        FieldType::Uuid => texts(&["00000000-0000-8000-8000-0000000000aa", "00000000-0000-8000-8000-0000000000ab"]),
        _ => texts(&["changed", "other"]),
    }
}
