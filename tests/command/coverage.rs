//! `portalctl test --coverage`: what the access tests hold, and what they would let slip.

use crate::run::{Ran, run};
use serde_json::Value;
use tempfile::TempDir;

const SPEC: &str = "\
version: 1
kind: project
name: acme
---
kind: object
name: order
managed: true
tenant: account_id
owner: contact_id
fields: {subject: {type: text, required: true}, status: [new, done], price: {type: integer, class: internal}}
---
kind: portal
name: shop
audiences:
  customer:
    grants: {order: {read: {scope: tenant, where: {status: new}, fields: [subject, status]}}}
  desk: {who: internal, grants: {order: {read: [subject]}}}
---
kind: access_test
name: walls
given:
  tenants: {north: {}, south: {}}
  users: {ann: {tenant: north, audience: shop/customer}, max: {audience: shop/desk}}
  rows:
    order:
      - {id: 1, tenant: north, owner: ann, subject: Jam, status: new, price: 3}
      - {id: 2, tenant: north, owner: ann, subject: Tea, status: done, price: 4}
      - {id: 3, tenant: south, owner: ann, subject: Rye, status: new, price: 5}
expect:
";

/// Expectations, and what each of them holds besides the ones before.
const STEPS: &[(&str, &[&str])] = &[
    ("  - {as: ann, can: {read: order/1}}\n", &["allowed"]),
    ("  - {as: ann, cannot: {read: order/3}}\n", &["allowed", "denied"]),
    ("  - {as: ann, cannot: {read: order/2}}\n", &["allowed", "denied", "where"]),
    ("  - {as: ann, can: {read: order/1, fields: [status]}}\n", &["allowed", "denied", "where", "status"]),
    ("  - {as: ann, cannot: {read: order/1, fields: [price]}}\n", &["allowed", "denied", "where", "status", "price"]),
];

fn test(expectations: &str, args: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("portalctl.yaml"), format!("{SPEC}{expectations}")).unwrap();
    run(folder.path(), &[&["test", "--no-database"], args].concat())
}

fn covered(expectations: &str) -> Value {
    serde_json::from_str(&test(expectations, &["--coverage", "--format", "json"]).expect(0).stdout).unwrap()
}

/// Each expectation holds one thing more, and nothing that nobody expects is counted.
#[test]
fn each_side_of_a_grant_is_held_by_the_expectation_about_it() {
    let mut expectations = String::new();
    for (expectation, held) in STEPS {
        expectations += expectation;
        let coverage = covered(&expectations)["coverage"].clone();
        let grants = coverage["grants"].as_array().unwrap();
        let of = |persona: &str| grants.iter().find(|grant| grant["persona"] == persona).unwrap().clone();
        let grant = of("shop/customer");
        let mut found: Vec<&str> =
            ["allowed", "denied", "where"].into_iter().filter(|side| grant[*side] == true).collect();
        for part in ["fields", "hidden"] {
            found.extend(grant[part]["tested"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()));
        }
        assert_eq!(found, *held, "{expectations}");
        // Of three sides, two fields and one that is hidden; of the desk one side, one field, and two that are hidden.
        assert_eq!((&coverage["tested"], &coverage["of"]), (&held.len().into(), &10.into()), "{coverage:#}");
        let desk = of("shop/desk");
        assert_eq!((&desk["allowed"], &desk["denied"], &desk["where"]), (&false.into(), &Value::Null, &Value::Null));
        assert_eq!(grant["line"], 16);
    }
}

#[test]
fn an_expectation_that_fails_holds_nothing() {
    let failed = test("  - {as: ann, can: {read: order/3}}\n", &["--coverage", "--format", "json"]).expect(1);
    let failed: Value = serde_json::from_str(&failed.stdout).unwrap();
    assert_eq!(failed["coverage"]["tested"], 0);
}

#[test]
fn a_threshold_decides_and_the_table_fits_a_terminal() {
    let all: String = STEPS.iter().map(|(expectation, _)| *expectation).collect();
    test(&all, &["--coverage=50"]).expect(0);
    let too_little = test(&all, &["--coverage=51"]).expect(1);
    assert!(too_little.stderr.contains("the tests hold 50 % of the access, not 51 %"), "{}", too_little.stderr);
    test(&all, &["--coverage=101"]).expect(2);
    let text = test(&all, &["--coverage"]).expect(0).stdout;
    assert!(text.contains("\ncoverage: 50 %, 5 of 10\n"), "{text}");
    for column in ["ALLOWED", "DENIED", "WHERE", "FIELDS", "HIDDEN"] {
        assert_eq!(text.matches(column).count(), 3, "a heading for each audience, and what it means:\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let line = text.lines().find(|line| line.starts_with("  read order")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["read", "order", "yes", "yes", "yes", "1/2", "1/1"]);
    assert!(!test(&all, &[]).expect(0).stdout.contains("coverage"));
    let junit = test(&all, &["--coverage", "--format", "junit"]).expect(0).stdout;
    assert!(junit.contains("<property name=\"coverage\" value=\"50\"/>"), "{junit}");
}
