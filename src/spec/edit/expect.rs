//! What a file must read as once an edit is done, and whether it does.

use super::super::scalar::{Plain, classify};
use super::super::tree::{Content, Entry, Node, Scalar};
use super::{Change, New, Step};
use crate::diagnostic::{FileId, Span, Spanned};

const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

/// The document with the change in it; `None` where the place is not there or the change does not fit it.
pub(super) fn changed(node: &Node, steps: &[Step], change: &Change) -> Option<Node> {
    let content = match steps.split_first() {
        None => here(node, change)?,
        Some((step, [])) if matches!(change, Change::Remove | Change::Rename(_)) => there(node, step, change)?,
        Some((step, rest)) => within(node, step, rest, change)?,
    };
    Some(Node { span: node.span, content })
}

fn here(node: &Node, change: &Change) -> Option<Content> {
    let mut content = node.content.clone();
    let is_nothing = node.scalar().is_some_and(|scalar| scalar.plain && classify(&scalar.text) == Plain::Null);
    match (change, &mut content) {
        (Change::Insert(key, value), Content::Map(entries)) => entries.push(entry(key, value)),
        (Change::Insert(key, value), _) if is_nothing => content = Content::Map(vec![entry(key, value)]),
        (Change::Append(value), Content::List(items)) => items.push(of(value)),
        (Change::Append(value), _) if is_nothing => content = Content::List(vec![of(value)]),
        (Change::Set(value), _) => content = of(value).content,
        _ => return None,
    }
    Some(content)
}

fn there(node: &Node, step: &Step, change: &Change) -> Option<Content> {
    let mut content = node.content.clone();
    match (step, &mut content, change) {
        (Step::Item(at), Content::List(items), Change::Remove) if *at < items.len() => {
            items.remove(*at);
        }
        (Step::Key(key), Content::Map(entries), _) => {
            let at = entries.iter().position(|entry| entry.key.value == *key)?;
            match change {
                Change::Rename(to) => {
                    entries[at].key = Spanned::new(to.clone(), NOWHERE);
                    entries[at].key_is_plain = true;
                }
                _ => {
                    entries.remove(at);
                }
            }
        }
        _ => return None,
    }
    Some(content)
}

fn within(node: &Node, step: &Step, rest: &[Step], change: &Change) -> Option<Content> {
    let mut content = node.content.clone();
    let inner = match (step, &mut content) {
        (Step::Item(at), Content::List(items)) => items.get_mut(*at)?,
        (Step::Key(key), Content::Map(entries)) => &mut entries.iter_mut().find(|entry| entry.key.value == *key)?.value,
        _ => return None,
    };
    *inner = changed(inner, rest, change)?;
    Some(content)
}

fn entry(key: &str, value: &New) -> Entry {
    Entry { key: Spanned::new(key.to_owned(), NOWHERE), key_is_plain: true, value: of(value) }
}

fn of(value: &New) -> Node {
    let content = match value {
        New::Word(text) => Content::Scalar(Scalar { text: text.clone(), plain: true }),
        New::Text(text) => Content::Scalar(Scalar { text: text.clone(), plain: false }),
        New::List(items) => Content::List(items.iter().map(of).collect()),
        New::Map(entries) => Content::Map(entries.iter().map(|(key, value)| entry(key, value)).collect()),
    };
    Node { span: NOWHERE, content }
}

/// Whether two trees say the same, wherever and however it is written.
pub(super) fn same(one: &Node, other: &Node) -> bool {
    difference(one, other).is_none()
}

/// The place in `one` of the first value that says something else in `other`.
pub(in crate::spec) fn difference(one: &Node, other: &Node) -> Option<Span> {
    let here = |is_same: bool| (!is_same).then_some(one.span);
    match (&one.content, &other.content) {
        (Content::Scalar(one), Content::Scalar(other)) => {
            here(one.text == other.text && (one.plain == other.plain || classify(&one.text) == Plain::Text))
        }
        (Content::List(ones), Content::List(others)) => {
            let within = ones.iter().zip(others).find_map(|(one, other)| difference(one, other));
            within.or_else(|| here(ones.len() == others.len()))
        }
        (Content::Map(ones), Content::Map(others)) => {
            let within = ones.iter().zip(others).find_map(|(one, other)| match same_key(one, other) {
                true => difference(&one.value, &other.value),
                false => Some(one.key.span),
            });
            within.or_else(|| here(ones.len() == others.len()))
        }
        (one, other) => here(matches!((one, other), (Content::Broken, Content::Broken))),
    }
}

/// In quotes, `+` and `-` before a key are letters like others.
fn same_key(one: &Entry, other: &Entry) -> bool {
    one.key.value == other.key.value
        && (one.key_is_plain == other.key_is_plain || !one.key.value.starts_with(['+', '-']))
}
