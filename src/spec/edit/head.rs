//! A comment for machines at the head of a file.

use super::expect::difference;
use super::layout::Layout;
use super::{EditError, Splice, spliced};

/// The text with `comment` at its head: in place of one there that begins with `key`, else as the first line. `None`: it is there.
///
/// # Errors
/// The file is not one that can be edited.
pub fn headed(text: &str, key: &str, comment: &str) -> Result<Option<String>, EditError> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let before = Layout::of(body)?;
    let mut at = 0;
    let mut splice = Splice { range: 0..0, text: format!("{comment}{}", before.line_break) };
    for line in body.split_inclusive('\n') {
        let said = line.trim_end_matches(['\n', '\r']);
        if said == comment {
            return Ok(None);
        }
        if said.starts_with(key) {
            splice = Splice { range: at..at + said.len(), text: comment.to_owned() };
            break;
        }
        if !said.is_empty() && !said.starts_with('#') {
            break;
        }
        at += line.len();
    }
    let after = spliced(body, &[splice]);
    let read = Layout::of(&after).map_err(|_| EditError::SaysMore)?;
    let pairs = before.documents.iter().zip(&read.documents);
    if before.documents.len() != read.documents.len()
        || pairs.into_iter().any(|(one, other)| difference(one, other).is_some())
    {
        return Err(EditError::SaysMore);
    }
    Ok(Some(format!("{}{after}", &text[..text.len() - body.len()])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_first_and_once() {
        let head = |text: &str| headed(text, "# server:", "# server: a").unwrap();
        assert_eq!(head("a: 1\n").as_deref(), Some("# server: a\na: 1\n"));
        assert_eq!(head("\u{feff}a: 1\r\n").as_deref(), Some("\u{feff}# server: a\r\na: 1\r\n"));
        assert_eq!(head("# about\n\n# server: b\n---\na: 1\n").as_deref(), Some("# about\n\n# server: a\n---\na: 1\n"));
        assert_eq!(head("# about\n# server: a\na: 1\n"), None);
        assert_eq!(head("%YAML 1.2\n---\na: 1\n").as_deref(), Some("# server: a\n%YAML 1.2\n---\na: 1\n"));
        assert_eq!(head("").as_deref(), Some("# server: a\n"));
        assert!(headed("a: [1\n", "# server:", "# server: a").is_err());
    }
}
