//! New rows: what they are given, what they are stamped with, and whose they are then.

use super::asking::Asking;
use super::change::Changes;
use super::compare::Datum;
use super::truth::{Truth, Verdict};
use super::world::Row;
use crate::model::{Create, Object, ParentNeeds, Value, Write, WriteGrant};
use crate::names::ColumnName;
use std::collections::BTreeSet;

impl<'w> Asking<'w> {
    /// Whether a row with these values may be made: as some of the persona's roles.
    pub fn may_create(&self, object: &'w Object, given: &Changes) -> Verdict {
        let facets = 0..self.persona.facets.len();
        let verdicts = facets.filter_map(|facet| {
            let held = self.held(facet, &object.table);
            let creates: Vec<(&'w Object, &'w WriteGrant, &'w Create)> = held
                .into_iter()
                .filter_map(|(object, grant)| match &grant.write {
                    Write::Create(create) => Some((object, grant, create)),
                    _ => None,
                })
                .collect();
            match creates.as_slice() {
                [] => None,
                [only] => Some(self.create_by(*only, given)),
                _ => Some(Verdict::Unknown("one role may make rows of the table in several ways".to_owned())),
            }
        });
        Verdict::first_allowing(verdicts, || format!("no grant lets `{}` create `{}`", self.persona.name, object.name))
    }

    fn create_by(&self, (object, grant, create): (&'w Object, &'w WriteGrant, &'w Create), given: &Changes) -> Verdict {
        let named: BTreeSet<&ColumnName> = grant.inserted(object);
        if let Some(column) = given.keys().find(|column| !named.contains(column)) {
            let why = match create.stamps.contains_key(column) {
                true => "is set by the database",
                false => "is in no grant",
            };
            return Verdict::Denied(format!("`{column}` of a new row {why}"));
        }
        let mut row = Row(given.clone());
        for (column, value) in &create.stamps {
            row.0.insert(column.clone(), self.value(value));
        }
        self.set(object, &create.preset, &mut row);
        if let (Some(_), [key]) = (object.key_generation, object.key.as_slice()) {
            row.0.insert(key.clone(), Datum::text("\u{1}new"));
        }
        for judged in self.names_of_new_row(object, &row) {
            if judged != Verdict::Allowed {
                return judged;
            }
        }
        let stamped = create.stamps.iter().map(|(column, value)| self.is_set(object, &row, column, value));
        let preset = create.preset.iter().filter_map(|(field, value)| {
            let column = &object.fields.get(field)?.column;
            Some(self.is_set(object, &row, column, value))
        });
        let set = Verdict::of(Truth::all(stamped.chain(preset)), || {
            "the database would set a key that they do not have".to_owned()
        });
        if set != Verdict::Allowed {
            return set;
        }
        Verdict::of(self.covers(object, &grant.rows, ParentNeeds::Read, &row), || {
            let why = self.why_not(object, &grant.rows, ParentNeeds::Read, &row);
            format!("of the new row: {}", why.unwrap_or_default())
        })
    }

    /// What the database sets must be something; `$now` always is.
    fn is_set(&self, object: &Object, row: &Row, column: &ColumnName, value: &Value) -> Truth {
        if matches!(value, Value::Now | Value::Today) {
            return Truth::Yes;
        }
        let wanted = self.value(value);
        self.equal_in(&object.table, column, &self.world.cell(&object.table, row, column), &wanted)
    }

    /// The rows above and those that references name, under any of the persona's grants to create on the table.
    fn names_of_new_row(&self, object: &'w Object, row: &Row) -> Vec<Verdict> {
        let mut judged = Vec::new();
        for (other, grants) in &self.persona.writes {
            let Some(other) = self.object(other).filter(|other| other.table == object.table) else { continue };
            for grant in grants {
                let Write::Create(create) = &grant.write else { continue };
                judged.extend(create.parents.iter().map(|up| self.may_name(other, &up.via, &up.object, row)));
                judged.extend(create.fields.iter().map(|field| self.may_refer(other, field, row)));
            }
        }
        judged
    }
}
