//! The tables, the reader, the typed documents and the JSON Schema say the same.

mod patterns;

use super::document::SpecSet;
use super::grammar::{KINDS, Presence, Record, Rule, Shape};
use super::{Catalogue, PROJECT_FILE, RawContent, RawFile, read, read_with, schema};
use crate::diagnostic::Finding;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Every value of a shape that differs from its neighbour by one key: without it and with it. The first of a
/// pair may be missing, where the shape itself is all there is.
struct Pair {
    without: Option<Value>,
    with: Value,
    what: String,
    /// The finding that it must lead to; `None`: it is as it should be.
    refused: Option<&'static str>,
}

fn alone(value: Value) -> Vec<Pair> {
    vec![Pair { without: None, with: value, what: String::new(), refused: None }]
}

/// `depth` ends the recursion of conditions in conditions.
fn pairs(shape: &Shape, depth: usize) -> Vec<Pair> {
    let wrap = |pairs: Vec<Pair>, wrap: &dyn Fn(Value) -> Value| {
        let wrapped = |pair: Pair| Pair { without: pair.without.map(wrap), with: wrap(pair.with), ..pair };
        pairs.into_iter().map(wrapped).collect()
    };
    match shape {
        Shape::Text => alone(json!("Some text")),
        Shape::Word(word) => alone(json!(word.sample)),
        Shape::Choice(choices) => {
            choices.iter().filter(|choice| !choice.later).flat_map(|choice| alone(json!(choice.word))).collect()
        }
        Shape::Boolean => alone(json!(true)),
        Shape::Count { least, .. } => alone(json!(least)),
        Shape::Operand => [json!("text"), json!(5), json!(false), json!("$user"), json!("$row.sample")]
            .into_iter()
            .flat_map(alone)
            .collect(),
        Shape::Label => [json!("printer-jam"), json!(1)].into_iter().flat_map(alone).collect(),
        // Writing `null` says the same as writing nothing.
        Shape::Null => Vec::new(),
        Shape::List { of, .. } => wrap(pairs(of, depth), &|value| json!([value])),
        Shape::Map { keys, of, .. } => wrap(pairs(of, depth), &|value| json!({ keys.sample: value })),
        Shape::Forms(forms) => forms.iter().flat_map(|form| pairs(form, depth)).collect(),
        Shape::Record(record) if depth > 0 => of_record(record, depth - 1),
        Shape::Record(_) => Vec::new(),
        Shape::Over(_) => alone(json!({})),
    }
}

fn first(shape: &Shape) -> Value {
    pairs(shape, 3).into_iter().next().unwrap().with
}

/// An empty map says as little as none.
fn says_nothing(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.values().all(says_nothing))
}

/// The keys without which the record is wrong.
fn least(record: &Record) -> Map<String, Value> {
    let mut least = Map::new();
    for key in record.keys.iter().filter(|key| key.presence == Presence::Required) {
        least.insert(key.name.to_owned(), first(key.shape));
    }
    for rule in record.rules {
        let key = match rule {
            Rule::ExactlyOne(keys) | Rule::AtLeastOne(keys) => record.key(keys[0]).unwrap(),
            Rule::NotEmpty if record.others.is_none() => &record.keys[0],
            Rule::NotEmpty => {
                least.insert("sample".to_owned(), json!("text"));
                continue;
            }
            Rule::AtMostOne(_) => continue,
        };
        least.insert(key.name.to_owned(), first(key.shape));
    }
    least
}

