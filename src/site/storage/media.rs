//! What a file is, told by what is in it and never by what somebody calls it.

/// The media type of a file that begins so. Texts have no mark of their own: what reads as text is one, and which of
/// them its name may say.
pub fn media_type(head: &[u8], name: &str) -> &'static str {
    if let Some(markup) = markup(head) {
        return markup;
    }
    if let Some(known) = infer::get(head) {
        return known.mime_type();
    }
    let is_csv = name.to_ascii_lowercase().ends_with(".csv");
    match is_text(head) {
        true if is_csv => "text/csv",
        true => "text/plain",
        false => "application/octet-stream",
    }
}

/// Texts that a browser might run.
fn markup(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if !text.starts_with(b"<") {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let holds = |word: &[u8]| text.windows(word.len()).any(|part| part == word);
    Some(match () {
        () if holds(b"<svg") => "image/svg+xml",
        () if text.starts_with(b"<?xml") => "text/xml",
        () => "text/html",
    })
}

/// Valid letters, the last of which may be cut off, and no signs that no text has.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_decide_and_names_do_not() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        for (head, name, is) in [
            (&png[..], "x.pdf", "image/png"),
            (b"%PDF-1.7\n", "x.png", "application/pdf"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "x", "image/jpeg"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "x.png", "image/svg+xml"),
            (b"\xef\xbb\xbf \n<?xml version='1.0'?><svg/>", "x.png", "image/svg+xml"),
            (b"<?xml version='1.0'?><x/>", "x.txt", "text/xml"),
            (b"  <!DOCTYPE html><script>", "x.txt", "text/html"),
            (b"<script>", "x.txt", "text/html"),
            (b"plain words", "x.exe", "text/plain"),
            (b"a;b\n1;2\n", "x.CSV", "text/csv"),
            ("schön".as_bytes(), "x", "text/plain"),
            (&"schö".as_bytes()[..4], "x", "text/plain"),
            (b"MZ\x90\0\x03", "x.txt", "application/vnd.microsoft.portable-executable"),
            (b"\0\x01\x02", "x.txt", "application/octet-stream"),
            (b"\xff\xfe\xfd", "x.txt", "application/octet-stream"),
        ] {
            assert_eq!(media_type(head, name), is, "{name} {:?}", String::from_utf8_lossy(head));
        }
    }
}
