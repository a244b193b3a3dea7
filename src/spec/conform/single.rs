//! Single values: text of a form, words, booleans, numbers.

use super::super::findings::Findings;
use super::super::grammar::word::{self, Word};
use super::super::grammar::{Choice, LABEL, Shape, is_hidden};
use super::super::scalar::{Plain, classify};
use super::super::tree::{Entry, Node, Scalar};
use super::describe::{a, found, listed, shown};
use super::{Place, meant, not_available, operand};
use crate::diagnostic::{Finding, Span, closest};

/// A key of the author's choosing.
pub(super) fn check_key(entry: &Entry, word: &Word, findings: &mut Findings) {
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
        let finding = Finding::error(word.finding(text), span, message);
        findings.push(match closest(text, word.known.iter().copied()) {
            Some(near) => finding.hint(format!("did you mean `{near}`?")),
            None => match (word.spell)(text) {
                Some(spelling) => finding.hint(format!("write `{spelling}`")),
                None => finding,
            },
        });
    }
}

pub(super) fn check_scalar(
    node: &Node,
    scalar: &Scalar,
    shape: &'static Shape,
    place: Place<'_>,
    findings: &mut Findings,
) {
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
        Shape::Label => {
            let is_number = scalar.plain && classify(text) == Plain::Number;
            let before = findings.len();
            check_word(text, &LABEL, span, findings);
            if findings.len() == before && scalar.plain && !is_number {
                findings.extend_from(ambiguous(text, span));
            }
        }
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
        None if choices.len() == 1 => {
            let of = place.of.map_or_else(String::new, |of| format!(" of {}", a(of)));
            let message = format!("{}{of} must be `{}`, this is `{}`", place.subject(), choices[0].word, shown(text));
            findings.push(Finding::error("unknown-value", span, message));
        }
        None => {
            let words: Vec<&str> = choices.iter().filter(|choice| !choice.later).map(|choice| choice.word).collect();
            let message = format!("{} does not take `{}`", place.subject(), shown(text));
            let all = format!("it takes {}", listed(&words));
            findings.push(meant(Finding::error("unknown-value", span, message), text, &words, all));
        }
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
pub(super) fn ambiguous(text: &str, span: Span) -> Option<Finding> {
    let taken_for = match classify(text) {
        Plain::Text => return None,
        Plain::Null => "nothing",
        Plain::Boolean(_) => "a boolean",
        Plain::Number => "a number",
        Plain::Ambiguous(what) => what,
    };
    let finding = Finding::error(
        "ambiguous-scalar",
        span,
        format!("`{}` is text here, but without quotes it reads as {taken_for}", shown(text)),
    )
    .why("other tools would change its spelling or its meaning")
    .hint(format!("quote it: `\"{}\"`", shown(text)));
    // Where nothing is written it may also be that something was forgotten.
    Some(if taken_for == "nothing" { finding } else { finding.replacing(text, format!("\"{text}\"")) })
}

/// PostgreSQL stores no NUL, and what cannot be seen cannot be reviewed.
pub(super) fn control_character(text: &str, span: Span) -> Option<Finding> {
    let bad = text.chars().find(|c| is_hidden(*c))?;
    Some(
        Finding::error(
            "control-character",
            span,
            format!("this text holds the control character U+{:04X}", u32::from(bad)),
        )
        .hint("write it on one line and without escapes"),
    )
}
