//! What the database said against it, in words for the person who filled it in.

use super::{Control, Problems, Slot};
use crate::model::Object;
use crate::names::{ColumnName, SchemaName, TableName};
use crate::site::query::{Kind, LiveTypes, Said};
use std::collections::{BTreeMap, BTreeSet};

/// What tables and schemas are called, and what a reader is told instead.
#[derive(Debug)]
pub struct Names {
    tables: Vec<(TableName, String)>,
    schemas: BTreeSet<String>,
}

impl Names {
    pub fn of<'a>(objects: impl IntoIterator<Item = &'a Object>, control: &SchemaName) -> Self {
        let tables: BTreeMap<TableName, String> =
            objects.into_iter().map(|object| (object.table.clone(), object.label_many.to_lowercase())).collect();
        let schemas = tables.keys().map(|table| table.schema.as_str().to_owned());
        let schemas = schemas.chain([control.as_str().to_owned(), "pg_catalog".to_owned()]).collect();
        Self { tables: tables.into_iter().collect(), schemas }
    }

    /// What the business's own trigger says is meant for people, apart from names of the database in it.
    fn without(&self, message: &str) -> String {
        let mut text = message.to_owned();
        for (table, label) in &self.tables {
            let (schema, name) = (table.schema.as_str(), &table.name);
            for written in [format!("\"{schema}\".\"{name}\""), format!("{schema}.{name}"), format!("\"{name}\"")] {
                text = replace_word(&text, &written, label);
            }
            if name.contains('_') {
                text = replace_word(&text, name, label);
            }
        }
        for schema in &self.schemas {
            for written in [format!("\"{schema}\"."), format!("{schema}.")] {
                text = replace_start(&text, &written);
            }
        }
        text.chars().filter(|c| !c.is_control() || *c == '\n').take(500).collect()
    }
}

fn is_letter(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// The word, where no letter is on either side.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let end = at + word.len();
        let before = rest[..at].chars().next_back().or_else(|| made.chars().next_back());
        made.push_str(&rest[..at]);
        let whole = !is_letter(before) && !is_letter(rest[end..].chars().next());
        made.push_str(if whole { by } else { word });
        rest = &rest[end..];
    }
    made + rest
}

/// A schema in front of a name, which itself is a letter away.
fn replace_start(text: &str, start: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(start) {
        let end = at + start.len();
        made.push_str(&rest[..at]);
        let name = rest[end..].chars().next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '"');
        if is_letter(made.chars().next_back()) || !name {
            made.push_str(start);
        }
        rest = &rest[end..];
    }
    made + rest
}

/// Which of the slots it is about, and what about them.
pub fn explain(said: &Said, object: &Object, slots: &[Slot], types: &LiveTypes, names: &Names) -> Problems {
    let here = said
        .table
        .as_ref()
        .is_none_or(|(schema, table)| *schema == object.table.schema.as_str() && *table == object.table.name);
    let of_columns = |columns: &[ColumnName]| -> Vec<&Slot> {
        slots.iter().filter(|slot| slot.columns.iter().any(|column| columns.contains(column))).collect()
    };
    let constrained = || match said.constraint.as_deref().filter(|_| here) {
        Some(constraint) => of_columns(types.constrained(&object.table, constraint)),
        None => Vec::new(),
    };
    let column = said.column.as_deref().map(ColumnName::new).filter(|_| here);
    let (found, text): (Vec<&Slot>, String) = match said.kind {
        Kind::Forbidden => (Vec::new(), "You may not do this. Nothing was saved.".to_owned()),
        Kind::Missing => (of_columns(&column.into_iter().collect::<Vec<_>>()), "Fill this in.".to_owned()),
        Kind::Taken => (constrained(), "This is taken already.".to_owned()),
        Kind::Reference => (constrained(), "This does not exist any more. Choose another.".to_owned()),
        Kind::Check => (constrained(), "This value is not possible here.".to_owned()),
        Kind::Value => (quoted(said, slots), "This value does not fit.".to_owned()),
        Kind::Raised => (Vec::new(), names.without(&said.message)),
        Kind::Collision => {
            (Vec::new(), "Somebody else was changing this at the same moment. Send it again.".to_owned())
        }
    };
    if let [_, ..] = &found[..] {
        // Several columns together: said at each, since any of them may be changed.
        let together = if found.len() > 1 { in_common(said.kind).unwrap_or(text) } else { text };
        return Problems {
            at: found.iter().map(|slot| (slot.name.clone(), together.clone())).collect(),
            general: Vec::new(),
        };
    }
    Problems::of(match said.kind {
        Kind::Missing => "Something that has to be there is missing, and it is not on this form.",
        Kind::Taken => "There is one like this already.",
        Kind::Reference => "Something that this refers to does not exist any more.",
        Kind::Check => "Some of the values are not possible together.",
        Kind::Value => "One of the values does not fit.",
        Kind::Forbidden | Kind::Raised | Kind::Collision => text.as_str(),
    })
}

