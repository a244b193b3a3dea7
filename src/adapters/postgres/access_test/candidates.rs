//! Other values than a column holds, to see whether it may be changed.

use super::super::given::ColumnFacts;
use super::Stage;
use crate::model::{Cell, Field, FieldType};
use crate::names::{ColumnName, RowLabel};

impl Stage<'_> {
    /// Values that differ from `now`; `None` is NULL. Empty: nobody can guess one.
    pub(super) fn candidates(&self, field: &Field, facts: &ColumnFacts, now: Option<&str>) -> Vec<Option<String>> {
        let named = self.same_kind(&field.column, &field.field_type);
        let mut values: Vec<Option<String>> = named.into_iter().map(Some).collect();
        if values.is_empty() {
            values = others(field, facts, now).into_iter().map(Some).collect();
        }
        if matches!(field.field_type, FieldType::Reference(_)) && !facts.required {
            values.push(None);
        }
        values.retain(|value| value.as_deref() != now);
        values
    }

    /// Keys of what the column may name: rows of the object, or what any given row's cell there names the like of.
    fn same_kind(&self, column: &ColumnName, field_type: &FieldType) -> Vec<String> {
        if let FieldType::Reference(object) = field_type {
            let rows = self.test.given.rows.keys().filter(|(name, _)| name == object);
            let keys = rows.filter_map(|(name, label): &(_, RowLabel)| self.keys.row(name, label).into_iter().next());
            return keys.collect();
        }
        let cells = self.test.given.rows.values().filter_map(|row| row.cells.get(column));
        let mut keys = Vec::new();
        for cell in cells {
            match cell {
                Cell::User { key, .. } => {
                    let users = self.test.given.users.iter().filter(|(_, user)| user.keys.contains_key(key));
                    keys.extend(users.map(|(label, _)| self.keys.user(label, key)));
                }
                Cell::Tenant { key, .. } => {
                    keys.extend(self.test.given.tenants.keys().map(|label| self.keys.tenant(label, key)));
                }
                _ => {}
            }
        }
        keys.sort();
        keys.dedup();
        keys
    }
}

fn others(field: &Field, facts: &ColumnFacts, now: Option<&str>) -> Vec<String> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    match &field.field_type {
        FieldType::Enum(values) => return values.clone(),
        _ if !facts.words.is_empty() => return facts.words.clone(),
        FieldType::Email => return texts(&["changed@changed.example", "other@changed.example"]),
        FieldType::Url => return texts(&["https://changed.example/", "https://other.example/"]),
        FieldType::Phone => return texts(&["+1 555 0100", "+1 555 0101"]),
        _ => {}
    }
    match facts.base.as_str() {
        "bool" => texts(&["true", "false"]),
        "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" => {
            let number: Option<i64> = now.and_then(|now| now.split('.').next()?.parse().ok());
            let number = number.unwrap_or(1);
            vec![number.saturating_add(1).to_string(), number.saturating_sub(1).to_string()]
        }
        "date" | "timestamp" | "timestamptz" => texts(&["2031-05-06", "2019-05-06"]),
        "time" | "timetz" => texts(&["11:11", "12:12"]),
        "uuid" => texts(&["00000000-0000-8000-8000-0000000000aa", "00000000-0000-8000-8000-0000000000ab"]),
        "json" | "jsonb" => texts(&["{\"changed\": true}", "{\"changed\": false}"]),
        "text" | "varchar" | "bpchar" | "citext" => {
            let longest = facts.max_length.unwrap_or(usize::MAX);
            ["changed", "other"].iter().map(|text| text.chars().take(longest).collect()).collect()
        }
        base if base.starts_with('_') => texts(&["{}"]),
        _ => Vec::new(),
    }
}
