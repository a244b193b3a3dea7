//! Labels and titles.

use super::super::document::WordsDoc;
use super::super::tree::Node;
use super::text;
use crate::diagnostic::Spanned;
use crate::names::Language;

pub(super) fn words(node: &Node) -> Option<WordsDoc> {
    if let Some(plain) = text(node) {
        return Some(WordsDoc::Plain(plain.to_owned()));
    }
    let spoken = node.entries().iter().filter_map(|entry| {
        let language = Spanned::new(Language::from(entry.key.value.as_str()), entry.key.span);
        Some((language, text(&entry.value)?.to_owned()))
    });
    Some(WordsDoc::Spoken(spoken.collect())).filter(|words| *words != WordsDoc::Spoken(Vec::new()))
}
