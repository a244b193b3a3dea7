//! Holds a tree against the language's tables and collects everything that does not fit.

mod describe;
mod operand;

use super::findings::Findings;
use super::grammar::word::{self, Word};
use super::grammar::{Choice, Presence, Record, Rule, Shape};
use super::scalar::{Plain, classify};
use super::tree::{Content, Entry, Node, Scalar};
use crate::diagnostic::{Finding, Span, closest};
use describe::{a, expected, found, listed};

pub(super) use describe::shown;

pub(super) use operand::{Parsed, parse as parse_operand};

/// Where a value stands, for messages: the nearest key, and whether it is in a list there.
#[derive(Clone, Copy)]
struct Place<'a> {
    key: &'a str,
    in_list: bool,
    /// What to point at where the value itself has no extent.
    key_span: Span,
}

impl Place<'_> {
    fn subject(self) -> String {
        let key = shown(self.key);
        if self.in_list { format!("an entry of `{key}`") } else { format!("`{key}`") }
    }

    fn span_of(self, node: &Node) -> Span {
        if node.span.start == node.span.end { self.key_span } else { node.span }
    }
}

/// Checks one document, or one map in it, against its table.
pub(super) fn conform(node: &Node, record: &'static Record, findings: &mut Findings) {
    let place = Place { key: record.what, in_list: false, key_span: node.span };
    check_record(node, record, place, findings);
}

fn check(node: &Node, shape: &'static Shape, place: Place<'_>, findings: &mut Findings) {
    if matches!(node.content, Content::Broken) {
        return;
    }
    if !matches_kind(node, shape) {
        findings.push(wrong_type(node, shape, place));
        return;
    }
    match (shape, &node.content) {
        (Shape::Forms(forms), _) => {
            if let Some(form) = choose(node, forms) {
                check(node, form, place, findings);
            }
        }
        (Shape::Record(record), _) => check_record(node, record, place, findings),
        (Shape::Map { keys, of, least }, Content::Map(entries)) => {
            for entry in entries {
                check_key(entry, keys, findings);
                let place = Place { key: &entry.key.value, in_list: false, key_span: entry.key.span };
                check(&entry.value, of, place, findings);
            }
            check_least(entries.len(), *least, node, place, findings);
        }
        (Shape::List { of, least }, Content::List(items)) => {
            for item in items {
                check(item, of, Place { in_list: true, ..place }, findings);
            }
            check_least(items.len(), *least, node, place, findings);
        }
        (_, Content::Scalar(scalar)) => check_scalar(node, scalar, shape, place, findings),
        _ => {}
    }
}

fn check_least(count: usize, least: usize, node: &Node, place: Place<'_>, findings: &mut Findings) {
    if count < least {
        findings.push(
            Finding::error("empty-value", place.span_of(node), format!("{} is empty", place.subject()))
                .hint("write at least one entry, or remove the key"),
        );
    }
}

/// Whether the value is of the kind that the shape takes: a scalar, a list, a map.
fn matches_kind(node: &Node, shape: &Shape) -> bool {
    let is_null = node.scalar().is_some_and(is_null);
    match shape {
        Shape::Forms(forms) => forms.iter().any(|form| matches_kind(node, form)),
        Shape::Null => is_null,
        Shape::List { .. } => matches!(node.content, Content::List(_)),
        Shape::Map { .. } | Shape::Record(_) => matches!(node.content, Content::Map(_)),
        Shape::Operand => matches!(node.content, Content::Scalar(_)),
        Shape::Text | Shape::Word(_) | Shape::Choice(_) | Shape::Boolean | Shape::Count { .. } => {
            matches!(node.content, Content::Scalar(_)) && !is_null
        }
    }
}

fn is_null(scalar: &Scalar) -> bool {
    scalar.plain && classify(&scalar.text) == Plain::Null
}

/// The form that the author most likely meant.
fn choose(node: &Node, forms: &'static [&'static Shape]) -> Option<&'static Shape> {
    let mut best: Option<(usize, &'static Shape)> = None;
    for form in forms.iter().copied().filter(|form| matches_kind(node, form)) {
        let fit = fit(node, form);
        if best.is_none_or(|(most, _)| fit > most) {
            best = Some((fit, form));
        }
    }
    best.map(|(_, form)| form)
}

/// How much of the value a form of its kind accounts for.
fn fit(node: &Node, form: &Shape) -> usize {
    match form {
        Shape::Forms(forms) => {
            forms.iter().filter(|form| matches_kind(node, form)).map(|form| fit(node, form)).max().unwrap_or(0)
        }
        Shape::Record(record) => node.entries().iter().filter(|entry| record.key(&entry.key.value).is_some()).count(),
        Shape::List { of, .. } => usize::from(node.items().first().is_none_or(|first| matches_kind(first, of))),
        _ => 0,
    }
}