fn of_record(record: &Record, depth: usize) -> Vec<Pair> {
    let least = least(record);
    let mut all = alone(Value::Object(least.clone()));
    let later = record.keys.iter().filter(|key| key.presence == Presence::Later).map(|key| (key.name, "not-available"));
    let unknown = record.others.is_none().then_some(("zzz", "unknown-key"));
    for (key, id) in later.chain(unknown) {
        let mut map = least.clone();
        map.insert(key.to_owned(), json!("x"));
        let what = format!("{}.{key}", record.what);
        all.push(Pair { without: None, with: Value::Object(map), what, refused: Some(id) });
    }
    for key in record.keys.iter().filter(|key| key.presence != Presence::Later) {
        let mut base = least.clone();
        for rule in record.rules {
            if let Rule::ExactlyOne(keys) | Rule::AtMostOne(keys) = rule
                && keys.contains(&key.name)
            {
                keys.iter().for_each(|other| drop(base.remove(*other)));
            }
        }
        let is_complete = base.len() == least.len() && !least.contains_key(key.name);
        for pair in pairs(key.shape, depth) {
            let set = |value: Value| {
                let mut map = base.clone();
                map.insert(key.name.to_owned(), value);
                Value::Object(map)
            };
            let what = format!(
                "{}.{}{}",
                record.what,
                key.name,
                if pair.what.is_empty() { String::new() } else { format!(" > {}", pair.what) }
            );
            let without = match pair.without {
                Some(value) => Some(set(value)),
                None => (is_complete && !says_nothing(&pair.with)).then(|| Value::Object(least.clone())),
            };
            all.push(Pair { without, with: set(pair.with), what, refused: pair.refused });
        }
    }
    if let Some((keys, of)) = record.others {
        let set = |value: Value| {
            let mut map = least.clone();
            map.insert(keys.sample.to_owned(), value);
            Value::Object(map)
        };
        for pair in pairs(of, depth) {
            all.push(Pair {
                without: pair.without.map(set),
                with: set(pair.with),
                what: format!("{} > {}", record.what, pair.what),
                refused: pair.refused,
            });
        }
    }
    all
}

fn file(path: &str, text: &str) -> RawFile {
    RawFile { path: path.to_owned(), content: RawContent::Bytes(text.as_bytes().to_vec()) }
}

/// A module and a type that are called as everything that the tables make.
fn catalogue() -> Catalogue {
    let module = "kind: module\nname: sample\n---\n\
        kind: object\nname: sample\ntable: crm.sample\nfields: {sample: {type: text, column: sample_id}, more: text}\n---\n\
        kind: permission_set\nname: sample\ngrants: {sample: {read: [more]}}\n---\n\
        kind: page\nname: sample\nview: tree\nobject: sample\n";
    let preset = "kind: type\nname: sample\ntitle: Of a type\naudiences: {sample: {label: Of a type}}\n";
    Catalogue::new([("sample", module)], [("sample", preset)])
}

/// Modules and types are read where a portal has them, and have names of their own.
fn read_one(document: &Value) -> (SpecSet, Vec<Finding>) {
    let mut document = document.clone();
    let adopting = "---\nkind: portal\nname: other\naudiences: {a: {}}\n";
    let over = if document["kind"] == "project" {
        let text = serde_json::to_string(&document).unwrap();
        return read(vec![file(PROJECT_FILE, &text), file("objects", "name\n")]);
    } else if document["kind"] == "module" {
        document["name"] = json!("own");
        format!("{adopting}modules: [own]\n")
    } else if document["kind"] == "type" {
        document["name"] = json!("own");
        if document.get("permission_sets").is_some() {
            document["modules"] = json!(["sample"]);
        }
        "---\nkind: portal\nname: other\ntype: own\n".to_owned()
    } else if document.get("extends").is_some() {
        format!("{adopting}modules: [sample]\n")
    } else {
        String::new()
    };
    let project = format!("version: 1\nkind: project\nname: acme\n{over}");
    // The menu names objects of the module itself; another module that it needs would bring one of that name.
    let alone = document["kind"] == "module" && document.get("needs").is_none();
    let own = if alone { "\n---\n{kind: object, name: sample, table: a.b, fields: {sample: text}}\n" } else { "" };
    let text = serde_json::to_string(&document).unwrap() + own;
    read_with(vec![file(PROJECT_FILE, &project), file("one.yaml", &text)], &catalogue())
}

