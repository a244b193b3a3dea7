//! Row keys and cursors in addresses. Any text comes back as it went in, and no proxy or browser can
//! change what is meant: `/`, `\`, `.`, an empty text and what separates the parts are written in a
//! way of their own, because percent-encoded they are decoded, merged or dropped on the way.
//!
//! ```text
//! parts are joined by `,`       ~c ,   ~t ~   ~s /   ~b \   ~d . (first in a part)
//! anything else odd: %XX        ~e an empty part      ~n no value (NULL)
//!                               ~w the part `new`, since that is the address of a form
//! ```

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const ODD: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// Longer parts are nobody's key.
const MAX_BYTES: usize = 4096;

/// One part each: a column of the key, or of a cursor.
pub fn encode<'a>(parts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let parts: Vec<String> = parts.into_iter().map(|part| part.map_or_else(|| "~n".to_owned(), encode_part)).collect();
    parts.join(",")
}

fn encode_part(part: &str) -> String {
    match part {
        "" => return "~e".to_owned(),
        "new" => return "~w".to_owned(),
        _ => {}
    }
    let mut escaped = String::with_capacity(part.len());
    for (at, c) in part.char_indices() {
        match c {
            ',' => escaped.push_str("~c"),
            '~' => escaped.push_str("~t"),
            '/' => escaped.push_str("~s"),
            '\\' => escaped.push_str("~b"),
            '.' if at == 0 => escaped.push_str("~d"),
            other => escaped.push(other),
        }
    }
    utf8_percent_encode(&escaped, ODD).to_string()
}

/// The parts of what [`encode`] wrote, from an address as it was sent; `None` where it is something
/// else, or holds what no text of the database can.
pub fn decode(text: &str) -> Option<Vec<Option<String>>> {
    if text.is_empty() || text.len() > MAX_BYTES {
        return None;
    }
    text.split(',').map(decode_part).collect()
}

/// [`decode`] for a key, in which every part has a value.
pub fn decode_key(text: &str, columns: usize) -> Option<Vec<String>> {
    let parts: Vec<String> = decode(text)?.into_iter().collect::<Option<_>>()?;
    (parts.len() == columns).then_some(parts)
}

fn decode_part(part: &str) -> Option<Option<String>> {
    let part = percent_decode_str(part).decode_utf8().ok()?;
    match part.as_ref() {
        "~n" => return Some(None),
        "~e" => return Some(Some(String::new())),
        "~w" => return Some(Some("new".to_owned())),
        "" => return None,
        text if text.contains('\0') => return None,
        _ => {}
    }
    let mut text = String::with_capacity(part.len());
    let mut letters = part.chars();
    while let Some(c) = letters.next() {
        text.push(match c {
            '~' => match letters.next()? {
                'c' => ',',
                't' => '~',
                's' => '/',
                'b' => '\\',
                'd' => '.',
                _ => return None,
            },
            other => other,
        });
    }
    Some(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_comes_back(parts in proptest::collection::vec(proptest::option::of("\\PC{0,12}|[~,./\\\\%.]{0,6}"), 1..4)) {
            let written = encode(parts.iter().map(Option::as_deref));
            prop_assert!(!written.contains(['/', '\\', '?', '#', '"', ' ']), "{}", written);
            prop_assert!(written != "." && written != "..");
            prop_assert_eq!(decode(&written), Some(parts));
        }

        #[test]
        fn a_proxy_that_decodes_once_changes_nothing(part in "[a-z~,./ é-]{1,8}") {
            let written = encode([Some(part.as_str())]);
            let decoded = percent_decode_str(&written).decode_utf8().unwrap().into_owned();
            prop_assert_eq!(decode(&decoded), Some(vec![Some(part)]));
        }

        #[test]
        fn anything_at_all_is_read_without_harm(text in "\\PC*") {
            let _ = decode(&text);
        }
    }

    #[test]
    fn common_keys_look_like_themselves() {
        assert_eq!(encode([Some("10248"), Some("11")]), "10248,11");
        assert_eq!(encode([Some("ALFKI")]), "ALFKI");
        assert_eq!((encode([Some("new")]).as_str(), decode_key("~w", 1)), ("~w", Some(vec!["new".to_owned()])));
        assert_eq!(encode([Some("2025-11-12 10:00:00.5+00")]), "2025-11-12%2010:00:00.5%2B00");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", ",", "a,", "~", "~x", "%00", "%ff", "a~"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode_key("a,b", 1), None);
        assert_eq!(decode_key("~n", 1), None);
        assert_eq!(decode(&"a".repeat(5000)), None);
    }
}
