//! Names of the database as YAML, whatever is in them.

use crate::diagnostic::escape::{is_unshowable, one_line};
use std::fmt::Write as _;

/// Words that some tool takes for a boolean or for nothing.
const NO_TEXT: &[&str] = &["yes", "no", "on", "off", "true", "false", "null", "y", "n"];

/// A text, plain where every tool reads it as the same text, else between quotation marks.
pub fn text(text: &str) -> String {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/'))
    };
    let begins_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_plain = begins_well
        && text.split([' ', '-']).all(is_word)
        && !NO_TEXT.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_unshowable(c) || c == '\u{85}' || c == '\u{a0}' => {
                // Infallible: it is a string.
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// `a`, or `[a, b]`.
pub fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(text).collect();
    match texts.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

/// Always with brackets.
pub fn brackets<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    format!("[{}]", texts.into_iter().map(text).collect::<Vec<_>>().join(", "))
}

/// What stands behind `#`: on one line, whatever somebody has put into the database.
pub fn remark(text: &str) -> String {
    let line = one_line(text);
    let words: Vec<&str> = line.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_read_otherwise_is_quoted() {
        for plain in ["customer_id", "crm.accounts", "Heat exchangers", "in-service", "_x"] {
            assert_eq!(text(plain), plain);
        }
        for odd in
            ["", "no", "1", "1e3", "a: b", "a #b", "a  b", " a", "a-", "#", "a\nb: c", "{x}", "é", "~", "a,b", "'"]
        {
            assert!(text(odd).starts_with('"'), "{odd}");
        }
        assert_eq!(text("a\"\\\n\u{1b}\u{202e}"), r#""a\"\\\n\U0000001B\U0000202E""#);
        assert_eq!((list(["a"]), list(["a", "no"])), ("a".to_owned(), "[a, \"no\"]".to_owned()));
    }

    #[test]
    fn a_remark_ends_with_its_line() {
        assert_eq!(remark("a\nkind: object\r\u{85}b\u{2028}\u{1b}[2J"), r"a\nkind: object\r\u{85}b\u{2028}\u{1b}[2J");
    }
}
