//! Do the assertions hold? What speaks against one is told in the words of `can`, with the line that grants it.

use super::can::{Decision, Verdict, can};
use super::diff::{AccessDiff, Change, Kind};
use super::words;
use crate::diagnostic::{Finding, one_line};
use crate::model::{AccessModel, Action, Assertion, Claim, FieldClass, Object, Persona, Rows, Scope, Who};
use crate::names::{FieldName, ObjectName};
use std::collections::BTreeSet;

/// The id of what is found.
pub const BROKEN: &str = "assertion-broken";

/// What speaks against the assertions that one state of the documents decides.
#[must_use]
pub fn broken(model: &AccessModel) -> Vec<Finding> {
    model.assertions.iter().filter_map(|assertion| of_one_state(model, assertion)).collect()
}

fn of_one_state(model: &AccessModel, assertion: &Assertion) -> Option<Finding> {
    let against = match &assertion.claim {
        Claim::NoPublicAccess { objects, classes } => public(model, objects, classes),
        Claim::AccessNotGranted { personas, object, field, action } => {
            let object = model.objects.get(object)?;
            let meant = model.personas.values().filter(|persona| personas.contains(&persona.name));
            meant.flat_map(|persona| granted(model, persona, action.as_ref(), (object, field.as_ref()))).collect()
        }
        Claim::NoNewAccess { .. } => Vec::new(),
    };
    finding(assertion, "this must not be granted, and is", &against)
}

/// What somebody gains by it that nobody accepts.
#[must_use]
pub fn new_access(assertion: &Assertion, found: &AccessDiff, since: &str) -> Option<Finding> {
    let told = |change: &&Change| {
        let whom = change.persona.as_deref().map(|persona| format!("{persona}: ")).unwrap_or_default();
        let object = change.object.as_deref().map(|object| format!(" {object}")).unwrap_or_default();
        let field = change.field.as_deref().map(|field| format!(".{field}")).unwrap_or_default();
        let at = change.file.as_ref().zip(change.line).map(|(file, line)| format!(" ({file}:{line})"));
        one_line(&format!("{whom}{}{object}{field}{}", change.action, at.unwrap_or_default()))
    };
    let against: Vec<String> = gained(found).iter().map(told).collect();
    let finding = finding(assertion, &format!("somebody gains access since {}", one_line(since)), &against)?;
    Some(finding.hint("accept by name what is meant: `accept: [{check: access-widened, object, reason, until}]`"))
}

/// What is gained, and not accepted.
#[must_use]
pub fn gained(found: &AccessDiff) -> Vec<&Change> {
    let counts = |change: &&Change| change.class.gains() && change.kind != Kind::DataLoss && change.accepted.is_none();
    found.changes.iter().filter(counts).collect()
}

fn finding(assertion: &Assertion, message: &str, against: &[String]) -> Option<Finding> {
    const SHOWN: usize = 5;
    if against.is_empty() {
        return None;
    }
    let more = against.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let shown: Vec<&str> = against.iter().take(SHOWN).map(String::as_str).collect();
    Some(Finding::error(BROKEN, assertion.span, message).why(format!("{}{more}", shown.join("; "))))
}

/// What of it the persona may do, each in a line; without an action: anything.
#[must_use]
pub fn granted(
    model: &AccessModel,
    persona: &Persona,
    action: Option<&Action>,
    (object, field): (&Object, Option<&FieldName>),
) -> Vec<String> {
    let all: Vec<Action> = match action {
        Some(action) => vec![action.clone()],
        None => actions(object).into_iter().filter(|action| field.is_none() || action.has_fields()).collect(),
    };
    let able = all.iter().map(|action| (action, can(model, persona, action, object, field)));
    let able = able.filter(|(_, decision)| decision.decision == Verdict::Allow);
    able.map(|(action, decision)| line(persona, action, object, field, &decision)).collect()
}

fn actions(object: &Object) -> Vec<Action> {
    let moves = object.states.iter().flat_map(|states| states.transitions.values().flatten());
    let moves: BTreeSet<&String> = moves.collect();
    let moves = moves.into_iter().cloned().map(Action::Transition);
    Action::WORDS.into_iter().chain(moves).collect()
}

fn line(persona: &Persona, action: &Action, object: &Object, field: Option<&FieldName>, decision: &Decision) -> String {
    let field = field.map(|field| format!(".{field}")).unwrap_or_default();
    let rows = decision.filter.as_deref().map(|rows| format!(", {rows}")).unwrap_or_default();
    let at = decision.because.first().map(|because| format!(" ({}:{})", because.source.file, because.source.line));
    one_line(&format!("{}: {action} {}{field}{rows}{}", persona.name, object.name, at.unwrap_or_default()))
}

/// What guests may do with these objects, none: with any; of fields of these classes, none: whatever the field.
#[must_use]
pub fn public(model: &AccessModel, objects: &BTreeSet<ObjectName>, classes: &BTreeSet<FieldClass>) -> Vec<String> {
    let mut against = Vec::new();
    for persona in model.personas.values().filter(|persona| persona.who == Who::Guest) {
        let reads = persona.reads.iter().flat_map(|(name, all)| {
            all.iter().map(move |one| (name, &one.rows, "read", Some(&one.fields), one.sources.first()))
        });
        let writes = persona.writes.iter().flat_map(|(name, all)| {
            all.iter().map(move |one| (name, &one.rows, one.write.action(), one.write.fields(), one.sources.first()))
        });
        for (name, rows, action, fields, source) in reads.chain(writes) {
            let is_meant = (objects.is_empty() || objects.contains(name)) && rows.scope != Scope::None;
            let Some(object) = model.objects.get(name).filter(|_| is_meant) else { continue };
            let Some(of) = concerned(object, fields, classes) else { continue };
            let at = source.map(|span| model.sources.location(*span));
            let at = at.map(|at| format!(" ({}:{})", at.file, at.line)).unwrap_or_default();
            against.push(one_line(&format!("{}: {action} {name}{of}, {}{at}", persona.name, in_words(rows))));
        }
    }
    against
}

fn in_words(rows: &Rows) -> String {
    words::rows(rows)
}

/// The fields that it is about, in words; `None`: it is about none of those classes.
fn concerned(object: &Object, fields: Option<&BTreeSet<FieldName>>, classes: &BTreeSet<FieldClass>) -> Option<String> {
    if classes.is_empty() {
        return Some(String::new());
    }
    let of_class = |name: &&FieldName| object.fields.get(*name).is_some_and(|field| classes.contains(&field.class));
    let found: Vec<&str> = fields?.iter().filter(of_class).map(FieldName::as_str).collect();
    (!found.is_empty()).then(|| format!(" ({})", found.join(", ")))
}