/// What was read, but for where it stood.
fn meaning(set: &SpecSet) -> String {
    let SpecSet {
        sources: _,
        environment: _,
        read: _,
        project,
        objects,
        permission_sets,
        portals,
        pages,
        modules,
        types,
        tenants,
        access_tests,
    } = set;
    let text =
        format!("{:?}", (project, objects, permission_sets, portals, pages, modules, types, tenants, access_tests));
    let mut parts = text.split("Span { file: FileId(");
    let mut meaning = parts.next().unwrap().to_owned();
    for part in parts {
        meaning.push_str(part.split_once(" }").unwrap().1);
    }
    meaning
}

/// Documents as they should be, and documents with one mistake.
fn documents() -> (Vec<Pair>, Vec<Pair>) {
    KINDS.iter().flat_map(|(_, record)| of_record(record, 6)).partition(|pair| pair.refused.is_none())
}

fn validator() -> Validator {
    jsonschema::draft202012::new(schema::of_documents().as_value()).unwrap()
}

#[test]
fn whatever_the_tables_allow_is_read_and_is_valid_by_the_schema() {
    let validator = validator();
    let (documents, _) = documents();
    assert!(documents.len() > 400, "{}", documents.len());
    for Pair { with, what, .. } in documents {
        let (_, findings) = read_one(&with);
        assert!(findings.is_empty(), "{what}: {with}\n{findings:#?}");
        let errors: Vec<String> = validator.iter_errors(&with).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{what}: {with}\n{errors:?}");
    }
}

#[test]
fn no_key_is_read_and_then_forgotten() {
    for Pair { without, with, what, .. } in documents().0 {
        let Some(without) = without else { continue };
        assert_ne!(meaning(&read_one(&without).0), meaning(&read_one(&with).0), "{what}: {with}");
    }
}

fn every_record(shape: &'static Shape, into: &mut Vec<&'static Record>) {
    match shape {
        Shape::List { of, .. } | Shape::Map { of, .. } => every_record(of, into),
        Shape::Forms(forms) => forms.iter().for_each(|form| every_record(form, into)),
        Shape::Record(record) => every_record_of(record, into),
        _ => {}
    }
}

fn every_record_of(record: &'static Record, into: &mut Vec<&'static Record>) {
    if into.iter().any(|known| std::ptr::eq(*known, record)) {
        return;
    }
    into.push(record);
    record.keys.iter().for_each(|key| every_record(key.shape, into));
    if let Some((_, of)) = record.others {
        every_record(of, into);
    }
}

fn all_records() -> Vec<&'static Record> {
    let mut records = Vec::new();
    KINDS.iter().for_each(|(_, record)| every_record_of(record, &mut records));
    records
}

#[test]
fn records_have_names_of_their_own_and_every_key_is_described() {
    let records = all_records();
    let mut names: Vec<&str> = records.iter().map(|record| record.what).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "two records share a name, so one definition of the schema would be lost");
    for record in records {
        for key in record.keys.iter().filter(|key| key.presence != Presence::Later) {
            assert!(key.doc.ends_with('.'), "{}.{}", record.what, key.name);
        }
        assert!(record.doc.ends_with('.'), "{}", record.what);
    }
}

#[test]
fn what_the_tables_do_not_allow_is_refused_by_the_reader_and_by_the_schema() {
    let validator = validator();
    let (_, refused) = documents();
    for record in all_records() {
        let mut its = refused.iter().filter(|pair| pair.what.contains(record.what));
        assert!(record.others.is_some() || its.any(|pair| pair.refused == Some("unknown-key")), "{}", record.what);
    }
    for Pair { with, what, refused, .. } in refused {
        let (_, findings) = read_one(&with);
        assert!(findings.iter().any(|finding| Some(finding.id) == refused), "{what}: {with} {findings:#?}");
        assert!(!validator.is_valid(&with), "{what}: {with}");
    }
}

#[test]
fn each_kind_has_a_schema_that_refuses_the_other_kinds() {
    let (documents, _) = documents();
    for kind in schema::kinds() {
        let validator = jsonschema::draft202012::new(schema::of_kind(kind).unwrap().as_value()).unwrap();
        for Pair { with, .. } in &documents {
            assert_eq!(validator.is_valid(with), with["kind"] == kind, "{kind}: {with}");
        }
    }
    assert!(schema::of_kind("zzz").is_none());
}
