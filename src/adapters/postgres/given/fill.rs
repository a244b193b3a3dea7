//! Something plausible for columns that must hold something and of which nothing is said.

use super::columns::ColumnFacts;
use crate::model::{Field, FieldType};

/// `number` is another one each time, since a column may be unique. `None`: nobody can guess.
pub fn plausible(facts: &ColumnFacts, field: Option<&Field>, number: usize) -> Option<String> {
    if let Some(Field { field_type: FieldType::Enum(values), .. }) = field {
        return values.first().cloned();
    }
    if let Some(word) = facts.words.iter().find(|word| !word.is_empty()) {
        return Some(word.clone());
    }
    Some(match facts.base.as_str() {
        "text" | "varchar" | "bpchar" | "citext" | "name" => {
            let text = format!("given {number}");
            match facts.max_length {
                Some(longest) if text.len() > longest => number.to_string().chars().rev().take(longest).collect(),
                _ => text,
            }
        }
        "int2" => (number % 30_000).to_string(),
        "int4" | "int8" | "oid" => number.to_string(),
        "numeric" | "float4" | "float8" | "money" => "1".to_owned(),
        "bool" => "false".to_owned(),
        "date" | "timestamp" | "timestamptz" => "2020-01-01".to_owned(),
        "time" | "timetz" => "00:00".to_owned(),
        "interval" => "1 day".to_owned(),
        "uuid" => format!("00000000-0000-8000-8000-{number:012}"),
        "json" | "jsonb" => "{}".to_owned(),
        "bytea" => "\\x".to_owned(),
        "inet" | "cidr" => "192.0.2.1".to_owned(),
        "xml" => "<x/>".to_owned(),
        "point" => "(0,0)".to_owned(),
        base if base.starts_with('_') => "{}".to_owned(),
        base if base.ends_with("range") => "empty".to_owned(),
        _ => return None,
    })
}
