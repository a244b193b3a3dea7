//! A project that goes from one version of a module to the next.

use crate::provision::world::{World, model};
use portalctl::model::AccessModel;
use portalctl::plan::{Change, Plan, describe};
use portalctl_test_support::TestDatabase;

const PROJECT: &str = "
version: 1
kind: project
name: {p}
---
kind: portal
name: desk
modules: [tickets]
audiences:
  customer: {permission_sets: [ticket_customer]}
---
kind: object
extends: tickets/ticket
+fields: {plant: {type: text, default: Berlin}}
field_sets: {+sheet: [plant]}
";

const FIRST: &str = "
kind: module
name: tickets
title: Tickets
---
kind: object
name: ticket
managed: true
tenant: account_id
fields:
  account: {type: tenant, column: account_id}
  subject: {type: text, required: true}
  details: {type: long_text}
  status: {type: enum, values: [new, done], default: new}
states: {field: status, transitions: {new: [done]}}
field_sets: {sheet: [subject, details, status]}
---
kind: permission_set
name: ticket_customer
grants: {ticket: {read: sheet, create: [subject, details], transition: {state: {new: [done]}}}}
";

/// A field more, a state more, and a field by another name.
const SECOND: &[(&str, &str)] = &[
    (
        "  details: {type: long_text}\n",
        "  story: {was: details, type: long_text}\n  urgent: {type: boolean, default: false}\n",
    ),
    ("values: [new, done]", "values: [new, waiting, done]"),
    (
        "{new: [done]}}\nfield_sets: {sheet: [subject, details,",
        "{new: [waiting, done], waiting: [done]}}\nfield_sets: {sheet: [subject, story, urgent,",
    ),
    (
        "create: [subject, details], transition: {state: {new: [done]}}",
        "create: [subject, story], transition: {state: {new: [done], waiting: [done]}}",
    ),
];

fn with(world: &World, module: &str) -> AccessModel {
    let files = [("portalctl.yaml", PROJECT), ("modules/tickets.yaml", module)];
    model(files.into_iter().map(|(path, text)| (path.to_owned(), world.text(text.trim_start()))).collect())
}

fn told(world: &World, plan: &Plan) -> Vec<String> {
    let line = |change: &Change| {
        let (sign, what) = describe(&change.kind);
        format!("{sign} {what}").replace(world.db.project(), "{p}")
    };
    plan.changes.iter().map(line).collect()
}

#[tokio::test]
async fn the_next_version_of_a_module_changes_just_what_is_new_in_it() {
    let world = World { db: TestDatabase::new().await };
    world.apply(&with(&world, FIRST)).await.unwrap();
    let filled =
        r#"insert into "{p}".ticket (account_id, subject, details, plant) values ('north', 'Jam', 'Hall 2', 'Ulm')"#;
    world.run(filled).await;
    let second = SECOND.iter().fold(FIRST.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "no `{from}`");
        text.replacen(from, to, 1)
    });
    let second = with(&world, &second);
    let plan = world.plan(&second).await.unwrap();
    let lines = told(&world, &plan);
    let (of_the_table, rest): (Vec<String>, _) =
        lines.into_iter().partition(|line| line.contains(" {p}.ticket.") || line.contains("constraint"));
    let wanted = [
        "~ {p}.ticket.details is called story",
        "- constraint ticket_status_check on {p}.ticket",
        "+ {p}.ticket.urgent, boolean",
        "+ {p}.ticket.status is one of new, waiting, done",
    ];
    assert_eq!(of_the_table, wanted);
    // Who may change rows follows the states, and the record of changes the fields.
    let follows = ["row policy", "guard", "trigger", "function"];
    let grants: Vec<&String> = rest.iter().filter(|line| !follows.iter().any(|one| line.contains(one))).collect();
    assert_eq!(grants, ["+ SELECT (urgent) on {p}.ticket for {p}__desk__customer, {p}__operator"]);
    assert!(!plan.hazards().keys().any(|hazard| hazard.needs_its_name()), "{}", plan.to_text());
    world.apply_plan(&second, &plan).await.unwrap();
    let row = r#"select concat_ws('|', subject, story, urgent, status, plant) from "{p}".ticket"#;
    assert_eq!(world.one(row).await, "Jam|Hall 2|f|new|Ulm");
    assert!(world.plan(&second).await.unwrap().changes.is_empty());
}
