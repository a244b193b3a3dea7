//! Names of the database in documents, whatever is in them.

use crate::diagnostic::escape::one_line;
use crate::spec::edit::New;

/// Plain where every tool reads it as the same text, else between quotation marks.
pub fn text(text: &str) -> String {
    New::text(text).to_string()
}

/// `a`, or `[a, b]`.
pub fn columns<'t>(names: impl IntoIterator<Item = &'t str>) -> New {
    let mut names: Vec<New> = names.into_iter().map(New::text).collect();
    match names.len() {
        1 => names.remove(0),
        _ => New::List(names),
    }
}

pub fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> New {
    New::List(texts.into_iter().map(New::text).collect())
}

pub fn map(entries: impl IntoIterator<Item = (&'static str, New)>) -> New {
    New::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
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
    fn a_remark_ends_with_its_line() {
        assert_eq!(remark("a\nkind: object\r\u{85}b\u{2028}\u{1b}[2J"), r"a\nkind: object\r\u{85}b\u{2028}\u{1b}[2J");
    }

    #[test]
    fn one_column_needs_no_brackets() {
        assert_eq!(
            (columns(["a"]).to_string(), columns(["a", "no"]).to_string()),
            ("a".to_owned(), "[a, \"no\"]".to_owned())
        );
    }
}
