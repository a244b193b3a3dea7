//! Sample rows of the catalogue read like those of a business, also where several types come together.

use crate::catalogue::{TYPES, names, project};
use portalctl::catalog;
use portalctl::model::{AccessModel, Cell, FieldType, FilledBy, Filling, Samples, Value};
use portalctl::names::{ColumnName, ObjectName};
use std::collections::{BTreeMap, BTreeSet};

/// A type with everything that it offers.
fn full(of: &str) -> AccessModel {
    let offers = catalog::types().find(|(name, _)| *name == of).map(|(_, text)| names(text, "offers")).unwrap();
    let list = offers.into_iter().collect::<Vec<_>>().join(", ");
    project(&[(of, &format!("+modules: [{list}]\n"))]).0
}

/// What a row leaves to the database happened at the moment it was put in: then everything would be of today.
#[test]
fn sample_rows_say_when_they_were_made() {
    let mut wrong = BTreeSet::new();
    let mut seen = 0;
    for of in TYPES {
        let model = full(of);
        for ((name, label), row) in &model.samples(&[]).given.rows {
            let columns = &model.objects[name].managed.as_ref().unwrap().columns;
            let made = columns.iter().filter(|(_, made)| made.filled == Some(Filling::Default(Value::Now)));
            for (column, _) in made {
                seen += 1;
                if !row.cells.contains_key(column) {
                    wrong.insert(format!("{name}/{label}: {column}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 100, "{seen}");
}

/// Names of columns and objects are no words that people write.
#[test]
fn sample_rows_are_written_in_words() {
    // What other systems call it, and what people in a forum call themselves.
    let others = ["provider_token", "provider_ref", "token", "display_name"];
    let mut wrong = BTreeSet::new();
    for of in TYPES {
        let model = full(of);
        for ((name, label), row) in &model.samples(&[]).given.rows {
            for (column, cell) in &row.cells {
                let field = model.objects[name].field_of(column).filter(|field| field.field_type == FieldType::Text);
                let Some((field, Cell::Text(text))) = field.map(|field| (field, cell)) else { continue };
                if text.contains('_') && !others.contains(&field.name.as_str()) {
                    wrong.insert(format!("{name}/{label}: {column}: {text}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn text<'a>(samples: &'a Samples, object: &str, column: &str) -> Vec<&'a str> {
    let rows = samples.given.rows.iter().filter(|((name, _), _)| name.as_str() == object);
    let cells = rows.filter_map(|(_, row)| row.cells.get(&ColumnName::new(column)));
    let texts = cells.filter_map(|cell| match cell {
        Cell::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn people_and_numbers_of_two_types_are_told_apart() {
    for (at, of) in TYPES.into_iter().enumerate() {
        let other = TYPES[(at + 3) % TYPES.len()];
        let (model, _) = project(&[(of, ""), (other, "")]);
        let samples = model.samples(&[]);
        let mut people: BTreeMap<&str, &str> = BTreeMap::new();
        for (label, user) in &samples.given.users {
            let before = people.insert(&user.title, label.as_str());
            assert_eq!(before, None, "{of} and {other}: `{}` twice", user.title);
        }
        let numbered: Vec<(&ObjectName, &ColumnName)> = model
            .objects
            .values()
            .flat_map(|object| object.fields.values().map(move |field| (object, field)))
            .filter(|(_, field)| field.filled_by == Some(FilledBy::Numbers))
            .map(|(object, field)| (&object.name, &field.column))
            .collect();
        for (object, column) in numbered {
            let numbers = text(&samples, object.as_str(), column.as_str());
            let once: BTreeSet<&&str> = numbers.iter().collect();
            assert_eq!(once.len(), numbers.len(), "{of} and {other}: {object}: {numbers:?}");
        }
    }
}

/// Rows that are nobody's, an enquiry by a form, bring nothing of the first type's along; and a file is called as its person.
#[test]
fn a_second_type_repeats_nothing_of_the_first_and_calls_its_people_alike() {
    let (model, _) = project(&[("customer", ""), ("partner", "")]);
    let samples = model.samples(&[]);
    let subjects = text(&samples, "case", "subject");
    let once: BTreeSet<&&str> = subjects.iter().collect();
    assert_eq!((subjects.len(), once.len()), (6, 6), "{subjects:?}");

    let (model, _) = project(&[("patient", ""), ("employee", "")]);
    let samples = model.samples(&[]);
    let titles: BTreeSet<&str> = samples.given.users.values().map(|user| user.title.as_str()).collect();
    let (patients, employees) = (text(&samples, "patient", "name"), text(&samples, "employee", "name"));
    assert!(employees.len() == 5 && employees.iter().all(|name| titles.contains(name)), "{employees:?} of {titles:?}");
    assert!(employees.iter().all(|name| !patients.contains(name)), "{employees:?} and {patients:?}");
}
