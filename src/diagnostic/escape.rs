//! Text that an author wrote, made fit to be shown: it can neither move the cursor, nor begin a line of
//! its own, nor turn the direction of what stands beside it.

/// Whether `c` shows nothing of its own and changes how other text shows.
pub fn is_unshowable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e007f}')
}

/// `text` on one line, with `\n` and `\u{1b}` in place of what cannot be shown.
pub fn one_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unshowable(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// JSON with the same characters escaped as JSON escapes them, which are only ever inside its strings.
pub fn json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unshowable(c) && c != '\n' {
            let mut units = [0; 2];
            shown.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Text that is text in an attribute and in an element of HTML or XML, whatever is in it. XML 1.0 has no way to say a control
/// character.
pub fn markup(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => shown.push('\u{fffd}'),
            c if is_unshowable(c) => shown.push('\u{fffd}'),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_the_cursor_or_turns_text_is_spelled_out() {
        assert_eq!(one_line("a\x1b[2K\r\nb\t\u{9b}c\u{202e}d\u{2028}"), r"a\u{1b}[2K\r\nb\t\u{9b}c\u{202e}d\u{2028}");
        assert_eq!(one_line("Grüße, ✓ 名前"), "Grüße, ✓ 名前");
    }

    #[test]
    fn markup_stays_text() {
        let hostile = "\"/></testcase><x a='\u{0}\u{1b}[31m&amp;]]>\n\u{ffff}";
        let safe = markup(hostile);
        assert!(!safe.contains(['<', '>', '"', '\'', '\u{0}', '\u{1b}', '\n', '\u{ffff}']), "{safe}");
        assert!(safe.starts_with("&quot;/&gt;&lt;/testcase&gt;") && safe.contains("&amp;amp;"), "{safe}");
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({ "a": "x\u{9b}\u{202e}\u{e0001}\n" });
        let escaped = json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(!escaped.chars().any(|c| is_unshowable(c) && c != '\n'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), value);
    }
}
