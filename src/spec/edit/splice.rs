//! From a change to the bytes that it replaces.

use super::super::conform::shown;
use super::super::scalar::{Plain, classify};
use super::super::tree::{Content, Node};
use super::layout::{Layout, end, start};
use super::{Change, EditError, Step, block, flow, write};
use std::ops::Range;

/// Bytes of a text, and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splice {
    pub range: Range<usize>,
    pub text: String,
}

impl Splice {
    pub(super) fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }

    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::new(at..at, text)
    }

    pub(super) fn moved(mut self, by: usize) -> Self {
        self.range = self.range.start + by..self.range.end + by;
        self
    }
}

/// The text with the splices in it, which stand in its order and do not overlap.
pub fn spliced(text: &str, splices: &[Splice]) -> String {
    let mut done = String::with_capacity(text.len() + splices.iter().map(|splice| splice.text.len()).sum::<usize>());
    let mut at = 0;
    for splice in splices {
        done.push_str(&text[at..splice.range.start]);
        done.push_str(&splice.text);
        at = splice.range.end;
    }
    done.push_str(&text[at..]);
    done
}

/// A value on the way down, with what it is the value of.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'n> {
    pub(super) node: &'n Node,
    /// The list or map that it stands in, and its place there.
    pub(super) parent: Option<(&'n Node, usize)>,
    /// Whether it stands between brackets.
    pub(super) in_flow: bool,
}

pub(super) fn of(
    layout: &Layout<'_>,
    document: &Node,
    steps: &[Step],
    change: &Change,
) -> Result<Vec<Splice>, EditError> {
    let at = walk(layout, document, steps)?;
    match change {
        Change::Insert(key, value) => {
            if at.node.get(key).is_some() {
                return Err(EditError::AlreadyThere(shown(key)));
            }
            match &at.node.content {
                Content::Map(_) if layout.is_flow(at.node) => flow::add(layout, at.node, &write::pair(key, value)),
                Content::Map(entries) => Ok(block::insert(layout, entries, key, value)),
                _ if is_nothing(at.node) => block::begin_map(layout, &at, key, value),
                _ => Err(EditError::Unfit("a key can only be added to a map".to_owned())),
            }
        }
        Change::Append(value) => match &at.node.content {
            Content::List(_) if layout.is_flow(at.node) => flow::add(layout, at.node, &write::flow(value)),
            Content::List(items) => block::append(layout, items, value),
            _ if is_nothing(at.node) => block::begin_list(layout, &at, value),
            _ => Err(EditError::Unfit("an entry can only be added to a list".to_owned())),
        },
        Change::Set(value) => set(layout, &at, &write::flow(value)),
        Change::Put(..) | Change::AppendTo(..) => Err(EditError::SaysMore),
        Change::Rename(to) => rename(layout, &at, to),
        Change::Remove => match at.parent {
            Some((parent, number)) if at.in_flow => flow::remove(layout, parent, number),
            Some((parent, number)) => block::remove(layout, steps_above(layout, document, steps)?, parent, number),
            None => Err(EditError::Unfit("a whole document is not removed by an edit".to_owned())),
        },
    }
}

fn walk<'n>(layout: &Layout<'_>, document: &'n Node, steps: &[Step]) -> Result<At<'n>, EditError> {
    let mut at = At { node: document, parent: None, in_flow: false };
    for step in steps {
        if layout.is_alias(at.node) {
            return Err(EditError::Unfit("what an alias repeats is edited where it is written".to_owned()));
        }
        let (number, node) = match (step, &at.node.content) {
            (Step::Key(key), Content::Map(entries)) => {
                entries.iter().position(|entry| entry.key.value == *key).map(|at| (at, &entries[at].value))
            }
            (Step::Item(number), Content::List(items)) => items.get(*number).map(|item| (*number, item)),
            _ => None,
        }
        .ok_or_else(|| {
            EditError::NoSuchPlace(match step {
                Step::Key(key) => format!("key `{}`", shown(key)),
                Step::Item(number) => format!("entry {} in the list", number + 1),
            })
        })?;
        at = At { node, parent: Some((at.node, number)), in_flow: at.in_flow || layout.is_flow(at.node) };
    }
    Ok(at)
}

/// What the list or map that an entry is removed from stands in.
fn steps_above<'n>(layout: &Layout<'_>, document: &'n Node, steps: &[Step]) -> Result<At<'n>, EditError> {
    walk(layout, document, &steps[..steps.len().saturating_sub(1)])
}

pub(super) fn is_nothing(node: &Node) -> bool {
    node.scalar().is_some_and(|scalar| scalar.plain && classify(&scalar.text) == Plain::Null)
}

fn set(layout: &Layout<'_>, at: &At<'_>, text: &str) -> Result<Vec<Splice>, EditError> {
    let (from, to) = (start(at.node.span), end(at.node.span));
    if layout.is_block(at.node) || layout.is_block_scalar(at.node) {
        return block::replace_below(layout, at, text).map(|splice| vec![splice]);
    }
    if layout.has_comment(from..to) {
        return Err(comment_in_the_way());
    }
    Ok(vec![if from < to {
        Splice::new(from..to, text)
    } else {
        Splice::insert(behind_mark(layout, at), format!(" {text}"))
    }])
}

fn rename(layout: &Layout<'_>, at: &At<'_>, to: &str) -> Result<Vec<Splice>, EditError> {
    let Some((Node { content: Content::Map(entries), .. }, number)) = at.parent else {
        return Err(EditError::Unfit("only a key can be given another name".to_owned()));
    };
    let key = &entries[number].key;
    if entries.iter().any(|entry| entry.key.value == to) {
        return Err(EditError::AlreadyThere(shown(to)));
    }
    if layout.text[start(key.span)..].starts_with('*') {
        return Err(EditError::Unfit("a key that is an alias cannot be given another name".to_owned()));
    }
    Ok(vec![Splice::new(start(key.span)..end(key.span), write::scalar(to))])
}

/// Behind the colon or the dash that a value without extent belongs to.
pub(super) fn behind_mark(layout: &Layout<'_>, at: &At<'_>) -> usize {
    let here = start(at.node.span);
    let mark = match at.parent.map(|(parent, number)| (&parent.content, number)) {
        Some((Content::Map(entries), number)) => layout.colon_after(end(entries[number].key.span)),
        Some((Content::List(_), _)) if !at.in_flow => layout.dash_before(here + 1),
        _ => None,
    };
    mark.map_or(here, |mark| mark + 1)
}

pub(super) fn comment_in_the_way() -> EditError {
    EditError::Unfit("a comment would be lost with what it stands in: move it first".to_owned())
}
