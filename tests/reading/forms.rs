//! What documents come to mean: short forms and long forms, and every kind of value.

use crate::{PROJECT, file, report};
use portalctl::spec::document::SpecSet;
use portalctl::spec::{PROJECT_FILE, read, schema};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What was read, but for where it stood.
fn meaning(set: &SpecSet) -> String {
    let text = format!("{:#?}", (&set.project, &set.objects, &set.permission_sets, &set.portals, &set.tenants));
    let mut lines = text.lines();
    let mut kept = Vec::new();
    while let Some(line) = lines.next() {
        if line.ends_with("span: Span {") || line.trim_start() == "Span {" {
            let indent = line.len() - line.trim_start().len();
            lines.by_ref().find(|line| line.len() - line.trim_start().len() == indent);
        } else {
            kept.push(line);
        }
    }
    kept.join("\n")
}

fn read_one(document: &str) -> String {
    let (set, findings) = read(vec![file(PROJECT_FILE, PROJECT), file("a.yaml", document)]);
    assert!(findings.is_empty(), "{document}\n{findings:#?}");
    meaning(&set)
}

#[test]
fn short_forms_mean_what_the_long_forms_say() {
    let object =
        |rest: &str| read_one(&format!("{{kind: object, name: case, table: crm.cases, fields: {{a: text}}, {rest}}}"));
    let field =
        |field: &str| read_one(&format!("{{kind: object, name: case, table: crm.cases, fields: {{a: {field}}}}}"));
    let grant =
        |read: &str| read_one(&format!("{{kind: permission_set, name: s, grants: {{case: {{read: {read}}}}}}}"));
    let deny = |deny: &str| read_one(&format!("{{kind: permission_set, name: s, deny: {{case: {deny}}}}}"));
    let same = |forms: &[String]| forms.iter().for_each(|form| assert_eq!(form, &forms[0]));
    same(&["", "key: id", "key: [id]", "key: \"id\""].map(object));
    same(&["tenant: account_id", "tenant: {column: account_id}", "tenant: 'account_id'"].map(object));
    same(&["tenant: {via: a, object: b}", "tenant: {object: b, via: [a]}"].map(object));
    same(&["owner: created_by", "owner: {column: created_by}"].map(object));
    same(
        &["assignment: {table: t, row: a, user: u}", "assignments: [{table: t, row: [a], user: {column: u}}]"]
            .map(object),
    );
    same(&["shares: {table: t, row: a, tenant: u}", "shares: {table: t, row: [a], tenant: {column: u}}"].map(object));
    same(&["integer", "{type: integer}", "{type: integer, required: false}"].map(field));
    same(&["[low, high]", "{type: enum, values: [low, \"high\"]}"].map(field));
    same(&["summary", "[summary]", "{fields: summary}", "{fields: [summary]}", "[{fields: summary}]"].map(grant));
    same(&["all", "{fields: all}"].map(grant));
    same(&["{has: {object: a, match: {b: 1}}}", "{has: [{object: a, match: {b: 1}}]}"].map(grant));
    same(&["{where: {a: [x]}}", "{where: {a: {in: [x]}}}"].map(grant));
    same(&["{where: {a: $user}}", "{where: {a: \"$user\"}}"].map(grant));
    same(&["margin", "[margin]", "{fields: margin}", "{fields: [margin]}"].map(deny));
}

#[test]
fn what_differs_in_meaning_is_read_differently() {
    let grant = |test: &str| {
        read_one(&format!("{{kind: permission_set, name: s, grants: {{case: {{read: {{where: {{a: {test}}}}}}}}}}}"))
    };
    let tests = [
        "1",
        "\"1\"",
        "true",
        "\"true\"",
        "$user",
        "$$user",
        "[1]",
        "{ne: 1}",
        "{is_null: true}",
        "{is_null: false}",
        "{not_in: [1]}",
        "$row.a",
    ];
    for (n, one) in tests.iter().enumerate() {
        for other in &tests[n + 1..] {
            assert_ne!(grant(one), grant(other), "{one} {other}");
        }
    }
    // A whole row and each of its fields are not the same thing to deny.
    let deny = |deny: &str| read_one(&format!("{{kind: permission_set, name: s, deny: {{case: {deny}}}}}"));
    assert_ne!(deny("{fields: all, where: {a: 1}}"), deny("{where: {a: 1}}"));
}

#[test]
fn every_form_of_the_reference_comes_to_what_it_says() {
    let (set, findings) = read(vec![file(PROJECT_FILE, include_str!("../good/forms.yaml"))]);
    assert_eq!(findings, []);
    insta::assert_snapshot!(meaning(&set));
}

fn yaml_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("site") && !path.ends_with(".portalctl") {
            yaml_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            into.push(path);
        }
    }
}

/// Read by another library, so that the schema is held against documents as an editor sees them.
#[test]
fn good_documents_and_the_examples_are_valid_by_the_schema() {
    use serde::Deserialize;
    let validator = jsonschema::draft202012::new(schema::of_documents().as_value()).unwrap();
    assert!(jsonschema::meta::is_valid(schema::of_documents().as_value()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    yaml_files(&root.join("tests/good"), &mut files);
    yaml_files(&root.join("examples"), &mut files);
    assert!(files.len() > 3, "{files:?}");
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        for document in serde_yaml::Deserializer::from_str(&text) {
            let document = Value::deserialize(document).unwrap();
            let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty() || document.is_null(), "{}: {document}\n{errors:#?}", path.display());
        }
    }
}

#[test]
fn what_could_be_read_of_a_faulty_document_is_there() {
    let files = || {
        vec![
            file(PROJECT_FILE, PROJECT),
            file("a.yaml", "kind: object\nname: case\ntable: crm.cases\ncolour: red\nfields: {a: text, b: txt}\n"),
        ]
    };
    assert_eq!(report(files()).findings.len(), 2);
    let (set, _) = read(files());
    assert_eq!(set.objects[0].fields.keys().map(ToString::to_string).collect::<Vec<_>>(), ["a"]);
}
