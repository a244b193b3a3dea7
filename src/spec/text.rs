//! From the bytes of a file to text that can be parsed and shown.

use super::conform::shown;
use super::findings::Findings;
use super::raw::{MAX_FILE_BYTES, RawContent};
use crate::diagnostic::{FileId, Finding, SourceMap, Span};
use std::sync::Arc;

/// Adds the file to the sources, and says whether it can be read any further.
pub(super) fn decode(
    path: &str,
    content: RawContent,
    sources: &mut SourceMap,
    findings: &mut Findings,
) -> (FileId, bool) {
    let (text, is_readable) = read(path, content, sources.next(), findings);
    (sources.add(path, text), is_readable)
}

/// The text of the file that is to be `file`; `false` where it cannot be read any further, which has been reported then.
///
/// A file that is missing is for the caller to report, at the place that names it.
pub(super) fn read(path: &str, content: RawContent, file: FileId, findings: &mut Findings) -> (Arc<str>, bool) {
    let bytes = match content {
        RawContent::Bytes(bytes) if bytes.len() as u64 <= MAX_FILE_BYTES => bytes,
        other => {
            findings.begin_file();
            findings.extend_from(refusal(path, &other, file));
            return ("".into(), false);
        }
    };
    findings.begin_file();
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            findings.push(
                Finding::error(
                    "not-utf8",
                    Span::new(file, valid, valid + '\u{fffd}'.len_utf8()),
                    "this file is not UTF-8",
                )
                .hint("save it as UTF-8"),
            );
            return (String::from_utf8_lossy(error.as_bytes()).into(), false);
        }
    };
    let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(&text).into();
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'));
    let hidden = if is_plain { None } else { text.char_indices().find(|(_, c)| is_hidden(*c)) };
    if let Some((at, c)) = hidden {
        findings.push(
            Finding::error(
                "control-character",
                Span::new(file, at, at + c.len_utf8()),
                format!("this file holds the character U+{:04X}, which cannot be seen", u32::from(c)),
            )
            .why("what a review shows must be what is read")
            .hint("remove it"),
        );
    }
    let conflicts = conflicts(&text);
    for &(start, end) in &conflicts {
        findings.push(
            Finding::error("merge-conflict", Span::new(file, start, end), "a merge conflict begins here")
                .why("both sides stand in the file, and which of them holds is yours to say")
                .hint("keep what is meant, and remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`"),
        );
    }
    let is_readable = hidden.is_none() && conflicts.is_empty();
    (text, is_readable)
}

/// Where the marks are with which version control begins a conflict: lines of their own, as are those that end one.
fn conflicts(text: &str) -> Vec<(usize, usize)> {
    let (begins, ends) = ("<<<<<<< ", ">>>>>>> ");
    if !text.contains(begins) {
        return Vec::new();
    }
    let (mut at, mut found, mut open) = (0, Vec::new(), None);
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end_matches(['\n', '\r']);
        if shown.starts_with(begins) {
            open = Some((at, at + shown.len()));
        } else if shown.starts_with(ends) {
            found.extend(open.take());
        }
        at += line.len();
    }
    found
}

/// What YAML does not allow raw, and what makes text look other than it reads.
fn is_hidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn refusal(path: &str, content: &RawContent, file: FileId) -> Option<Finding> {
    let path = shown(path);
    let at = Span::file_start(file);
    Some(match content {
        RawContent::Bytes(_) | RawContent::TooLarge { .. } => {
            let bytes = match content {
                RawContent::Bytes(bytes) => bytes.len() as u64,
                RawContent::TooLarge { bytes } => *bytes,
                _ => 0,
            };
            Finding::error(
                "file-too-large",
                at,
                format!("`{path}` is {bytes} bytes large, {MAX_FILE_BYTES} is the most"),
            )
            .hint("split the file; rows of data belong in a table of the database")
        }
        RawContent::Directory => Finding::error("not-a-file", at, format!("`{path}` is a folder, not a file"))
            .hint("rename the folder, or name a file"),
        RawContent::Unreadable(why) => Finding::error("unreadable-file", at, format!("`{path}` cannot be read: {why}")),
        RawContent::SymlinkOutside => Finding::error(
            "path-outside-project",
            at,
            format!("`{path}` is a link that leads out of the project folder"),
        )
        .why("a project must not depend on what its repository does not hold")
        .hint("copy what it points at into the project"),
        RawContent::Missing | RawContent::PassedOver(_) => return None,
    })
}
