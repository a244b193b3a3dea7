//! The JSON Schema (draft 2020-12) of the documents, from the same tables that the reader holds them against.

use super::grammar::word::Word;
use super::grammar::{Choice, KINDS, LABEL, OVER, Presence, Record, Rule, Shape};
use schemars::Schema;
use serde_json::{Map, Value, json};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Text that holds no character that cannot be seen.
const TEXT: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*$";
/// A text, a number or a boolean is compared as it stands; what begins with `$` is a variable, or `$$` and text.
const OPERAND: &str = "^($|[^$]|\\$\\$|\\$(user|tenant|tier|now|today)$|\\$row\\.[a-z][a-z0-9_]*$)";

/// The kinds of documents, in the order of the reference.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(kind, _)| *kind)
}

/// The schema of one kind of document; `None` where there is no such kind.
pub fn of_kind(kind: &str) -> Option<Schema> {
    let (_, record) = KINDS.iter().find(|(known, _)| *known == kind)?;
    let mut definitions = Map::new();
    let document = of_document(kind, record, &mut definitions);
    Some(root(format!("portalctl {}", record.what), document, definitions))
}

/// The schema of any document, told apart by `kind`.
pub fn of_documents() -> Schema {
    let mut definitions = Map::new();
    let documents: Vec<Value> =
        KINDS.iter().map(|(kind, record)| of_document(kind, record, &mut definitions)).collect();
    root("portalctl document".to_owned(), json!({ "oneOf": documents }), definitions)
}

fn root(title: String, document: Value, definitions: Map<String, Value>) -> Schema {
    let mut root = Map::new();
    root.insert("$schema".to_owned(), DRAFT.into());
    root.insert("title".to_owned(), title.into());
    if let Value::Object(document) = document {
        root.extend(document);
    }
    root.insert("$defs".to_owned(), Value::Object(definitions));
    Schema::from(root)
}

/// `tenant path by a column` as `tenant-path-by-a-column`.
pub(super) fn slug(record: &Record) -> String {
    record.what.chars().filter(|c| *c != '`').map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// A document stands for itself, or it lies over another and says only what differs.
fn of_document(kind: &str, record: &'static Record, definitions: &mut Map<String, Value>) -> Value {
    let whole = reference(record, Part::Whole, definitions);
    let Some((_, key)) = OVER.iter().find(|(known, _)| *known == kind) else { return whole };
    let over = reference(record, Part::Over, definitions);
    json!({ "anyOf": [whole, { "allOf": [over, { "required": ["kind", key] }] }] })
}

/// How much of a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    /// What differs from a document below: nothing must be there, `+key` appends and `-key` removes.
    Over,
}

