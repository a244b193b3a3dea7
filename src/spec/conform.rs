//! Holds a tree against the language's tables and collects everything that does not fit.

pub(super) mod describe;
mod harmless;
mod operand;
mod single;

use super::findings::Findings;
use super::grammar::{Presence, Record, Rule, Shape};
use super::scalar::{Plain, classify};
use super::tree::{Content, Entry, Node, Scalar};
use crate::diagnostic::{Finding, Span, closest, only_close};
use describe::{a, expected, found, listed, plural};

pub(super) use describe::shown;
use single::{check_key, check_scalar};

pub(super) use operand::{Parsed, parse as parse_operand};

/// Where a value stands, for messages: the nearest key, and whether it is in a list there.
#[derive(Clone, Copy)]
struct Place<'a> {
    key: &'a str,
    in_list: bool,
    /// The map that the key is one of, where the language gives its keys.
    of: Option<&'static str>,
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
    let place = Place { key: record.what, in_list: false, of: None, key_span: node.span };
    check_record(node, record, place, findings);
}

fn check(node: &Node, shape: &'static Shape, place: Place<'_>, findings: &mut Findings) {
    if matches!(node.content, Content::Broken) || findings.is_full() {
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
        (Shape::Over(record), _) => check_over(node, record, findings),
        (Shape::Map { keys, of, least }, Content::Map(entries)) => {
            for entry in entries {
                check_key(entry, keys, findings);
                let place = Place { key: &entry.key.value, in_list: false, of: None, key_span: entry.key.span };
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
        Shape::Map { .. } | Shape::Record(_) | Shape::Over(_) => matches!(node.content, Content::Map(_)),
        Shape::Operand => matches!(node.content, Content::Scalar(_)),
        Shape::Text | Shape::Word(_) | Shape::Choice(_) | Shape::Boolean | Shape::Count { .. } | Shape::Label => {
            matches!(node.content, Content::Scalar(_)) && !is_null
        }
    }
}

pub(super) fn is_null(scalar: &Scalar) -> bool {
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
        if findings.is_full() {
            return;
        }
        let name = entry.key.value.as_str();
        let place = Place { key: name, in_list: false, of: Some(record.what), key_span: entry.key.span };
        match (record.key(name), record.others) {
            (Some(key), _) if key.presence == Presence::Later => {
                findings.push(not_available(entry.key.span, format!("`{name}` is not available in this version")));
            }
            (Some(key), _) => check(&entry.value, key.shape, place, findings),
            (None, Some((keys, of))) => {
                check_key(entry, keys, findings);
                check(&entry.value, of, place, findings);
            }
            (None, None) => findings.push(unknown_key(entry, node, record)),
        }
    }
    for key in record.keys.iter().filter(|key| key.presence == Presence::Required && !stands_in(node, record, key.name))
    {
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

/// What it says is held against the tables where it lies over something; here, that its keys are keys.
fn check_over(node: &Node, record: &'static Record, findings: &mut Findings) {
    for entry in node.entries() {
        let written = entry.key.value.as_str();
        let name = if entry.key_is_plain { written.strip_prefix(['+', '-']).unwrap_or(written) } else { written };
        match record.key(name) {
            Some(key) if key.presence == Presence::Later => {
                findings.push(not_available(entry.key.span, format!("`{name}` is not available in this version")));
            }
            Some(key) if written == name && is_over(key.shape) => {
                let place = Place { key: name, in_list: false, of: Some(record.what), key_span: entry.key.span };
                check(&entry.value, key.shape, place, findings);
            }
            Some(_) => {}
            None if record.others.is_some() => {}
            None => findings.push(unknown_key(entry, node, record)),
        }
    }
}

/// Whether what stands there lies over something.
fn is_over(shape: &Shape) -> bool {
    match shape {
        Shape::Over(_) => true,
        Shape::Map { of, .. } => is_over(of),
        Shape::Forms(forms) => forms.iter().any(|form| is_over(form)),
        _ => false,
    }
}

/// Whether a key is there, or is misspelt, which has been said.
fn stands_in(node: &Node, record: &Record, key: &str) -> bool {
    let is_meant = |entry: &Entry| {
        let written = entry.key.value.as_str();
        record.key(written).is_none() && closest(written, record.keys.iter().map(|key| key.name)) == Some(key)
    };
    node.get(key).is_some() || node.entries().iter().take(50).any(is_meant)
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
        Rule::ExactlyOne(keys) | Rule::AtLeastOne(keys) if written(keys).is_empty() => {
            if !keys.iter().any(|key| stands_in(node, record, key)) {
                let message = format!("{} needs one of {}", a(record.what), listed(keys));
                findings.push(Finding::error("missing-key", key_or_start(node, place), message));
            }
        }
        Rule::AtLeastOne(_) => {}
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

fn unknown_key(entry: &Entry, node: &Node, record: &Record) -> Finding {
    let name = entry.key.value.as_str();
    let known = available_keys(record);
    let message = format!("{} has no key `{}`", a(record.what), shown(name));
    let signed = name.strip_prefix(['+', '-']).filter(|key| entry.key_is_plain && known.contains(key));
    if let Some(key) = signed {
        let does = if name.starts_with('+') { "adds to" } else { "takes away from" };
        return Finding::error("unknown-key", entry.key.span, message)
            .why(format!("a sign before a key {does} what there is below, and here nothing is: no `extends`, no type"))
            .hint(format!("write `{key}`"));
    }
    let finding = meant(Finding::error("unknown-key", entry.key.span, message), name, &known, its_keys(record));
    // A sign before a key says what it does to the one below, which the key that is meant does not.
    match only_close(name, known).filter(|key| !name.starts_with(['+', '-']) && node.get(key).is_none()) {
        Some(key) if harmless::may_be_written(record, key) => finding.replacing(name, key),
        _ => finding,
    }
}

fn wrong_type(node: &Node, shape: &'static Shape, place: Place<'_>) -> Finding {
    let is_null = node.scalar().is_some_and(is_null);
    let this = if is_null { "but" } else { "this is" };
    let message = format!("{} must be {}, {this} {}", place.subject(), expected(shape), found(node));
    let finding = Finding::error("wrong-type", place.span_of(node), message);
    match (shape, node.scalar()) {
        _ if is_null => finding.hint("write the value, or remove the key"),
        (Shape::Record(record), _) => finding.hint(its_keys(record)),
        (Shape::List { of, .. }, Some(scalar)) if matches_kind(node, of) => {
            finding.hint(format!("write `[{}]`", shown(&scalar.text)))
        }
        _ => finding,
    }
}

fn available_keys(record: &Record) -> Vec<&'static str> {
    record.keys.iter().filter(|key| key.presence != Presence::Later).map(|key| key.name).collect()
}

fn its_keys(record: &Record) -> String {
    let keys = available_keys(record);
    match (keys.as_slice(), record.others) {
        (keys, Some((others, _))) => format!("its keys are {} and {}", plural(others.what), listed(keys)),
        ([only], None) => format!("its only key is `{only}`"),
        (keys, None) => format!("its keys are {}", listed(keys)),
    }
}

/// Adds what was probably meant, and what else there is.
fn meant(finding: Finding, written: &str, known: &[&str], all: String) -> Finding {
    match closest(written, known.iter().copied()) {
        Some(near) => finding.why(all).hint(format!("did you mean `{near}`?")),
        None => finding.hint(all),
    }
}
