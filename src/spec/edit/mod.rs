//! Changing a document as its author wrote it: every byte that an edit is not about stays, comments, order, quotes and
//! line ends included.
//!
//! ```
//! # use portalctl::spec::edit::{Change, Edit, New, Place, document_named, edited};
//! let text = "kind: object\nname: case\nfields:\n  subject: text # what it is about\n";
//! let place = Place::document(document_named(text, "object", "case").unwrap()).key("fields");
//! let field = New::Map(vec![("type".into(), New::word("enum")), ("values".into(), New::List(vec![New::text("no")]))]);
//! let edit = Edit { place, change: Change::Insert("answer".into(), field) };
//! assert_eq!(edited(text, &[edit]).unwrap(), format!("{text}  answer: {{type: enum, values: [\"no\"]}}\n"));
//! ```
//!
//! An edit is worked out as bytes to be replaced, from where the reader saw things stand. What comes of it is read again
//! and compared with what the change means: where anything else would differ, such as a value that an alias repeats,
//! the edit is refused and nothing has happened.

mod block;
mod expect;
mod flow;
mod head;
mod layout;
mod splice;
mod tail;
mod write;

#[cfg(test)]
pub(super) mod tests;

use super::tree::Node;
pub(super) use expect::difference;
pub use head::headed;
use layout::Layout;
pub use splice::{Splice, spliced};
pub use tail::remarked;

/// A document of a file, and what leads from its top to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    document: usize,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Item(usize),
}

impl Place {
    /// The top of a document, counted from 0; [`document_named`] finds one.
    pub fn document(number: usize) -> Self {
        Self { document: number, steps: Vec::new() }
    }
    /// What stands under a key of the map here.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.steps.push(Step::Key(key.into()));
        self
    }
    /// An entry of the list here, counted from 0.
    #[must_use]
    pub fn item(mut self, number: usize) -> Self {
        self.steps.push(Step::Item(number));
        self
    }
}

/// What becomes of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A further key at the end of the map here; also where a key has no value yet.
    Insert(String, New),
    /// A further entry at the end of the list here; also where a key has no value yet.
    Append(New),
    /// The same where the list may not be there yet: an entry at the end of the list under this key of the map here.
    AppendTo(String, New),
    /// A key of the map here gets this value, whether or not it was there.
    Put(String, New),
    /// Another value. A list or map over several lines can be set as long as no comment is lost with it.
    Set(New),
    /// Another name for the key here.
    Rename(String),
    /// The key, or the entry of a list, goes with its value and what is said behind it in its lines; comments above it
    /// stay. What is left empty is written `[]` or `{}`.
    Remove,
}

/// A value to be written. It is written as its neighbours are, in one line or over several, and in quotes where it would
/// be read as something else without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum New {
    /// A number, `true`, `false`: as it is.
    Word(String),
    Text(String),
    List(Vec<New>),
    Map(Vec<(String, New)>),
}

impl New {
    pub fn word(word: impl Into<String>) -> Self {
        Self::Word(word.into())
    }
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// In one line.
impl std::fmt::Display for New {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&write::flow(self))
    }
}

/// One change at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub place: Place,
    pub change: Change,
}

/// Why an edit is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("the file cannot be edited before what is wrong with it is mended: {0}")]
    Unreadable(String),
    #[error("there is no {0}")]
    NoSuchPlace(String),
    #[error("`{0}` is there already")]
    AlreadyThere(String),
    #[error("{0}")]
    Unfit(String),
    #[error("the edit would change more than is meant, such as what an alias repeats")]
    SaysMore,
}

/// The text with the edits in it, made one after the other.
///
/// # Errors
/// One of them cannot be made.
pub fn edited(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut text = text.to_owned();
    for edit in edits {
        text = spliced(&text, &splices(&text, edit)?);
    }
    Ok(text)
}

/// The bytes that one edit replaces, in the order of the file.
///
/// # Errors
/// It cannot be made.
pub fn splices(text: &str, edit: &Edit) -> Result<Vec<Splice>, EditError> {
    // The reader passes over a byte order mark, from which places do not count.
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let layout = Layout::of(body)?;
    let document = layout
        .documents
        .get(edit.place.document)
        .ok_or_else(|| EditError::NoSuchPlace(format!("document {}", edit.place.document + 1)))?;
    let edit = plain(document, edit);
    let splices = splice::of(&layout, document, &edit.place.steps, &edit.change)?;
    let wanted = expect::changed(document, &edit.place.steps, &edit.change).ok_or(EditError::SaysMore)?;
    let after = spliced(body, &splices);
    let read = Layout::of(&after).map_err(|_| EditError::SaysMore)?;
    let is_meant = read.documents.len() == layout.documents.len()
        && read.documents.iter().enumerate().all(|(number, after)| {
            let before = if number == edit.place.document { &wanted } else { &layout.documents[number] };
            expect::same(before, after)
        });
    if !is_meant {
        return Err(EditError::SaysMore);
    }
    let mark = text.len() - body.len();
    Ok(splices.into_iter().map(|splice| splice.moved(mark)).collect())
}

/// The edit that it comes to here, where it depends on what is there.
fn plain(document: &Node, edit: &Edit) -> Edit {
    let Edit { place, change } = edit.clone();
    let here = |key: &str| value_at(document, &place.steps).is_some_and(|node| node.get(key).is_some());
    match change {
        Change::Put(key, value) if here(&key) => Edit { place: place.key(key), change: Change::Set(value) },
        Change::Put(key, value) => Edit { place, change: Change::Insert(key, value) },
        Change::AppendTo(key, value) if here(&key) => Edit { place: place.key(key), change: Change::Append(value) },
        Change::AppendTo(key, value) => Edit { place, change: Change::Insert(key, New::List(vec![value])) },
        change => Edit { place, change },
    }
}

fn value_at<'n>(node: &'n Node, steps: &[Step]) -> Option<&'n Node> {
    steps.iter().try_fold(node, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Item(number) => node.items().get(*number),
    })
}

/// The first entry of the list here that says all of this.
pub fn item_saying(text: &str, list: &Place, said: &[(&str, &str)]) -> Option<usize> {
    let layout = Layout::of(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()?;
    let items = value_at(layout.documents.get(list.document)?, &list.steps)?.items();
    let says = |item: &Node, (key, word): &(&str, &str)| {
        item.get(key).and_then(Node::scalar).is_some_and(|scalar| scalar.text == *word)
    };
    items.iter().position(|item| said.iter().all(|one| says(item, one)))
}

/// What takes the entry that begins at byte `at` out of the list under `key` of a document, and the key with the last one.
pub fn removal(text: &str, key: &str, at: usize) -> Option<Vec<Splice>> {
    let layout = Layout::of(text).ok()?;
    let (number, count, document) = layout.documents.iter().enumerate().find_map(|(document, node)| {
        let items = node.get(key)?.items();
        let number = items.iter().position(|item| item.span.start as usize == at)?;
        Some((number, items.len(), document))
    })?;
    let list = Place::document(document).key(key);
    let place = if count == 1 { list } else { list.item(number) };
    splices(text, &Edit { place, change: Change::Remove }).ok()
}

/// Which document of a file has this kind and name.
pub fn document_named(text: &str, kind: &str, name: &str) -> Option<usize> {
    let layout = Layout::of(text.strip_prefix('\u{feff}').unwrap_or(text)).ok()?;
    let says = |document: &Node, key: &str, word: &str| {
        document.get(key).and_then(Node::scalar).is_some_and(|scalar| scalar.text == word)
    };
    layout.documents.iter().position(|document| says(document, "kind", kind) && says(document, "name", name))
}
