//! What people are shown: a text, or one for each language.

use super::word::{self, Word};
use super::{Record, Shape, record, required};
use crate::names::{Language, LanguageError};

/// `Case`, or `{en: Case, de: Fall}`.
pub(super) static WORDS: Shape = Shape::Forms(&[&SHOWN, &Shape::Map { keys: &LANGUAGE, of: &SHOWN, least: 1 }]);

/// By value of an enum.
pub(super) static VALUE_WORDS: Shape = Shape::Map { keys: &word::COLUMN_VALUE, of: &WORDS, least: 1 };

pub(super) static LANGUAGES: Shape = Shape::List { of: &Shape::Word(&LANGUAGE), least: 1 };

static SHOWN: Shape = Shape::Word(&SHOWN_TEXT);

pub(super) static LABEL: Record = record(
    "label",
    "What people call one row and many.",
    &[
        required("one", &WORDS, "One row: `Case`, or in languages `{en: Case, de: Fall}`."),
        required("many", &WORDS, "Several: `Cases`."),
    ],
);

/// More than this is no name of anything.
const LONGEST: usize = 200;

static SHOWN_TEXT: Word = Word {
    what: "text",
    finding: "invalid-value",
    pattern: r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]{1,200}$",
    check: check_shown,
    spell: |_| None,
    known: &[],
    sample: "Case",
    longest: None,
};

static LANGUAGE: Word = Word {
    what: "language",
    finding: "invalid-value",
    pattern: "^[a-z]{2,8}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-[a-z0-9]{4,8})*$",
    check: |text| Language::check(text).map_err(|error| error.to_string()),
    spell: |text| match Language::check(text) {
        Err(LanguageError::Spelling(spelt)) => Some(spelt),
        _ => None,
    },
    known: &[],
    sample: "de",
    longest: None,
};

/// What shows nothing of its own and changes what stands beside it: control characters, and those that turn the
/// direction of a text until another one ends it. Marks of a single place, which Arabic and Hebrew need, are none.
pub(in crate::spec) fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(in crate::spec) fn check_shown(text: &str) -> Result<(), String> {
    if text.chars().any(is_hidden) {
        return Err("it holds a character that cannot be seen".to_owned());
    }
    if text.trim().is_empty() {
        return Err("it shows nothing".to_owned());
    }
    let long = text.chars().count();
    if long > LONGEST { Err(format!("it has {long} characters, {LONGEST} is the most")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_schema_takes_what_the_reader_takes() {
        let long = "ö".repeat(LONGEST);
        let texts = [
            ("Fall", true),
            ("<b>&", true),
            ("قضية\u{200f}", true),
            (long.as_str(), true),
            ("", false),
            (" \u{a0}", false),
            ("a\u{202e}b", false),
            ("a\u{2066}b", false),
            ("a\nb", false),
            (&format!("{long}ö"), false),
        ];
        let tags = [("de", true), ("pt-BR", true), ("zh-Hant-TW", true), ("sl-nedis", true), ("de_DE", false)];
        let tags = tags.iter().chain(&[("DE", false), ("", false), ("d", false), ("de-<b>", false)]);
        for (word, cases) in [(&SHOWN_TEXT, &texts[..]), (&LANGUAGE, &tags.copied().collect::<Vec<_>>()[..])] {
            let validator = jsonschema::draft202012::new(&json!({ "pattern": word.pattern })).unwrap();
            for (text, fits) in cases {
                let both = ((word.check)(text).is_ok(), validator.is_valid(&json!(text)));
                assert_eq!(both, (*fits, *fits), "`{text}` as {}", word.what);
            }
        }
    }
}