fn check_record(node: &Node, record: &'static Record, place: Place<'_>, findings: &mut Findings) {
    for entry in node.entries() {
        let name = entry.key.value.as_str();
        let place = Place { key: name, in_list: false, key_span: entry.key.span };
        match (record.key(name), record.others) {
            (Some(key), _) if key.presence == Presence::Later => {
                findings.push(not_available(entry.key.span, format!("`{name}` is not available in this version")));
            }
            (Some(key), _) => check(&entry.value, key.shape, place, findings),
            (None, Some((keys, of))) => {
                check_key(entry, keys, findings);
                check(&entry.value, of, place, findings);
            }
            (None, None) => findings.push(unknown_key(entry, record)),
        }
    }
    for key in record.keys.iter().filter(|key| key.presence == Presence::Required && node.get(key.name).is_none()) {
        findings.push(
            Finding::error(
                "missing-key",
                key_or_start(node, place),
                format!("{} needs `{}`", a(record.what), key.name),
            )
            .hint(format!("add `{}`: {}", key.name, describe::in_passing(key.doc))),
        );
    }
    for rule in record.rules {
        check_rule(node, record, rule, place, findings);
    }
}

/// The first key of a map: a whole map is too much to point at.
fn key_or_start(node: &Node, place: Place<'_>) -> Span {
    node.entries().first().map_or_else(|| place.span_of(node), |entry| entry.key.span)
}

fn check_rule(node: &Node, record: &Record, rule: &Rule, place: Place<'_>, findings: &mut Findings) {
    let written = |keys: &[&str]| {
        node.entries().iter().filter(|entry| keys.contains(&entry.key.value.as_str())).collect::<Vec<_>>()
    };
    match rule {
        Rule::NotEmpty => check_least(node.entries().len(), 1, node, place, findings),
        Rule::ExactlyOne(keys) if written(keys).is_empty() => findings.push(Finding::error(
            "missing-key",
            key_or_start(node, place),
            format!("{} needs one of {}", a(record.what), listed(keys)),
        )),
        Rule::ExactlyOne(keys) | Rule::AtMostOne(keys) => {
            if let [first, second, ..] = written(keys).as_slice() {
                findings.push(
                    Finding::error(
                        "conflicting-keys",
                        second.key.span,
                        format!("`{}` and `{}` cannot stand together", first.key.value, second.key.value),
                    )
                    .label(first.key.span, "the other one")
                    .hint(format!("{} takes one of {}", a(record.what), listed(keys))),
                );
            }
        }
    }
}

fn not_available(span: Span, message: String) -> Finding {
    Finding::error("not-available", span, message)
        .why("what is written and not enforced would only seem to hold")
        .hint("remove it, or use a version of portalctl that knows it")
}

fn unknown_key(entry: &Entry, record: &Record) -> Finding {
    let name = entry.key.value.as_str();
    let known: Vec<&str> =
        record.keys.iter().filter(|key| key.presence != Presence::Later).map(|key| key.name).collect();
    let message = format!("{} has no key `{}`", a(record.what), shown(name));
    let all = format!("its keys are {}", listed(&known));
    meant(Finding::error("unknown-key", entry.key.span, message), name, &known, all)
}

fn wrong_type(node: &Node, shape: &'static Shape, place: Place<'_>) -> Finding {
    let is_null = node.scalar().is_some_and(is_null);
    let message = format!(
        "{} must be {}, {} {}",
        place.subject(),
        expected(shape),
        if is_null { "but" } else { "this is" },
        found(node)
    );
    let finding = Finding::error("wrong-type", place.span_of(node), message);
    match (shape, is_null) {
        (Shape::Operand, _) => finding,
        (_, true) => finding.hint("write the value, or remove the key"),
        (_, false) => finding,
    }
}

/// A key of the author's choosing.
fn check_key(entry: &Entry, word: &Word, findings: &mut Findings) {
    let text = entry.key.value.as_str();
    let is_value = entry.key_is_plain && std::ptr::eq(word, &raw const word::COLUMN_VALUE);
    match is_value.then(|| ambiguous(text, entry.key.span)).flatten() {
        Some(finding) => findings.push(finding),
        None => check_word(text, word, entry.key.span, findings),
    }
}