fn in_common(kind: Kind) -> Option<String> {
    match kind {
        Kind::Taken => Some("There is one with the same values already.".to_owned()),
        Kind::Reference => Some("These do not belong together.".to_owned()),
        Kind::Check => Some("These values are not possible together.".to_owned()),
        _ => None,
    }
}

/// A value that does not fit its type is quoted by the server, but its column is not named: only its type is.
fn quoted<'a>(said: &Said, slots: &'a [Slot]) -> Vec<&'a Slot> {
    // What is quoted is the visitor's, and may hold any word.
    let own: String = said.message.split('"').step_by(2).collect();
    let own = own.trim_start();
    let named =
        |types: &[&str]| types.iter().any(|name| own.contains(&format!("type {name}")) || own.starts_with(name));
    let kinds = |slot: &&Slot| match &slot.control {
        Control::Uuid => named(&["uuid"]),
        Control::Json => named(&["json"]),
        Control::Date => named(&["date"]),
        Control::Timestamp => named(&["timestamp", "date/time"]),
        Control::Integer => named(&["smallint", "integer", "bigint"]),
        Control::Decimal => named(&["numeric", "double precision", "real", "money"]),
        _ => false,
    };
    let found: Vec<&Slot> = slots.iter().filter(kinds).collect();
    if found.len() == 1 { found } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::ColumnName;

    fn slot(name: &str, control: Control) -> Slot {
        Slot {
            name: name.to_owned(),
            label: name.into(),
            columns: vec![ColumnName::new(name)],
            control,
            required: false,
            max_length: None,
            whole_digits: None,
            decimals: None,
            bounds: None,
            empty_text: false,
            filled: false,
            kept: false,
            default: None,
        }
    }

    fn said(message: &str) -> Said {
        Said { kind: Kind::Value, message: message.to_owned(), table: None, column: None, constraint: None }
    }

    #[test]
    fn a_value_that_does_not_fit_is_said_at_the_only_slot_of_its_type() {
        let slots = [
            slot("day", Control::Date),
            slot("at", Control::Timestamp),
            slot("id", Control::Uuid),
            slot("count", Control::Integer),
            slot("price", Control::Decimal),
        ];
        for (message, at) in [
            ("date/time field value out of range: \"2026-01-01 99:00\"", &[][..]),
            ("invalid input syntax for type timestamp with time zone: \"a date\"", &["at"]),
            ("timestamp out of range: \"294277-01-01 00:00\"", &["at"]),
            ("invalid input syntax for type date: \"an integer\"", &["day"]),
            ("date out of range: \"5874898-01-01\"", &["day"]),
            ("invalid input syntax for type uuid: \"type date\"", &["id"]),
            ("value \"99999999999\" is out of range for type integer", &["count"]),
            ("integer out of range", &["count"]),
            ("bigint out of range", &["count"]),
            ("numeric field overflow", &["price"]),
            ("invalid input syntax for type json", &[]),
            ("a date of ours", &[]),
        ] {
            let found: Vec<&str> = quoted(&said(message), &slots).iter().map(|slot| slot.name.as_str()).collect();
            assert_eq!(found, at, "{message}");
        }
        let only = [slot("day", Control::Date)];
        assert_eq!(quoted(&said("date/time field value out of range: \"x\""), &only).len(), 1);
    }

    #[test]
    fn a_message_of_the_business_keeps_its_words_and_loses_names_of_tables() {
        let names = Names {
            tables: vec![
                (TableName::new("crm", "order_lines"), "lines".to_owned()),
                (TableName::new("crm", "orders"), "orders".to_owned()),
            ],
            schemas: ["crm".to_owned(), "acme_portal".to_owned()].into(),
        };
        for (from, to) in [
            ("orders need a line", "orders need a line"),
            ("crm.orders needs crm.order_lines", "orders needs lines"),
            ("\"crm\".\"orders\" and \"orders\"", "orders and orders"),
            ("see crm.secret_table, acme_portal.tenant", "see secret_table, tenant"),
            ("the order_lines_total is wrong", "the order_lines_total is wrong"),
            ("not in our crm. Ask us", "not in our crm. Ask us"),
            ("mycrm.orders", "mycrm.orders"),
            ("bell\u{7}", "bell"),
        ] {
            assert_eq!(names.without(from), to, "{from}");
        }
    }
}
