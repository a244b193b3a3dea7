//! A difference for a terminal.

use super::{AccessDiff, Change, Class, Kind, Severity};
use crate::diagnostic::escape::one_line;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::Hash;

impl AccessDiff {
    /// A paragraph a change; fields that change alike are told together.
    #[must_use]
    pub fn text(&self) -> String {
        if self.changes.is_empty() {
            return "no change of access\n".to_owned();
        }
        let mut out = String::new();
        for group in grouped(&self.changes) {
            let change = group[0];
            let _ = writeln!(out, "{} {}", sign(change), one_line(&headline(&group)));
            let mut line = |name: &str, text: Option<&String>| {
                if let Some(text) = text {
                    let _ = writeln!(out, "    {name:<8} {}", one_line(text));
                }
            };
            line("before", change.before.as_ref());
            line("after", change.after.as_ref());
            line("witness", change.witness.as_ref());
            line("accepted", change.accepted.as_ref());
            if change.undecided {
                let _ = writeln!(
                    out,
                    "    {:<8} no row was found by which anybody has more or less, and none could be ruled out: compare `before` and \
                     `after`; it counts as if there were one",
                    "unclear"
                );
            }
            if let (Some(file), Some(number)) = (&change.file, change.line) {
                let _ = writeln!(out, "    {:<8} {}:{number}", "at", one_line(file));
            }
        }
        let _ = writeln!(out, "\n{}", self.in_short());
        out
    }

    /// `2 widen (1 sensitive), 1 narrow`.
    #[must_use]
    pub fn in_short(&self) -> String {
        let summary = self.summary();
        let mut parts = Vec::new();
        let mut count = |number: usize, what: &str| {
            if number > 0 {
                parts.push(format!("{number} {what}"));
            }
        };
        count(summary.widen, "wider");
        count(summary.incomparable, "other or undecided");
        count(summary.narrow, "narrower");
        count(summary.data_loss, "kept no longer");
        count(summary.neutral, "written otherwise");
        count(summary.public, "of them public");
        count(summary.sensitive, "of them sensitive");
        count(summary.authentication, "of them about signing in");
        count(summary.accepted, "accepted");
        parts.join(", ")
    }
}

/// Changes that differ in the field alone, each group where its first one stands.
pub(super) fn grouped(changes: &[Change]) -> Vec<Vec<&Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    let mut known = HashMap::new();
    for change in changes {
        if change.field.is_none() {
            groups.push(vec![change]);
            continue;
        }
        let group = known.entry(but_for_field(change)).or_insert(groups.len());
        match groups.get_mut(*group) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

/// Everything that a group is told by, apart from the field.
fn but_for_field(change: &Change) -> impl Hash + Eq + use<'_> {
    (
        (change.kind, change.class, change.severity, change.action, change.undecided),
        (&change.persona, &change.object, &change.what, &change.accepted),
        (&change.before, &change.after),
    )
}

fn sign(change: &Change) -> &'static str {
    match (change.kind, change.class) {
        (Kind::DataLoss, _) => "!",
        (_, Class::Widen) => "+",
        (_, Class::Narrow) => "-",
        (_, Class::Incomparable) => "~",
        (_, Class::Neutral) => "=",
    }
}

/// `support/customer reads case.email, case.phone (sensitive)`.
pub(super) fn headline(group: &[&Change]) -> String {
    let change = group[0];
    let mut text = change.persona.clone().map(|persona| format!("{persona}: ")).unwrap_or_default();
    text += change.action;
    if let Some(object) = &change.object {
        let fields: Vec<&str> = group.iter().filter_map(|one| one.field.as_deref()).collect();
        let _ = write!(text, " {object}");
        if !fields.is_empty() {
            let _ = write!(text, " ({})", fields.join(", "));
        }
    }
    if let Some(what) = &change.what {
        let _ = write!(text, ", {what}");
    }
    let _ = write!(text, " — {}", change.class.word());
    text += match (change.kind, change.severity) {
        (Kind::DataLoss, _) => ", data loss",
        (Kind::Authentication, Severity::Public) => ", authentication, public",
        (Kind::Authentication, _) => ", authentication",
        (_, Severity::Public) => ", public",
        (_, Severity::Sensitive) => ", sensitive",
        (_, Severity::Plain) => "",
    };
    text
}
