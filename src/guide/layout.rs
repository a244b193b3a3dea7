//! Text in a column of limited width.

use std::fmt::Write;

/// The words of `text` on lines of at most `width` characters; a longer word gets a line of its own.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if length < room => {
                let _ = write!(line, " {word}");
                room -= length + 1;
            }
            _ => {
                lines.push(word.to_owned());
                room = width.saturating_sub(length);
            }
        }
    }
    lines
}

/// A text of its own, indented.
pub(super) fn paragraph(text: &str, indent: usize, width: usize) -> String {
    let pad = " ".repeat(indent);
    wrapped(text, width.saturating_sub(indent)).iter().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "{pad}{line}");
        all
    })
}

/// What is told, each under its name, in two columns: a name that is too long stands on a line of its own.
pub(super) fn told(rows: &[(String, String)], indent: usize, width: usize) -> String {
    const LONGEST: usize = 26;
    let longest = rows.iter().map(|(name, _)| name.chars().count()).filter(|length| *length <= LONGEST).max();
    let left = longest.unwrap_or(0);
    let at = indent + left + 2;
    let mut text = String::new();
    for (name, what) in rows {
        let mut lines = wrapped(what, width.saturating_sub(at)).into_iter();
        let pad = " ".repeat(indent);
        let first = if name.chars().count() <= left { lines.next().unwrap_or_default() } else { String::new() };
        let _ = writeln!(text, "{}", format!("{pad}{name:<left$}  {first}").trim_end());
        for line in lines {
            let _ = writeln!(text, "{}{line}", " ".repeat(at));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_filled_and_never_too_long() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable x", 4), ["unbreakable", "x"]);
        assert!(wrapped("  ", 4).is_empty());
        let rows = [("a".to_owned(), "one two three".to_owned()), ("bcd".to_owned(), String::new())];
        assert_eq!(told(&rows, 2, 14), "  a    one two\n       three\n  bcd\n");
    }
}
