//! What somebody may do to a row depends on a field that the same person may write.
//!
//! ## Why is this bad
//!
//! The condition keeps nobody out: whoever it stops changes the field first. An upper bound for approving is none where
//! the one who approves may change the amount.
//!
//! ## Example
//!
//! ```yaml
//! expense:
//!   update: {scope: tenant, fields: [purpose, amount]}
//!   transition: {state: {asked: [paid]}, where: {amount: {lte: 500}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! expense:
//!   update: {scope: tenant, fields: [purpose]}
//!   transition: {state: {asked: [paid]}, where: {amount: {lte: 500}}}
//! ```
//!
//! Where the field may be written only while the condition holds anyway, nothing is won by writing it, and it is not found.
//! What staff may do is not found either: they answer for it by name, in the audit log. Nor is a condition that asks only for
//! something to be filled in, `is_null: false` or `gt: 0`: it keeps nobody out, and whoever fills it in is meant to.

use crate::check::grants::each_write;
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::model::{AccessModel, Comparison, Persona, ReadGrant, Rows, Test, Value, Who, Write, WriteGrant};
use crate::names::{FieldName, ObjectName};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("user-controlled-claim", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let open = each_write(model, |persona, object, grant| {
        let Write::Update { fields, .. } = &grant.write else { return None };
        if persona.who != Who::External {
            return None;
        }
        fields.iter().find_map(|field| Some((field.clone(), won(persona, &object.name, grant, field)?)))
    });
    open.iter()
        .map(|held| {
            let (field, (what, at)) = &held.found;
            let name = &held.object.name;
            let message = format!("{} may write `{field}` of `{name}`, on which their `{what}` depends", held.who());
            let finding = Finding::error(RULE.id, held.span, message)
                .why("whoever the condition stops changes the field first")
                .hint(format!("take `{field}` out of this `update`, or let it hold only where the condition does"));
            let finding = at.iter().fold(finding, |finding, at| finding.label(*at, "the grant that asks for it"));
            held.acceptable(finding)
        })
        .collect()
}

/// The action that writing the field opens, and where it is granted.
fn won(
    persona: &Persona,
    object: &ObjectName,
    update: &WriteGrant,
    field: &FieldName,
) -> Option<(&'static str, Option<Span>)> {
    let of_writes = persona.writes.get(object).into_iter().flatten().filter(|other| *other != update);
    let writes = of_writes.filter(|other| is_opened(&update.rows, &other.rows, field));
    // What another grant of the same action gives without asking is not won.
    let mut won = writes.filter(|other| !is_given_anyway(persona, object, other, field));
    if let Some(other) = won.next() {
        return Some((other.write.action(), other.sources.first().copied()));
    }
    let reads = persona.reads.get(object)?;
    let open: BTreeSet<&FieldName> =
        reads.iter().filter(|read| !asks(&read.rows, field)).flat_map(|read| &read.fields).collect();
    let more = |read: &&ReadGrant| {
        is_opened(&update.rows, &read.rows, field)
            && read.fields.iter().any(|shown| !open.contains(shown) && shown != field)
    };
    reads.iter().find(more).map(|read| ("read", read.sources.first().copied()))
}

fn asks(rows: &Rows, field: &FieldName) -> bool {
    tests(rows).any(|test| &test.field == field)
}

fn tests(rows: &Rows) -> impl Iterator<Item = &Test> {
    rows.condition.tests().chain(rows.denied.iter().flat_map(|deny| deny.condition.tests()))
}

/// Whether rows that may be written may be brought to pass: the wanted rows ask for the field otherwise than the written ones.
fn is_opened(written: &Rows, wanted: &Rows, field: &FieldName) -> bool {
    let mut asked = tests(wanted).filter(|test| &test.field == field && !asks_to_fill_in(test));
    asked.any(|test| !tests(written).any(|other| other == test))
}

fn asks_to_fill_in(test: &Test) -> bool {
    match &test.comparison {
        Comparison::IsNull(is_null) => !is_null,
        Comparison::Gt(Value::Number(least)) => least.parse() == Ok(0.0),
        _ => false,
    }
}

fn is_given_anyway(persona: &Persona, object: &ObjectName, grant: &WriteGrant, field: &FieldName) -> bool {
    let others = persona.writes.get(object).into_iter().flatten();
    others
        .into_iter()
        .any(|other| other.write == grant.write && !asks(&other.rows, field) && other.rows.scope == grant.rows.scope)
}
