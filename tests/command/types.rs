//! `types` and `modules`: the catalogue, told from its documents.

use crate::run::{Ran, run};
use serde_json::Value;
use std::path::Path;

fn ran(args: &[&str]) -> Ran {
    run(Path::new("/"), args)
}

fn told(args: &[&str]) -> String {
    let text = ran(args).expect(0).stdout;
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:?}");
    text
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&ran(&[args, &["--format", "json"]].concat()).expect(0).stdout).unwrap()
}

fn words(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

#[test]
fn every_type_is_listed_with_what_it_is_for() {
    let text = told(&["types"]);
    assert!(text.contains("customer      For people and companies that have bought something\n"), "{text}");
    assert!(text.contains("14 modules, 9 more that fit; for customer, customer_admin\n"), "{text}");
    let all = json(&["types"]);
    let types = all["types"].as_array().unwrap();
    assert_eq!(types.len(), portalctl::catalog::types().count());
    for card in types {
        let (name, purpose) = (card["name"].as_str().unwrap(), card["purpose"].as_str().unwrap());
        assert!(text.contains(name), "{name}");
        assert!((10..120).contains(&purpose.len()) && !purpose.ends_with('.'), "{name}: {purpose}");
        assert!(card["about"].as_str().unwrap().len() > 80, "{name}");
        assert!(!card["audiences"].as_array().unwrap().is_empty(), "{name}");
    }
}

#[test]
fn a_type_is_told_with_its_walls() {
    let text = told(&["types", "customer"]);
    for line in [
        "customer: Customer portal\nFor people and companies that have bought something.\n",
        "tenants are  customer\n",
        "  customer_admin  Administrator, external, with all that customer has\n",
        "  case-management           Questions, faults and disputes, from the first\n",
        "\nMORE THAT FIT, with `+modules: [NAME]` in the portal\n",
        "  case                  customer own, customer_admin tenant and own\n",
        "                        never account, assignee, queue, is_internal, sla_due_at\n",
        "  web_case              nothing of it\n",
    ] {
        assert!(text.contains(line), "{line}in\n{text}");
    }
    let card = json(&["types", "partner"]);
    assert_eq!(words(&card["tiers"]), ["basic", "silver", "gold"]);
    let walls = card["walls"].as_array().unwrap();
    let deal = walls.iter().find(|wall| wall["object"] == "deal_registration").unwrap();
    assert_eq!(words(&deal["rows"]["partner"]), ["own"]);
    // Who holds a conflicting deal is what no partner may learn.
    assert!(words(&deal["never"]).contains(&"conflict_of"), "{deal:#}");
}

#[test]
fn every_module_is_listed_with_the_types_that_have_it() {
    let text = told(&["modules"]);
    let all = json(&["modules"]);
    let modules = all["modules"].as_array().unwrap();
    assert_eq!(modules.len(), portalctl::catalog::modules().count());
    for card in modules {
        let (name, purpose) = (card["name"].as_str().unwrap(), card["purpose"].as_str().unwrap());
        assert!(text.lines().any(|line| line.starts_with(name)), "{name}");
        assert!((10..120).contains(&purpose.len()) && !purpose.ends_with('.'), "{name}: {purpose}");
        let used = words(&card["types"]).len() + words(&card["offered_by"]).len();
        assert!(used > 0, "no type has or offers {name}");
    }
    let cases = modules.iter().find(|card| card["name"] == "case-management").unwrap();
    assert_eq!(words(&cases["needs"]), ["product-documentation"]);
    assert!(words(&cases["types"]).contains(&"partner") && !words(&cases["types"]).contains(&"client"));
}

#[test]
fn a_module_is_told_with_what_it_allows() {
    let text = told(&["modules", "case-management"]);
    for line in [
        "needs     product-documentation\n",
        "  case          Cases: number, subject, description",
        "                internal: assignee, queue, is_internal, sla_due_at\n",
        "  case_admin            all of case_user\n",
        "                        case: read, download, attach, transition, assign, export\n",
    ] {
        assert!(text.contains(line), "{line}in\n{text}");
    }
    let card = json(&["modules", "case-management"]);
    let comment = card["objects"].as_array().unwrap().iter().find(|object| object["name"] == "case_comment").unwrap();
    assert_eq!(comment["sample_rows"], 4);
}

#[test]
fn a_name_that_is_not_there_is_answered_with_the_one_that_was_meant() {
    let cases = [
        (["types", "custmer"], "the catalogue has no type `custmer`", "did you mean `customer`?"),
        (["types", "orders"], "the catalogue has no type `orders`", "it is a module: `portalctl modules orders`"),
        (["types", "zzzzzzzz"], "the catalogue has no type `zzzzzzzz`", "`portalctl types` lists them"),
        (["modules", "case_managment"], "no module `case_managment`", "did you mean `case-management`?"),
        (["modules", "partner"], "no module `partner`", "it is a type: `portalctl types partner`"),
    ];
    for (args, message, hint) in cases {
        let ran = ran(&args).expect(2);
        assert!(ran.stderr.contains(message) && ran.stderr.contains(hint), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}
