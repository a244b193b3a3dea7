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

/// The schema of any document. `kind` chooses: editors then speak of documents of that kind, and of no other.
pub fn of_documents() -> Schema {
    let mut definitions = Map::new();
    let documents: Vec<Value> = KINDS
        .iter()
        .map(|(kind, record)| {
            let is_it = json!({ "required": ["kind"], "properties": { "kind": { "const": kind } } });
            json!({ "if": is_it, "then": of_document(kind, record, &mut definitions) })
        })
        .collect();
    let kinds = of_words(KINDS.iter().map(|(kind, record)| (*kind, record.doc)));
    let document = json!({
        "type": "object",
        "required": ["kind"],
        "properties": { "kind": described(kinds, "What the document is about.") },
        "allOf": documents,
    });
    root("portalctl document".to_owned(), document, definitions)
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
    let whole = described(reference(record, Part::Whole, definitions), record.doc);
    let Some((_, key)) = OVER.iter().find(|(known, _)| *known == kind) else { return whole };
    let over = described(reference(record, Part::Over, definitions), record.doc);
    json!({ "if": { "required": ["kind", key] }, "then": over, "else": whole })
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
    let mut schema =
        json!({ "type": "object", "title": title(record), "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if let Some((keys, of)) = record.others {
        schema["additionalProperties"] = of_entry(of, Part::Whole, definitions);
        let own: Vec<&str> = record.keys.iter().map(|key| key.name).collect();
        let mut names = of_keys(keys);
        names["pattern"] = format!("^({})$|{}", own.join("|"), pattern(keys)).into();
        schema["propertyNames"] = names;
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
    let others = record.others.map_or(json!(false), |(_, of)| of_entry(of, Part::Over, definitions));
    json!({ "type": "object", "title": title(record), "properties": properties, "additionalProperties": others })
}

/// What editors call it: `entry of grants`.
fn title(record: &Record) -> String {
    record.what.replace('`', "")
}

/// Whether something can be appended.
fn holds_several(shape: &Shape) -> bool {
    match shape {
        Shape::List { .. } | Shape::Map { .. } | Shape::Record(_) | Shape::Over(_) => true,
        Shape::Forms(forms) => forms.iter().any(|form| holds_several(form)),
        _ => false,
    }
}

/// Written so that an editor can say at the place what is missing or too much.
fn of_rule(rule: &Rule) -> Vec<Value> {
    match rule {
        Rule::NotEmpty => vec![json!({ "minProperties": 1 })],
        Rule::ExactlyOne(keys) => one_is_needed(keys).into_iter().chain(two_are_too_many(keys)).collect(),
        Rule::AtLeastOne(keys) => one_is_needed(keys).into_iter().collect(),
        Rule::AtMostOne(keys) => two_are_too_many(keys).collect(),
    }
}

fn one_is_needed(keys: &[&str]) -> Option<Value> {
    let none: Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), json!(false))).collect();
    let said = format!("one of {} is missing", listed(keys));
    let first = keys.first()?;
    Some(json!({ "if": { "properties": none }, "then": { "required": [first], "errorMessage": said } }))
}

fn two_are_too_many(keys: &[&str]) -> impl Iterator<Item = Value> {
    let pairs = keys.iter().enumerate().flat_map(|(n, one)| keys[n + 1..].iter().map(move |other| (*one, *other)));
    pairs.map(|(one, other)| {
        let said = format!("`{other}` is too much beside `{one}`");
        json!({ "if": { "required": [one, other] }, "then": { "properties": { other: false }, "errorMessage": said } })
    })
}

fn listed(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// The second for editors that lay text out, where it holds `code`: they would show the marks of the first.
fn described(mut schema: Value, doc: &str) -> Value {
    schema["description"] = doc.into();
    if doc.contains('`') {
        schema["markdownDescription"] = doc.into();
    }
    schema
}

fn of_shape(shape: &'static Shape, part: Part, definitions: &mut Map<String, Value>) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string", "pattern": TEXT }),
        Shape::Word(word) => of_word(word),
        Shape::Choice(choices) => of_choices(choices),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Count { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Operand => json!({ "type": ["string", "number", "boolean"], "pattern": OPERAND }),
        Shape::Label => json!({ "type": ["string", "integer"], "pattern": pattern(&LABEL), "minimum": 0 }),
        Shape::Null => json!({ "type": "null" }),
        Shape::List { of, least } => {
            json!({ "type": "array", "items": of_entry(of, part, definitions), "minItems": least })
        }
        Shape::Map { of, .. } if part == Part::Over => {
            let words = json!({ "type": "array", "items": { "type": "string" } });
            let of = of_entry(of, part, definitions);
            json!({ "type": "object", "patternProperties": { "^-": words }, "additionalProperties": of })
        }
        Shape::Map { keys, of, least } => {
            let mut schema = json!({ "type": "object", "additionalProperties": of_entry(of, part, definitions), "minProperties": least });
            schema["propertyNames"] = of_keys(keys);
            schema
        }
        Shape::Record(record) => reference(record, part, definitions),
        Shape::Over(record) => reference(record, Part::Over, definitions),
        Shape::Forms(forms) => {
            json!({ "anyOf": forms.iter().map(|form| of_shape(form, part, definitions)).collect::<Vec<_>>() })
        }
    }
}

/// An entry of a list or a map. What it is stands here and not with the record: editors show what is said deepest, and of
/// a key that is what the key is for.
fn of_entry(shape: &'static Shape, part: Part, definitions: &mut Map<String, Value>) -> Value {
    let of = of_shape(shape, part, definitions);
    match doc_of(shape) {
        Some(doc) => described(of, doc),
        None => of,
    }
}

fn doc_of(shape: &'static Shape) -> Option<&'static str> {
    match shape {
        Shape::Record(record) | Shape::Over(record) => Some(record.doc),
        Shape::Forms(forms) => forms.iter().find_map(|form| doc_of(form)),
        _ => None,
    }
}

fn pattern(word: &Word) -> &'static str {
    if word.pattern.is_empty() { TEXT } else { word.pattern }
}

fn of_word(word: &Word) -> Value {
    let mut schema = json!({ "type": "string", "pattern": pattern(word), "patternErrorMessage": misfit(word) });
    if !word.known.is_empty() {
        schema = json!({ "anyOf": [{ "enum": word.known }, schema] });
    } else if !word.sample.contains("sample") {
        schema["examples"] = json!([word.sample]);
    }
    schema
}

/// A key of the author's choosing.
fn of_keys(word: &Word) -> Value {
    json!({ "title": word.what, "pattern": pattern(word), "patternErrorMessage": misfit(word) })
}

fn misfit(word: &Word) -> String {
    let such = if word.sample.contains("sample") { String::new() } else { format!(", such as `{}`", word.sample) };
    format!("this is no {}{such}", word.what)
}

fn of_choices(choices: &[Choice]) -> Value {
    let available = choices.iter().filter(|choice| !choice.later);
    of_words(available.map(|choice| (choice.word, choice.doc)))
}

/// A few words, and what each means.
fn of_words<'w>(words: impl Iterator<Item = (&'w str, &'w str)>) -> Value {
    let (words, docs): (Vec<&str>, Vec<&str>) = words.unzip();
    json!({ "type": "string", "enum": words, "enumDescriptions": docs, "markdownEnumDescriptions": docs })
}
