//! What a file is called: as somebody called it, without what could lead elsewhere or mislead who reads it.

use crate::diagnostic::is_unshowable;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Letters of a name; the database takes no more than 200.
const LONGEST: usize = 150;
const LONGEST_ENDING: usize = 10;

/// What of a name may be shown and kept; `file` where nothing is left.
pub fn presentable(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !is_unshowable(*c)).collect();
    let words = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = words.trim_start_matches('.').trim();
    if name.is_empty() {
        return "file".to_owned();
    }
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    // The ending says what it is, so it stays.
    let ending =
        name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= LONGEST_ENDING);
    let ending = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
    let begin: String = name.chars().take(LONGEST - ending.chars().count()).collect();
    format!("{}{ending}", begin.trim_end())
}

/// What RFC 8187 leaves as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `Content-Disposition` (RFC 6266): plain letters for old clients, and the name as it is.
pub fn disposition(kind: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, PLAIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_and_is_unshowable_nobody() {
        for (sent, kept) in [
            ("Pump 7.pdf", "Pump 7.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ann\\x.pdf", "x.pdf"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}b\r\nSet-Cookie: x.pdf", "abSet-Cookie: x.pdf"),
            ("..", "file"),
            (".htaccess", "htaccess"),
            ("\u{feff}\0", "file"),
            ("Größe.pdf", "Größe.pdf"),
        ] {
            assert_eq!(presentable(sent), kept, "{sent:?}");
        }
        let long = presentable(&format!("{}.pdf", "x".repeat(500)));
        assert!(long.ends_with(".pdf") && long.chars().count() == LONGEST, "{long}");
    }

    #[test]
    fn a_name_stays_one_value_of_the_header() {
        assert_eq!(
            disposition("attachment", "Gr\u{f6}\u{df}e \"1\"; x=y.pdf"),
            "attachment; filename=\"Gr__e _1__ x_y.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22%3B%20x%3Dy.pdf"
        );
    }
}
