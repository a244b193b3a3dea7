//! What chance found, each told again by itself.

use super::compare::{Tally, compare};
use super::{applied, database, open};
use crate::differential::resolved::resolved;

/// What the two say of the first access test in `text`, a project without its head on the tables of chance.
async fn both_say(text: &str) -> Tally {
    let db = database().await;
    let head = format!(
        "version: 1\nkind: project\nname: {}\ndatabase: {{schema: f}}\ntenants: [{{from_table: f.contacts, key: id}}]\n\
         people: [{{from_table: f.staff, keys: {{employee: id}}, email: email, audience: p/staff}}]\n",
        db.project()
    );
    let text = format!("{head}{text}");
    let own = resolved(&text).expect("a sound project");
    let mut bed = applied(db, own, text, Vec::new()).await;
    let (own, model) = (bed.own.clone(), bed.model.clone());
    let bench = open(&mut bed.connection, &own, &model).await;
    compare(&bench, &mut bed.connection, &own.access_tests[0], "").await
}

/// 2.5 in place of 2.50 is another value where a column keeps the scale that it was given: PostgreSQL judges it as a change,
/// and the evaluator, which took the two for one, allowed what was refused.
#[tokio::test]
async fn a_number_of_another_scale_may_be_a_change() {
    let tally = both_say(
        "---\nkind: object\nname: note\ntable: f.notes\nowners: {agent: {column: agent_id, key: employee}}\n\
         fields: {id: integer, state: [a, b, c], amount: decimal}\n---\nkind: portal\nname: p\naudiences:\n  staff:\n    who: internal\n\
         \x20   grants:\n      note: {read: [id, state, amount], update: {where: {state: a}, fields: [amount]}, assign: {fields: [agent], to: staff}}\n\
         ---\nkind: access_test\nname: scale\nnow: 2026-01-15T09:00:00Z\ngiven:\n  users: {s1: {audience: p/staff, keys: {employee: \"1\"}}}\n\
         \x20 rows: {note: [{id: 6, state: c, amount: 2.50}]}\nexpect:\n\
         \x20 - {as: s1, can: [{update: note/6, values: {amount: 2.50}}, {update: note/6, values: {amount: 2.5}}], cannot: [{update: note/6, values: {amount: 3}}]}\n",
    )
    .await;
    assert!(tally.wrong.is_empty(), "{:?}", tally.wrong);
    assert_eq!((tally.allowed, tally.untold), (1, 1), "{tally:?}");
}
