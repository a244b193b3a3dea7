//! `portalctl-template.yaml`: what a template asks, and what becomes of its files.

use super::condition;
use super::question::{Question, question};
use crate::diagnostic::{Finding, Report, Spanned, closest};
use crate::spec::{Value, Values};
use globset::{Glob, GlobSet, GlobSetBuilder};
use indexmap::IndexMap;

/// Where the head of a template lies in it.
pub const TEMPLATE_FILE: &str = "portalctl-template.yaml";

/// Names that the files know already.
const TAKEN: [&str; 2] = ["name", "folder"];

#[derive(Debug, Clone, Default)]
pub struct Head {
    pub about: Option<String>,
    /// In the order in which they are asked.
    pub questions: IndexMap<String, Question>,
    /// Files that are written once and then the project's alone, by the path that they get.
    pub once: GlobSet,
    /// Files that are copied as they are, by their path in the template.
    pub verbatim: GlobSet,
    /// Files that there are only where an expression of the answers holds, by their path in the template.
    pub only: Vec<(GlobSet, String)>,
}

impl Head {
    /// # Errors
    /// Everything that is wrong with it, at its place.
    pub fn read(path: &str, bytes: Vec<u8>) -> Result<Self, Box<Report>> {
        let mut values = Values::read(path, bytes)?;
        let mut head = Self::default();
        let mut findings = Vec::new();
        let entries = std::mem::take(&mut values.entries);
        known_keys(&entries, &["version", "about", "questions", "once", "verbatim", "only"], &mut findings);
        for (key, value) in &entries {
            match key.value.as_str() {
                "version" if value.value != Value::Number("1".to_owned()) => {
                    findings.push(
                        Finding::error("version-too-new", value.span, "this portalctl reads version 1 of templates")
                            .hint("write `version: 1`, or use a newer portalctl"),
                    );
                }
                "about" => head.about = value.value.spelled(),
                "once" => head.once = globs(value, &mut findings),
                "verbatim" => head.verbatim = globs(value, &mut findings),
                "only" => head.only = conditional(value, &mut findings),
                "questions" => {
                    for (name, asked) in map(value, "questions", &mut findings) {
                        if let Some(asked) = named(name, asked, &head.questions, &mut findings) {
                            head.questions.insert(name.value.clone(), asked);
                        }
                    }
                }
                _ => {}
            }
        }
        if !entries.iter().any(|(key, _)| key.value == "version") {
            findings.push(
                Finding::error("missing-key", values.start, "a template says which version it is written in")
                    .hint("add `version: 1`"),
            );
        }
        values.without(findings)?;
        Ok(head)
    }
}

fn named(
    name: &Spanned<String>,
    asked: &Spanned<Value>,
    before: &IndexMap<String, Question>,
    findings: &mut Vec<Finding>,
) -> Option<Question> {
    let fits = name.value.starts_with(|c: char| c.is_ascii_lowercase())
        && name.value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !fits {
        let message = format!("`{}` cannot be the name of a question", name.value);
        findings.push(
            Finding::error("invalid-name", name.span, message)
                .hint("files use it as a variable: lowercase letters, digits and `_`"),
        );
    } else if TAKEN.contains(&name.value.as_str()) {
        let message = format!("`{}` is there without being asked", name.value);
        findings.push(Finding::error("duplicate-name", name.span, message).hint("give the question another name"));
    }
    question(&name.value, asked, before, findings)
}

fn conditional(value: &Spanned<Value>, findings: &mut Vec<Finding>) -> Vec<(GlobSet, String)> {
    let mut all = Vec::new();
    for (pattern, expression) in map(value, "only", findings) {
        let globs = glob_set(std::iter::once(pattern), findings);
        match expression.value.spelled() {
            Some(text) => {
                findings.extend(condition::check(&text, expression.span));
                all.push((globs, text));
            }
            None => findings.push(wrong(expression, "only", "an expression of the answers")),
        }
    }
    all
}

fn globs(value: &Spanned<Value>, findings: &mut Vec<Finding>) -> GlobSet {
    let Value::List(items) = &value.value else {
        findings.push(wrong(value, "it", "a list of patterns"));
        return GlobSet::empty();
    };
    let mut patterns = Vec::new();
    for item in items {
        match item.value.spelled() {
            Some(text) => patterns.push(Spanned::new(text, item.span)),
            None => findings.push(wrong(item, "an entry", "a pattern such as `site/**/*.svg`")),
        }
    }
    glob_set(patterns.iter(), findings)
}

fn glob_set<'p>(patterns: impl Iterator<Item = &'p Spanned<String>>, findings: &mut Vec<Finding>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        match Glob::new(&pattern.value) {
            Ok(glob) => drop(set.add(glob)),
            Err(error) => {
                let message = format!("`{}` is no pattern of paths: {}", pattern.value, error.kind());
                findings.push(Finding::error("invalid-value", pattern.span, message));
            }
        }
    }
    set.build().unwrap_or_default()
}

/// The entries of a map; what is none is told.
pub(super) fn map<'v>(
    value: &'v Spanned<Value>,
    what: &str,
    findings: &mut Vec<Finding>,
) -> &'v [(Spanned<String>, Spanned<Value>)] {
    if let Value::Map(entries) = &value.value {
        return entries;
    }
    findings.push(wrong(value, what, "a map"));
    &[]
}

pub(super) fn wrong(value: &Spanned<Value>, what: &str, expected: &str) -> Finding {
    Finding::error("wrong-type", value.span, format!("`{what}` must be {expected}, not {}", value.value.kind()))
}

pub(super) fn known_keys(entries: &[(Spanned<String>, Spanned<Value>)], known: &[&str], findings: &mut Vec<Finding>) {
    for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.value.as_str())) {
        let finding = Finding::error("unknown-key", key.span, format!("there is no key `{}` here", key.value));
        findings.push(match closest(&key.value, known.iter().copied()) {
            Some(near) => finding.hint(format!("did you mean `{near}`?")),
            None => finding.hint(format!("the keys are {}", known.join(", "))),
        });
    }
}
