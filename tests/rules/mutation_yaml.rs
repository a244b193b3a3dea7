//! Documents to values and back, so that one of their tokens can be changed.

use serde::Deserialize;
use serde_yaml::Value;
use std::fmt::Write as _;

pub fn documents(text: &str) -> Vec<Value> {
    let each = serde_yaml::Deserializer::from_str(text);
    each.map(|document| Value::deserialize(document).unwrap()).filter(|document| !document.is_null()).collect()
}

/// In flow style. Words are written without quotation marks, since in them a key such as `+fields` would be nothing but
/// a key; whatever could be read as something else stands in them.
pub fn written(documents: &[Value]) -> String {
    let mut text = String::new();
    for document in documents {
        text.push_str("---\n");
        for (key, value) in document.as_mapping().unwrap() {
            word(&mut text, key.as_str().unwrap());
            text.push_str(": ");
            node(&mut text, value);
            text.push('\n');
        }
    }
    text
}

fn node(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => drop(write!(text, "{number}")),
        Value::String(value) => word(text, value),
        Value::Sequence(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                node(text, item);
            }
            text.push(']');
        }
        Value::Mapping(entries) => {
            text.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                match key {
                    Value::String(key) => word(text, key),
                    other => node(text, other),
                }
                text.push_str(": ");
                node(text, value);
            }
            text.push('}');
        }
        Value::Tagged(tagged) => panic!("a tag: {}", tagged.tag),
    }
}

fn word(text: &mut String, word: &str) {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '$' | '.' | '/');
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '$' | '+' | '-');
    let reads_otherwise = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_plain = word.starts_with(begins)
        && word.chars().all(plain)
        && word.chars().any(|c| c.is_ascii_alphabetic())
        && !reads_otherwise.contains(&word.to_ascii_lowercase().as_str());
    // JSON's quotation is YAML's.
    if is_plain { text.push_str(word) } else { text.push_str(&serde_json::to_string(word).unwrap()) }
}
