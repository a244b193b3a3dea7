//! Shapes and values in words.

use super::super::grammar::{Choice, Shape};
use super::super::scalar::{Plain, classify};
use super::super::tree::{Content, Node};

/// At most this much of what the author wrote is repeated in a message.
const SHOWN: usize = 60;

/// What the author wrote, cut short where it is long.
pub(in crate::spec) fn shown(text: &str) -> String {
    if text.chars().count() <= SHOWN { text.to_owned() } else { text.chars().take(SHOWN).chain(['…']).collect() }
}

/// `a grant`, `an object`.
pub(in crate::spec) fn a(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) && !noun.starts_with("user") { "an" } else { "a" };
    format!("{article} {noun}")
}

/// `` `a`, `b` and `c` ``
pub(in crate::spec) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// What a place takes: `a column name, a list of column names or a tenant path`.
pub(super) fn expected(shape: &Shape) -> String {
    let mut forms = Vec::new();
    gather(shape, &mut forms);
    match forms.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn gather(shape: &Shape, into: &mut Vec<String>) {
    let one = match shape {
        Shape::Forms(forms) => {
            forms.iter().for_each(|form| gather(form, into));
            return;
        }
        Shape::Text => "text".to_owned(),
        Shape::Word(word) => a(word.what),
        Shape::Choice([only]) => format!("`{}`", only.word),
        Shape::Choice(choices) => format!("one of {}", available(choices)),
        Shape::Boolean => "`true` or `false`".to_owned(),
        Shape::Count { .. } => "a whole number".to_owned(),
        Shape::Operand => "a value".to_owned(),
        Shape::Null => "`null`".to_owned(),
        Shape::Label => "a label".to_owned(),
        Shape::List { of, .. } => format!("a list of {}", several(of)),
        Shape::Map { keys, .. } => format!("a map by {}", keys.what),
        Shape::Record(record) => format!("{} as a map", a(record.what)),
        Shape::Over(record) => format!("what differs of {}, as a map", a(record.what)),
    };
    if !into.contains(&one) {
        into.push(one);
    }
}

fn available(choices: &[Choice]) -> String {
    listed(&choices.iter().filter(|choice| !choice.later).map(|choice| choice.word).collect::<Vec<_>>())
}

/// The description of a key, as part of a sentence.
pub(super) fn in_passing(doc: &str) -> String {
    let mut characters = doc.trim_end_matches('.').chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

fn several(shape: &Shape) -> String {
    match shape {
        Shape::Forms(forms) => {
            let mut all: Vec<String> = forms.iter().map(|form| several(form)).collect();
            all.dedup();
            all.join(" or ")
        }
        Shape::Word(word) if word.what.ends_with('`') => word.what.to_owned(),
        Shape::Word(word) => plural(word.what),
        Shape::Record(record) => plural(record.what),
        Shape::Choice(_) => "words".to_owned(),
        Shape::Operand => "values".to_owned(),
        Shape::Label => "labels".to_owned(),
        _ => "texts".to_owned(),
    }
}

pub(super) fn plural(noun: &str) -> String {
    if let Some((one, other)) = noun.split_once(" or ") {
        return format!("{} or {}", plural(one), plural(other));
    }
    match noun.split_once(" of ") {
        Some((head, rest)) => format!("{} of {rest}", plural(head)),
        None if noun.ends_with('s') => format!("{noun}es"),
        None if noun.ends_with('y') => format!("{}ies", &noun[..noun.len() - 1]),
        None => format!("{noun}s"),
    }
}

/// What stands there instead.
pub(super) fn found(node: &Node) -> String {
    match &node.content {
        Content::List(_) => "a list".to_owned(),
        Content::Map(_) => "a map".to_owned(),
        Content::Broken => "nothing".to_owned(),
        Content::Scalar(scalar) if !scalar.plain => "text".to_owned(),
        Content::Scalar(scalar) => match classify(&scalar.text) {
            Plain::Null => "nothing is written".to_owned(),
            Plain::Boolean(_) => format!("the boolean `{}`", scalar.text),
            Plain::Number => format!("the number `{}`", shown(&scalar.text)),
            Plain::Ambiguous(_) | Plain::Text => format!("`{}`", shown(&scalar.text)),
        },
    }
}
