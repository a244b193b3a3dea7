//! The one way in which documents are laid out: `portalctl fmt`.
//!
//! What is written stays, letter by letter: values, quotes, comments, anchors and their order. What changes is where it
//! stands: the blanks between two pieces, the indentation, empty lines, line ends. Where lines break is the author's
//! choice. The outcome is read again, and refused where it would say anything else.

mod print;

#[cfg(test)]
mod tests;

use super::edit::difference;
use super::findings::Findings;
use super::pieces::{Piece, PieceKind, pieces};
use super::raw::{RawContent, RawFile};
use super::text::decode;
use super::tree::{self, Node};
use crate::diagnostic::{FileId, Finding, Report, SourceMap, Span};
use std::sync::Arc;

/// A file before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    pub path: String,
    /// Without the byte order mark that there may have been.
    pub before: String,
    pub after: String,
    /// Whether a byte order mark is left out.
    pub had_mark: bool,
}

impl Formatted {
    /// Whether the file was laid out so already.
    pub fn is_canonical(&self) -> bool {
        self.before == self.after && !self.had_mark
    }
}

/// A file laid out as every other.
///
/// # Errors
/// It cannot be read, it is no YAML, or it holds what cannot be laid out: told at its place.
pub fn formatted(file: RawFile) -> Result<Formatted, Box<Report>> {
    let had_mark = matches!(&file.content, RawContent::Bytes(bytes) if bytes.starts_with("\u{feff}".as_bytes()));
    let mut sources = SourceMap::default();
    let mut findings = Findings::default();
    let path = file.path.clone();
    let (id, is_readable) = decode(&path, file.content, &mut sources, &mut findings);
    let before = Arc::clone(&sources.file(id).text);
    let documents = if is_readable { tree::documents(&before, id, &mut findings) } else { Vec::new() };
    let mut found = findings.into_inner();
    if found.is_empty() {
        match laid_out(&before, id, &documents) {
            Ok(after) => return Ok(Formatted { path, before: before.to_string(), after, had_mark }),
            Err(finding) => found.push(*finding),
        }
    }
    Err(Box::new(Report::new(Arc::new(sources), found)))
}

fn laid_out(text: &str, file: FileId, documents: &[Node]) -> Result<String, Box<Finding>> {
    let refused = |at: usize, message: &str| {
        Box::new(
            Finding::error("not-formatted", Span::new(file, at, at + 1), message)
                .hint("write it in a simpler way, or lay this file out by hand"),
        )
    };
    if let Some((at, _)) = text.match_indices('\r').find(|(at, _)| !text[at + 1..].starts_with('\n')) {
        return Err(refused(at, "a line ends here with a carriage return alone"));
    }
    let unix = text.replace("\r\n", "\n");
    let all = pieces(&unix).map_err(|error| refused(0, &error.info()))?;
    let after = print::printed(&unix, &all);
    // Places count in the text as it was.
    let place = |at: usize| at + unix[..at].matches('\n').count() * usize::from(unix.len() != text.len());
    let again = pieces(&after).unwrap_or_default();
    let at =
        differing_piece(&unix, &all, &after, &again).map(place).or_else(|| differing_value(documents, &after, file));
    match at {
        Some(at) => Err(refused(at, "laid out, this would not read the same")),
        None => Ok(after),
    }
}

fn differing_value(documents: &[Node], after: &str, file: FileId) -> Option<usize> {
    let mut findings = Findings::default();
    let read = tree::documents(after, file, &mut findings);
    let within = documents.iter().zip(&read).find_map(|(one, other)| difference(one, other));
    let is_same = within.is_none() && read.len() == documents.len() && findings.into_inner().is_empty();
    (!is_same).then(|| within.map_or(0, |span| span.start as usize))
}

/// Where the first piece stands that is not the same afterwards.
fn differing_piece(before: &str, pieces: &[Piece], after: &str, again: &[Piece]) -> Option<usize> {
    let words = |text: &str, piece: &Piece| -> Vec<String> {
        let text = &text[piece.range.clone()];
        match piece.kind {
            PieceKind::Comment => vec![text.trim_end().to_owned()],
            _ => text.split_whitespace().map(str::to_owned).collect(),
        }
    };
    let differs = |(one, other): &(&Piece, &Piece)| {
        one.kind != other.kind
            || words(before, one) != words(after, other) && !print::is_requoted(&before[one.range.clone()])
    };
    pieces
        .iter()
        .zip(again)
        .find(differs)
        .map(|(one, _)| one.range.start)
        .or_else(|| (pieces.len() != again.len()).then(|| pieces.last().map_or(0, |piece| piece.range.start)))
}
