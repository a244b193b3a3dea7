//! What was expected and what came of it, for people.

use crate::model::{AccessTest, Act, Cell, Listed, TestedAction};
use crate::names::{ObjectName, RowLabel};
use std::collections::BTreeSet;

pub fn sees(who: &str, listed: &Listed) -> String {
    let rows = joined(listed.rows.iter().map(|label| format!("`{label}`")));
    match listed.rows.len() {
        0 => format!("`{who}` sees no {}", listed.object),
        _ => format!("`{who}` sees of {} exactly {rows}", listed.object),
    }
}

pub fn saw(found: &BTreeSet<RowLabel>, extra: Vec<String>, missing: &[&RowLabel], strange: &[String]) -> String {
    let mut said = vec![match found.len() {
        0 if strange.is_empty() => "saw none".to_owned(),
        _ => format!("saw {}", joined(found.iter().map(|label| format!("`{label}`")))),
    }];
    if !extra.is_empty() {
        said.push(format!("must not see {}", joined(extra)));
    }
    if !missing.is_empty() {
        said.push(format!("must also see {}", joined(missing.iter().map(|label| format!("`{label}`")))));
    }
    if !strange.is_empty() {
        said.push(format!("and rows that are not given, of key {}", joined(strange.iter().cloned())));
    }
    said.join("; ")
}

/// A row, and to whom it belongs.
pub fn whose(test: &AccessTest, object: &ObjectName, label: &RowLabel) -> String {
    let row = test.given.rows.get(&(object.clone(), label.clone()));
    let cells = row.into_iter().flat_map(|row| row.cells.iter());
    let of: Vec<String> = cells
        .filter_map(|(column, cell)| match cell {
            Cell::Tenant { label, .. } => Some(format!("tenant `{label}`")),
            Cell::User { label, .. } => Some(format!("{column} `{label}`")),
            Cell::Row { object, label, .. } => Some(format!("of `{object}/{label}`")),
            _ => None,
        })
        .collect();
    if of.is_empty() { format!("`{object}/{label}`") } else { format!("`{object}/{label}` ({})", of.join(", ")) }
}

pub fn act(who: &str, act: &Act) -> String {
    let can = if act.allowed { "can" } else { "cannot" };
    let target = match &act.row {
        Some(row) => format!("`{}/{row}`", act.object),
        None => format!("`{}`", act.object),
    };
    let verb = match act.action {
        TestedAction::Transition => "move",
        TestedAction::Attach => "attach a file to",
        TestedAction::Share => "share",
        other => other.word(),
    };
    let fields = joined(act.fields.iter().map(|field| format!("`{field}`")));
    let of = match (act.action, act.fields.is_empty()) {
        (_, true) | (TestedAction::Assign, _) => String::new(),
        _ => format!("{fields} of "),
    };
    let to = match (act.action, &act.to) {
        (_, None) => String::new(),
        (TestedAction::Share, Some(to)) => format!(" with `{to}`"),
        (_, Some(to)) => format!(" to `{to}`"),
    };
    format!("`{who}` {can} {verb} {of}{target}{to}")
}

pub fn joined(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
