//! A move or a handing over can never be carried out, since its own `where` does not hold afterwards.
//!
//! ## Why is this bad
//!
//! What `where` says of a row must hold before the change and after it. A handing over that asks for rows whose owner I am
//! leaves a row whose owner I am not, and a move that asks for one state leads to another: PostgreSQL refuses every one of them.
//! The button is there and always fails. Scope `own` is meant for the row as it was, and is let go with the row.
//!
//! ## Example
//!
//! ```yaml
//! case:
//!   assign: {fields: [owner], to: tenant_member, where: {created_by: $user}}
//!   transition: {state: {new: [submitted]}, where: {status: new}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case:
//!   read: {scope: own, fields: [subject, status]}
//!   assign: {scope: own, fields: [owner], to: tenant_member}
//!   transition: {state: {new: [submitted]}}
//! ```

use crate::check::grants::each_write;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Comparison, Condition, Moves, Object, Test, Value, Write, WriteGrant};
use crate::names::FieldName;

pub(in crate::check) const RULE: Rule = Rule::model("undone-by-condition", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let undone = each_write(model, |_, object, grant| never(object, grant));
    undone
        .iter()
        .map(|held| {
            let (field, deed) = &held.found;
            let message = format!(
                "{} can never {deed} a `{}`: its `where` asks for a `{field}` that the row then has no more",
                held.who(),
                held.object.name
            );
            let hint = match deed {
                Deed::HandOver => format!("write `scope: own` in place of the test of `{field}`"),
                Deed::Move { .. } => format!("drop the test of `{field}`: from where to where, `state` says"),
            };
            let finding = Finding::error(RULE.id, held.span, message)
                .why("what `where` says must hold before the change and after it, so PostgreSQL refuses every one")
                .hint(hint);
            held.acceptable(finding)
        })
        .collect()
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    HandOver,
    Move { from: String, to: String },
}

impl std::fmt::Display for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::HandOver => f.write_str("hand over"),
            Self::Move { from, to } => write!(f, "move from `{from}` to `{to}`"),
        }
    }
}

/// The field whose test stands in the way, and of what.
fn never(object: &Object, grant: &WriteGrant) -> Option<(FieldName, Deed)> {
    let tests = match &grant.rows.condition {
        Condition::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    // Of `any_of`, another entry may hold.
    let mut tests = tests.iter().filter_map(|part| match part {
        Condition::Test(test) => Some(test),
        _ => None,
    });
    match &grant.write {
        Write::Assign { column, .. } => {
            let name = &object.field_of(column)?.name;
            tests.find(|test| test.field == *name && names_me_alone(&test.comparison))?;
            Some((name.clone(), Deed::HandOver))
        }
        Write::Transition { field, moves, .. } => tests.find_map(|test| {
            let (from, to) = (test.field == *field).then(|| kept_from(test, moves))??;
            Some((field.clone(), Deed::Move { from, to }))
        }),
        _ => None,
    }
}

/// Whoever it is handed to is somebody else, and is there.
fn names_me_alone(comparison: &Comparison<Value>) -> bool {
    let is_me = |value: &Value| matches!(value, Value::User(_));
    match comparison {
        Comparison::Eq(value) => is_me(value),
        Comparison::In(values) => values.iter().all(is_me),
        Comparison::IsNull(is) => *is,
        _ => false,
    }
}

/// A move that the test lets begin or end nowhere.
fn kept_from(test: &Test, moves: &Moves) -> Option<(String, String)> {
    let is = |value: &Value, state: &str| matches!(value, Value::Text(text) if text == state);
    let holds = |state: &str| match &test.comparison {
        Comparison::Eq(value) => is(value, state),
        Comparison::Ne(value) => !is(value, state),
        Comparison::In(values) => values.iter().any(|value| is(value, state)),
        Comparison::NotIn(values) => !values.iter().any(|value| is(value, state)),
        Comparison::IsNull(is) => !*is,
        _ => true,
    };
    let mut each = moves.iter().flat_map(|(from, targets)| targets.iter().map(move |to| (from, to)));
    each.find(|(from, to)| !holds(from) || !holds(to)).map(|(from, to)| (from.clone(), to.clone()))
}