/// Records are referred to, since conditions hold conditions.
fn reference(record: &'static Record, part: Part, definitions: &mut Map<String, Value>) -> Value {
    let name = if part == Part::Over { format!("{}-over", slug(record)) } else { slug(record) };
    if !definitions.contains_key(&name) {
        // Before its content, which may refer to it.
        definitions.insert(name.clone(), Value::Null);
        let content = if part == Part::Over { over(record, definitions) } else { of_record(record, definitions) };
        definitions.insert(name.clone(), content);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn of_record(record: &'static Record, definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for key in record.keys.iter().filter(|key| key.presence != Presence::Later) {
        properties.insert(key.name.to_owned(), described(of_shape(key.shape, Part::Whole, definitions), key.doc));
    }
    let required: Vec<&str> =
        record.keys.iter().filter(|key| key.presence == Presence::Required).map(|key| key.name).collect();
    let mut schema = json!({
        "type": "object",
        "description": record.doc,
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if let Some((keys, of)) = record.others {
        schema["additionalProperties"] = of_shape(of, Part::Whole, definitions);
        let own: Vec<&str> = record.keys.iter().map(|key| key.name).collect();
        schema["propertyNames"] = json!({ "anyOf": [{ "enum": own }, { "pattern": pattern(keys) }] });
    }
    let rules: Vec<Value> = record.rules.iter().flat_map(of_rule).collect();
    if !rules.is_empty() {
        schema["allOf"] = json!(rules);
    }
    schema
}

/// What a record may be over another one.
fn over(record: &'static Record, definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for key in record.keys.iter().filter(|key| key.presence != Presence::Later) {
        let shape = of_shape(key.shape, Part::Over, definitions);
        if holds_several(key.shape) {
            let appends = format!("Appends. {}", key.doc);
            properties.insert(format!("+{}", key.name), described(shape.clone(), &appends));
            let removes = json!({ "type": "array", "items": { "type": "string" } });
            properties.insert(format!("-{}", key.name), described(removes, &format!("Removes. {}", key.doc)));
        }
        properties.insert(key.name.to_owned(), described(shape, key.doc));
    }
    let others = record.others.map_or(json!(false), |(_, of)| of_shape(of, Part::Over, definitions));
    json!({
        "type": "object",
        "description": record.doc,
        "properties": properties,
        "additionalProperties": others,
    })
}

/// Whether something can be appended.
fn holds_several(shape: &Shape) -> bool {
    match shape {
        Shape::List { .. } | Shape::Map { .. } | Shape::Record(_) | Shape::Over(_) => true,
        Shape::Forms(forms) => forms.iter().any(|form| holds_several(form)),
        _ => false,
    }
}

fn of_rule(rule: &Rule) -> Vec<Value> {
    let needs = |key: &&str| json!({ "required": [key] });
    match rule {
        Rule::NotEmpty => vec![json!({ "minProperties": 1 })],
        Rule::ExactlyOne(keys) => vec![json!({ "oneOf": keys.iter().map(needs).collect::<Vec<_>>() })],
        Rule::AtLeastOne(keys) => vec![json!({ "anyOf": keys.iter().map(needs).collect::<Vec<_>>() })],
        Rule::AtMostOne(keys) => {
            let pairs =
                keys.iter().enumerate().flat_map(|(n, one)| keys[n + 1..].iter().map(move |other| [*one, *other]));
            pairs.map(|pair| json!({ "not": { "required": pair } })).collect()
        }
    }
}

fn described(mut schema: Value, doc: &str) -> Value {
    schema["description"] = doc.into();
    schema
}

fn of_shape(shape: &'static Shape, part: Part, definitions: &mut Map<String, Value>) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string", "pattern": TEXT }),
        Shape::Word(word) => json!({ "type": "string", "pattern": pattern(word), "examples": [word.sample] }),
        Shape::Choice(choices) => of_choices(choices),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Count { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Operand => json!({ "type": ["string", "number", "boolean"], "pattern": OPERAND }),
        Shape::Label => json!({ "type": ["string", "integer"], "pattern": pattern(&LABEL), "minimum": 0 }),
        Shape::Null => json!({ "type": "null" }),
        Shape::List { of, least } => {
            json!({ "type": "array", "items": of_shape(of, part, definitions), "minItems": least })
        }
        Shape::Map { of, .. } if part == Part::Over => {
            let words = json!({ "type": "array", "items": { "type": "string" } });
            let of = of_shape(of, part, definitions);
            json!({ "type": "object", "patternProperties": { "^-": words }, "additionalProperties": of })
        }
        Shape::Map { keys, of, least } => {
            let mut schema = json!({ "type": "object", "additionalProperties": of_shape(of, part, definitions), "minProperties": least });
            schema["propertyNames"] = json!({ "pattern": pattern(keys) });
            schema
        }
        Shape::Record(record) => reference(record, part, definitions),
        Shape::Over(record) => reference(record, Part::Over, definitions),
        Shape::Forms(forms) => {
            json!({ "anyOf": forms.iter().map(|form| of_shape(form, part, definitions)).collect::<Vec<_>>() })
        }
    }
}

fn pattern(word: &Word) -> &'static str {
    if word.pattern.is_empty() { TEXT } else { word.pattern }
}

fn of_choices(choices: &[Choice]) -> Value {
    let available = choices.iter().filter(|choice| !choice.later);
    json!({ "oneOf": available.map(|choice| json!({ "const": choice.word, "description": choice.doc })).collect::<Vec<_>>() })
}
