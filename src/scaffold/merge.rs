//! Three texts into one: what was generated before, what the project made of it, what is generated now.

use diffy::{ConflictStyle, DiffOptions, MergeOptions};
use std::fmt::Write;

/// What becomes of lines that both sides changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Conflicts {
    /// Both stand in the file, between markers as git writes them.
    #[default]
    Inline,
    /// The project's stay, the others go to a file of the same name with `.rej` behind it.
    Reject,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    pub text: String,
    /// Places that both sides changed.
    pub conflicts: usize,
    /// With [`Conflicts::Reject`]: a patch that would bring the rejected lines in.
    pub rejected: Option<String>,
}

const OURS: &str = "yours";
const THEIRS: &str = "generated";

/// Merges `generated` into `yours`, both made from `base`; all with `\n` as line end.
pub fn merge(path: &str, base: &str, yours: &str, generated: &str, conflicts: Conflicts) -> Merge {
    // Longer than any run in the texts, so that no line of theirs is taken for a marker.
    let length = longest_run(&[base, yours, generated]).max(6) + 1;
    let mut options = MergeOptions::new();
    options.set_conflict_style(ConflictStyle::Diff3).set_conflict_marker_length(length);
    options.set_incomplete_hunk_style(diffy::IncompleteHunkStyle::Git);
    let marked = match options.merge(base, yours, generated) {
        Ok(text) => return Merge { text, conflicts: 0, rejected: None },
        Err(marked) => marked,
    };
    let parts = parts(&marked, length);
    let count = parts.iter().filter(|part| matches!(part, Part::Both { .. })).count();
    match conflicts {
        Conflicts::Inline => Merge { text: inline(&parts), conflicts: count, rejected: None },
        Conflicts::Reject => {
            let text = one_side(&parts, |yours, _| yours);
            let other = one_side(&parts, |_, generated| generated);
            let mut options = DiffOptions::new();
            options.set_original_filename(path.to_owned()).set_modified_filename(path.to_owned());
            let patch = options.create_patch(&text, &other).to_string();
            Merge { text, conflicts: count, rejected: Some(patch) }
        }
    }
}

/// The line, from 1, at which somebody still has to choose between the two sides.
pub fn first_marker(text: &str) -> Option<usize> {
    let start = format!("<<<<<<< {OURS}");
    let end = format!(">>>>>>> {THEIRS}");
    let first = text.lines().position(|line| line == start)?;
    text.lines().skip(first).any(|line| line == end).then_some(first + 1)
}

enum Part<'a> {
    Clean(&'a str),
    Both { yours: String, generated: String },
}

fn longest_run(texts: &[&str]) -> usize {
    let leading = |line: &str| {
        let first = line.chars().next()?;
        "<|=>".contains(first).then(|| line.chars().take_while(|c| *c == first).count())
    };
    texts.iter().flat_map(|text| text.lines()).filter_map(leading).max().unwrap_or(0)
}

fn parts(marked: &str, length: usize) -> Vec<Part<'_>> {
    enum Side {
        Clean,
        Yours,
        Base,
        Generated,
    }
    let marker = |line: &str, sign: char| line.chars().take_while(|c| *c == sign).count() == length;
    let mut side = Side::Clean;
    let mut parts = Vec::new();
    let (mut yours, mut generated) = (String::new(), String::new());
    for line in marked.split_inclusive('\n') {
        match side {
            Side::Clean if marker(line, '<') => side = Side::Yours,
            Side::Clean => parts.push(Part::Clean(line)),
            Side::Yours if marker(line, '|') => side = Side::Base,
            Side::Yours => yours.push_str(line),
            Side::Base if marker(line, '=') => side = Side::Generated,
            Side::Base => {}
            Side::Generated if marker(line, '>') => {
                parts.push(Part::Both { yours: std::mem::take(&mut yours), generated: std::mem::take(&mut generated) });
                side = Side::Clean;
            }
            Side::Generated => generated.push_str(line),
        }
    }
    parts
}

fn inline(parts: &[Part<'_>]) -> String {
    parts.iter().fold(String::new(), |mut text, part| {
        let _ = match part {
            Part::Clean(line) => write!(text, "{line}"),
            Part::Both { yours, generated } => {
                write!(text, "<<<<<<< {OURS}\n{yours}=======\n{generated}>>>>>>> {THEIRS}\n")
            }
        };
        text
    })
}

fn one_side<'a>(parts: &'a [Part<'a>], choose: impl Fn(&'a str, &'a str) -> &'a str) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Clean(line) => line,
            Part::Both { yours, generated } => choose(yours, generated),
        })
        .collect()
}
