//! States of an object, and moves between them.

use super::condition::Rows;
use super::objects::unknown_field;
use super::report::unknown;
use crate::diagnostic::{Finding, Span, Spanned};
use crate::model::{FieldType, Moves, States};
use crate::names::FieldName;
use crate::spec::document::ObjectDoc;

/// As written: from each state to those named for it.
type Written = [(Spanned<String>, Vec<Spanned<String>>)];

/// The state machine of an object's document.
pub(super) fn machine(doc: &ObjectDoc, findings: &mut Vec<Finding>) -> Option<States> {
    let states = doc.states.as_ref()?;
    let Some(field) = doc.fields.get(&states.field.value) else {
        findings.push(unknown_field(doc, states.field.value.as_str(), states.field.span));
        return None;
    };
    let FieldType::Enum(values) = &field.field_type.value else {
        findings.push(
            Finding::error("wrong-operand", states.field.span, format!("`{}` is no enum", states.field.value))
                .label(field.span, "the field")
                .hint("give the field its states: `[draft, submitted, approved]`"),
        );
        return None;
    };
    let transitions = known(values, &states.transitions, states.field.value.as_str(), findings);
    let over = all_known(values, &states.over, states.field.value.as_str(), findings);
    let over = over.then(|| states.over.iter().map(|state| state.value.clone()).collect());
    Some(States { field: states.field.value.clone(), transitions: transitions?, over: over? })
}

/// The moves of a grant; each must be one of the object's.
pub(super) fn granted(
    rows: &Rows<'_>,
    written: &Written,
    at: Span,
    findings: &mut Vec<Finding>,
) -> Option<(FieldName, Moves)> {
    let Some(states) = &rows.object.states else {
        // A machine that is there and wrong has been reported where it stands.
        if rows.doc.states.is_none() {
            findings.push(
                Finding::error("transition-undefined", at, format!("`{}` has no states", rows.object.name))
                    .label(rows.object.span, "the object")
                    .hint("give it `states: {field: …, transitions: {…}}`"),
            );
        }
        return None;
    };
    let FieldType::Enum(values) = &rows.field_type(&states.field)?.clone() else { return None };
    let moves = known(values, written, states.field.as_str(), findings)?;
    let mut fits = true;
    for (from, targets) in written {
        let there = states.transitions.get(&from.value);
        for to in targets.iter().filter(|to| !there.is_some_and(|there| there.contains(&to.value))) {
            fits = false;
            let message = format!("`{}` has no move from `{}` to `{}`", rows.object.name, from.value, to.value);
            let finding = Finding::error("transition-undefined", to.span, message);
            let span = rows.doc.states.as_ref().map(|states| states.span);
            let finding = span.into_iter().fold(finding, |finding, span| finding.label(span, "its moves"));
            findings.push(finding.hint("add it to the object's `states`, or take it out here"));
        }
    }
    fits.then(|| (states.field.clone(), moves))
}

fn known(values: &[String], written: &Written, field: &str, findings: &mut Vec<Finding>) -> Option<Moves> {
    let mut fits = true;
    let mut moves = Moves::new();
    for (from, targets) in written {
        fits &= all_known(values, std::iter::once(from).chain(targets), field, findings);
        moves.entry(from.value.clone()).or_default().extend(targets.iter().map(|to| to.value.clone()));
    }
    fits.then_some(moves)
}

/// Whether the field has all these states; those that it has not are reported.
fn all_known<'a>(
    values: &[String],
    states: impl IntoIterator<Item = &'a Spanned<String>>,
    field: &str,
    findings: &mut Vec<Finding>,
) -> bool {
    let before = findings.len();
    for state in states.into_iter().filter(|state| !values.contains(&state.value)) {
        let intro = format!("`{field}` has no value");
        findings.push(unknown(&intro, &state.value, state.span, values.iter().map(String::as_str)));
    }
    findings.len() == before
}
