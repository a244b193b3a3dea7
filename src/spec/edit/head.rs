//! A comment for machines at the head of each document of a file.

use super::super::pieces::{PieceKind, pieces};
use super::expect::difference;
use super::layout::Layout;
use super::{EditError, Splice, spliced};
use std::ops::Range;

/// The text with `comment` at the head of each of its documents: in place of one there that begins with `key`, else as
/// its first line. `None`: it is there everywhere.
///
/// # Errors
/// The file is not one that can be edited.
pub fn headed(text: &str, key: &str, comment: &str) -> Result<Option<String>, EditError> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let before = Layout::of(body)?;
    let edit = |head: Head| head.said(body, key, comment, before.line_break);
    let splices: Vec<Splice> = heads(body)?.into_iter().filter_map(edit).collect();
    if splices.is_empty() {
        return Ok(None);
    }
    let after = spliced(body, &splices);
    says_the_same(&before, &after)?;
    Ok(Some(format!("{}{after}", &text[..text.len() - body.len()])))
}

/// That only comments are other than before.
pub(super) fn says_the_same(before: &Layout<'_>, after: &str) -> Result<(), EditError> {
    let read = Layout::of(after).map_err(|_| EditError::SaysMore)?;
    let mut pairs = before.documents.iter().zip(&read.documents);
    if before.documents.len() != read.documents.len() || pairs.any(|(one, other)| difference(one, other).is_some()) {
        return Err(EditError::SaysMore);
    }
    Ok(())
}

/// What stands before the first value of a document.
#[derive(Default)]
struct Head {
    /// Where its first line is: nothing, or the blanks between `---` and a value on the same line.
    at: Range<usize>,
    comments: Vec<Range<usize>>,
    has_begun: bool,
}

impl Head {
    /// Behind `---` or `...`.
    fn after(body: &str, mark: usize, has_begun: bool) -> Self {
        let rest = &body[mark..];
        let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let said = rest[..line].trim();
        let blanks = line - rest[..line].trim_start().len();
        let at = if said.is_empty() || said.starts_with('#') { mark + line..mark + line } else { mark..mark + blanks };
        // A comment behind the mark comes as one of the comments.
        Self { at, comments: Vec::new(), has_begun }
    }

    /// `None`: it is said already.
    fn said(self, body: &str, key: &str, comment: &str, line_break: &str) -> Option<Splice> {
        let written = |range: &Range<usize>| body[range.clone()].trim_end();
        if let Some(range) = self.comments.iter().find(|range| written(range).starts_with(key)) {
            let now = written(range);
            let range = range.start..range.start + now.len();
            return (now != comment).then(|| Splice { range, text: comment.to_owned() });
        }
        let before = if self.at.is_empty() { "" } else { line_break };
        Some(Splice { range: self.at, text: format!("{before}{comment}{line_break}") })
    }
}

/// The heads of all documents that say something, or of the file where none does.
fn heads(body: &str) -> Result<Vec<Head>, EditError> {
    let mut found = Vec::new();
    let mut head = Some(Head::default());
    for piece in pieces(body).map_err(|error| EditError::Unreadable(error.info()))? {
        match (piece.kind, &mut head) {
            (PieceKind::Comment, Some(head)) => head.comments.push(piece.range),
            (PieceKind::Begin, Some(head)) if !head.has_begun => head.has_begun = true,
            (PieceKind::Begin, _) => head = Some(Head::after(body, piece.range.end, true)),
            (PieceKind::End, _) => head = Some(Head::after(body, piece.range.end, false)),
            (PieceKind::Comment | PieceKind::Directive, _) => {}
            _ => found.extend(head.take()),
        }
    }
    if found.is_empty() {
        found.extend(head);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_first_in_each_document_and_once() {
        let head = |text: &str| headed(text, "# server:", "# server: a").unwrap();
        assert_eq!(head("a: 1\n").as_deref(), Some("# server: a\na: 1\n"));
        assert_eq!(head("\u{feff}a: 1\r\n").as_deref(), Some("\u{feff}# server: a\r\na: 1\r\n"));
        assert_eq!(head("# about\n\n# server: b\n---\na: 1\n").as_deref(), Some("# about\n\n# server: a\n---\na: 1\n"));
        assert_eq!(head("# about\n# server: a\na: 1\n"), None);
        assert_eq!(head("%YAML 1.2\n---\na: 1\n").as_deref(), Some("# server: a\n%YAML 1.2\n---\na: 1\n"));
        assert_eq!(head("").as_deref(), Some("# server: a\n"));
        let two = "a: 1\n---\n# about\nb: 1\n";
        let each = "# server: a\na: 1\n---\n# server: a\n# about\nb: 1\n";
        assert_eq!(head(two).as_deref(), Some(each));
        assert_eq!(head(each), None);
        assert_eq!(
            head("# server: a\na: 1\n---\n# server: b\nb: 1\n---\n").as_deref(),
            Some("# server: a\na: 1\n---\n# server: a\nb: 1\n---\n")
        );
        assert_eq!(
            head("---\na: 1\n--- # two\nb: 1\n").as_deref(),
            Some("# server: a\n---\na: 1\n--- # two\n# server: a\nb: 1\n")
        );
        assert_eq!(
            head("--- {a: 1}\n---  {b: 1}\n").as_deref(),
            Some("# server: a\n--- {a: 1}\n---\n# server: a\n{b: 1}\n")
        );
        assert_eq!(head("a: |\n  ---\n  text\n").as_deref(), Some("# server: a\na: |\n  ---\n  text\n"));
        assert!(headed("a: [1\n", "# server:", "# server: a").is_err());
    }
}