fn check_word(text: &str, word: &Word, span: Span, findings: &mut Findings) {
    if let Some(finding) = control_character(text, span) {
        findings.push(finding);
    } else if let Err(why) = (word.check)(text) {
        let message = format!("`{}` is not {}: {why}", shown(text), a(word.what));
        let finding = Finding::error(word.finding, span, message);
        findings.push(match closest(text, word.known.iter().copied()) {
            Some(near) => finding.hint(format!("did you mean `{near}`?")),
            None => finding,
        });
    }
}

fn check_scalar(node: &Node, scalar: &Scalar, shape: &'static Shape, place: Place<'_>, findings: &mut Findings) {
    let text = scalar.text.as_str();
    let span = place.span_of(node);
    match shape {
        Shape::Boolean => {
            if !(scalar.plain && matches!(classify(text), Plain::Boolean(_))) {
                findings.push(
                    Finding::error(
                        "wrong-type",
                        span,
                        format!("{} must be `true` or `false`, this is {}", place.subject(), found(node)),
                    )
                    .hint("write `true` or `false`, without quotes"),
                );
            }
        }
        Shape::Count { least, most } => check_count(node, scalar, (*least, *most), place, findings),
        Shape::Operand => findings.extend_from(operand::problem(scalar, span)),
        Shape::Null => {}
        _ => {
            let before = findings.len();
            match shape {
                Shape::Word(word) => check_word(text, word, span, findings),
                Shape::Choice(choices) => check_choice(text, choices, place, span, findings),
                _ => findings.extend_from(control_character(text, span)),
            }
            if findings.len() == before && scalar.plain {
                findings.extend_from(ambiguous(text, span));
            }
        }
    }
}

fn check_choice(text: &str, choices: &[Choice], place: Place<'_>, span: Span, findings: &mut Findings) {
    match choices.iter().find(|choice| choice.word == text) {
        Some(choice) if choice.later => {
            let message = format!("`{text}` is not available as {} in this version", place.subject());
            findings.push(not_available(span, message));
        }
        Some(_) => {}
        None => {
            let words: Vec<&str> = choices.iter().filter(|choice| !choice.later).map(|choice| choice.word).collect();
            let message = format!("{} does not take `{}`", place.subject(), shown(text));
            let all = format!("it takes {}", listed(&words));
            findings.push(meant(Finding::error("unknown-value", span, message), text, &words, all));
        }
    }
}

/// Adds what was probably meant, and what else there is.
fn meant(finding: Finding, written: &str, known: &[&str], all: String) -> Finding {
    match closest(written, known.iter().copied()) {
        Some(near) => finding.why(all).hint(format!("did you mean `{near}`?")),
        None => finding.hint(all),
    }
}

fn check_count(node: &Node, scalar: &Scalar, (least, most): (u32, u32), place: Place<'_>, findings: &mut Findings) {
    let span = place.span_of(node);
    let is_number = scalar.plain && !scalar.text.is_empty() && scalar.text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || (scalar.text.len() > 1 && scalar.text.starts_with('0')) {
        findings.push(Finding::error(
            "wrong-type",
            span,
            format!("{} must be a whole number, this is {}", place.subject(), found(node)),
        ));
    } else if !scalar.text.parse::<u32>().is_ok_and(|count| (least..=most).contains(&count)) {
        let bounds = if least == most { format!("{least}") } else { format!("from {least} to {most}") };
        findings.push(Finding::error(
            "invalid-value",
            span,
            format!("{} must be {bounds}, this is `{}`", place.subject(), shown(&scalar.text)),
        ));
    }
}

/// Unquoted text that is not read as text everywhere.
fn ambiguous(text: &str, span: Span) -> Option<Finding> {
    let taken_for = match classify(text) {
        Plain::Text => return None,
        Plain::Null => "nothing",
        Plain::Boolean(_) => "a boolean",
        Plain::Number => "a number",
        Plain::Ambiguous(what) => what,
    };
    Some(
        Finding::error(
            "ambiguous-scalar",
            span,
            format!("`{}` is text here, but without quotes it reads as {taken_for}", shown(text)),
        )
        .why("other tools would change its spelling or its meaning")
        .hint(format!("quote it: `\"{}\"`", shown(text))),
    )
}

/// PostgreSQL stores no NUL, and what cannot be seen cannot be reviewed.
pub(super) fn control_character(text: &str, span: Span) -> Option<Finding> {
    let bad = text.chars().find(|c| c.is_control())?;
    Some(
        Finding::error(
            "control-character",
            span,
            format!("this text holds the control character U+{:04X}", u32::from(bad)),
        )
        .hint("write it on one line and without escapes"),
    )
}
