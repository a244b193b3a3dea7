//! How wide text is, near enough: a picture that is drawn elsewhere cannot ask the font.

/// In thousandths of the size of the letters, for the sans-serif faces of usual systems; rather too wide than too narrow.
fn width_of(letter: char) -> u32 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 290,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | ' ' | '-' => 370,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '→' | '…' => 920,
        'A'..='Z' | '<' | '>' | '=' | '+' | '&' | '#' => 690,
        _ if u32::from(letter) >= 0x1100 => 1_000,
        _ => 570,
    }
}

/// In pixels, rounded up.
pub(super) fn width(text: &str, size: u32) -> u32 {
    text.chars().map(width_of).sum::<u32>().saturating_mul(size).div_ceil(1_000)
}

/// `text`, or its beginning with `…` where it is wider than `room`.
pub(super) fn cut(text: &str, size: u32, room: u32) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = width("…", size);
    for letter in text.chars() {
        used += width_of(letter) * size / 1_000 + 1;
        if used > room {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

/// At most `most` lines, broken between words; the last is cut.
pub(super) fn wrap(text: &str, size: u32, room: u32, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let mut line = word.to_owned();
        let last = lines.len() + 1 == most;
        while let Some(next) = words.peek() {
            let longer = format!("{line} {next}");
            if !last && width(&longer, size) > room {
                break;
            }
            line = longer;
            words.next();
        }
        lines.push(cut(&line, size, room));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_and_says_so() {
        assert_eq!(cut("short", 12, 100), "short");
        let kept = cut(&"W".repeat(400), 12, 100);
        assert!(kept.ends_with('…') && width(&kept, 12) <= 100, "{kept}");
        assert_eq!(wrap("one two three four", 12, 50, 2), ["one two", "three…"]);
        assert!(wrap("", 12, 50, 2).is_empty());
    }
}
