//! A difference as a comment on a pull request: the dangerous first, long tables folded, and nothing in a name that a
//! page would take for its own.

use super::text::{grouped, headline};
use super::{AccessDiff, Change, Class, Kind, Severity};
use crate::diagnostic::escape::one_line;
use std::fmt::Write as _;

/// Longer tables are folded.
const OPEN_ROWS: usize = 8;
/// Code hosts cut comments off: a table says how many rows it leaves out.
const MOST_ROWS: usize = 150;

impl AccessDiff {
    #[must_use]
    pub fn markdown(&self) -> String {
        if self.changes.is_empty() {
            return "No change of access.\n".to_owned();
        }
        let mut out = format!("### Access: {}\n", self.in_short());
        let groups = grouped(&self.changes);
        for (title, takes) in SECTIONS {
            let of: Vec<&Vec<&Change>> = groups.iter().filter(|group| section(group[0]) == *takes).collect();
            if !of.is_empty() {
                table(&mut out, title, &of, *takes);
            }
        }
        out
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Public,
    Authentication,
    Sensitive,
    Wider,
    DataLoss,
    Narrower,
    Same,
}

const SECTIONS: &[(&str, Section)] = &[
    ("Public: guests gain", Section::Public),
    ("Signing in is easier", Section::Authentication),
    ("Sensitive: somebody gains", Section::Sensitive),
    ("Somebody gains", Section::Wider),
    ("Data is kept no longer", Section::DataLoss),
    ("Somebody loses", Section::Narrower),
    ("Written otherwise, the same access", Section::Same),
];

fn section(change: &Change) -> Section {
    match (change.kind, change.class, change.severity) {
        (Kind::DataLoss, ..) => Section::DataLoss,
        (_, Class::Narrow, _) => Section::Narrower,
        (_, Class::Neutral, _) => Section::Same,
        (_, _, Severity::Public) => Section::Public,
        (Kind::Authentication, ..) => Section::Authentication,
        (_, _, Severity::Sensitive) => Section::Sensitive,
        _ => Section::Wider,
    }
}

fn table(out: &mut String, title: &str, groups: &[&Vec<&Change>], section: Section) {
    let folded = groups.len() > OPEN_ROWS || matches!(section, Section::Narrower | Section::Same);
    if folded {
        let _ = write!(out, "\n<details><summary><b>{title}</b> ({})</summary>\n\n", groups.len());
    } else {
        let _ = write!(out, "\n**{title}**\n\n");
    }
    out.push_str("| what | before | after | example | where |\n|---|---|---|---|---|\n");
    for group in groups.iter().take(MOST_ROWS) {
        let change = group[0];
        let mut what = cell(&headline(group));
        if let Some(accepted) = &change.accepted {
            let _ = write!(what, "<br>accepted: {}", cell(accepted));
        }
        let witness = match (&change.witness, change.undecided) {
            (Some(witness), _) => cell(witness),
            (None, true) => "none found, none ruled out: counts as if there were one".to_owned(),
            (None, false) => String::new(),
        };
        let side = |text: &Option<String>| text.as_deref().map_or("—".to_owned(), cell);
        let at = match (&change.file, change.line) {
            (Some(file), Some(line)) => cell(&format!("{file}:{line}")),
            _ => String::new(),
        };
        let _ = writeln!(out, "| {what} | {} | {} | {witness} | {at} |", side(&change.before), side(&change.after));
    }
    if groups.len() > MOST_ROWS {
        let _ = writeln!(out, "\n{} more are not shown; `portalctl diff` shows them.", groups.len() - MOST_ROWS);
    }
    if folded {
        out.push_str("\n</details>\n");
    }
}

/// Text that stays text: no table, tag, link, code, mention or reference can begin in it.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for letter in one_line(text).chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A host links what follows these where nothing stands between.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '~' | '$' => {
                out.push('\\');
                out.push(letter);
            }
            ':' => out.push_str("&#58;"),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_begins_in_a_name() {
        let hostile = "a|b`c`@team <img src=x> [x](https://evil.example) #1 \n| new row";
        let shown = cell(hostile);
        assert!(!shown.contains('\n') && !shown.contains('<') && !shown.contains('@') && !shown.contains("://"));
        assert!(shown.contains("\\|") && shown.contains("\\`") && shown.contains("\\["));
    }
}
