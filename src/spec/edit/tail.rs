//! A remark at the end of a document.

use super::super::pieces::{PieceKind, pieces};
use super::head::says_the_same;
use super::layout::Layout;
use super::{EditError, Splice, spliced};

/// The text with these lines at the end of a document, before the mark with which the next one begins. Each is a comment.
///
/// # Errors
/// The file is not one that can be edited, or there is no such document; a line is no comment.
pub fn remarked(text: &str, document: usize, lines: &[String]) -> Result<String, EditError> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let before = Layout::of(body)?;
    let missing = || EditError::NoSuchPlace(format!("document {}", document + 1));
    let end = before.documents.get(document).ok_or_else(missing)?.span.end as usize;
    let pieces = pieces(body).map_err(|error| EditError::Unreadable(error.info()))?;
    let mark =
        pieces.iter().find(|piece| matches!(piece.kind, PieceKind::Begin | PieceKind::End) && piece.range.start >= end);
    let at = mark.map_or(body.len(), |piece| piece.range.start);
    let line_break = before.line_break;
    let mut added: String = lines.iter().map(|line| format!("{line}{line_break}")).collect();
    if !body[..at].is_empty() && !body[..at].ends_with('\n') {
        added.insert_str(0, line_break);
    }
    let after = spliced(body, &[Splice { range: at..at, text: added }]);
    says_the_same(&before, &after)?;
    Ok(format!("{}{after}", &text[..text.len() - body.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_at_the_end_of_its_document() {
        let remarked = |text: &str, document| remarked(text, document, &["# so".to_owned()]);
        assert_eq!(remarked("a: 1\n", 0).unwrap(), "a: 1\n# so\n");
        assert_eq!(remarked("a: 1", 0).unwrap(), "a: 1\n# so\n");
        assert_eq!(remarked("a: 1 # one\n\n---\nb: 1\n", 0).unwrap(), "a: 1 # one\n\n# so\n---\nb: 1\n");
        assert_eq!(remarked("a: 1\n---\nb: 1\n", 1).unwrap(), "a: 1\n---\nb: 1\n# so\n");
        assert_eq!(remarked("a: 1\r\n...\r\n", 0).unwrap(), "a: 1\r\n# so\r\n...\r\n");
        assert!(remarked("a: 1\n", 1).is_err());
        // It would be a line of the text, or a second document.
        assert_eq!(remarked("a: |\n  text\n", 0).unwrap(), "a: |\n  text\n# so\n");
        assert!(super::remarked("a: 1\n", 0, &["b: 1".to_owned()]).is_err());
    }
}
