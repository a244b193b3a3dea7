//! The patterns of words: what an editor marks, and what the reader refuses.

use crate::spec::grammar::PERIOD;
use crate::spec::grammar::word::{self, Word};
use serde_json::json;

const TEXTS: &[&str] = &[
    "",
    "a",
    "all",
    "any_of",
    "A",
    "a1",
    "a_b",
    "a__b",
    "a-b",
    "1a",
    "crm.cases",
    "a.b.c",
    "support/customer",
    "a/b/c",
    "/",
    "30m",
    "0m",
    "1w",
    "#0b5fff",
    "#fff",
    "2027-01-01",
    "2026-01-15T09:00:00Z",
    "expires_at",
    "$row.min_tier",
    "$row.a-b",
    "gold",
    "reference(case)",
    "reference()",
    "enum",
    "text",
    "../x",
    "a/../b",
    "/x",
    "db/*.sql",
    "a\\b",
    "support.acme.example",
    "a b",
    "/support",
    "/Support",
    "Europe/Berlin",
    "UTC",
    "ann@globex.example",
    "ann",
    "1042",
    "größe",
    "guest-write",
    "an_extremely_long_name_that_goes_on_and_on_until_it_is_longer_than_allowed",
];

/// An editor must not mark what the reader takes. The other way round a pattern may be looser: no pattern
/// knows how many days a month has.
#[test]
fn no_pattern_is_stricter_than_the_reader() {
    let words: &[&Word] = &[
        &word::NAME,
        &word::FIELD,
        &word::FIELD_SET_OR_FIELD,
        &word::PROJECT_NAME,
        &word::FIELD_SET,
        &word::CHECK_ID,
        &word::COLUMN,
        &word::SCHEMA,
        &word::TABLE,
        &word::PERSONA,
        &word::DURATION,
        &word::COLOR,
        &word::DATE,
        &word::TIME_BOUND,
        &word::TIER_BOUND,
        &word::FIELD_TYPE,
        &word::PATH,
        &word::HOST,
        &word::WEB_PATH,
        &word::TIMEZONE,
        &word::EMAIL,
        &word::KEY_VALUE,
        &PERIOD,
    ];
    let names = ["name", "field name", "project name", "duration", "colour", "relative path", "field type"];
    for word in words {
        assert!((word.check)(word.sample).is_ok(), "{}", word.what);
        let validator = jsonschema::draft202012::new(&json!({ "pattern": word.pattern })).unwrap();
        for text in TEXTS.iter().copied().chain(words.iter().map(|word| word.sample)) {
            let (reader, pattern) = ((word.check)(text).is_ok(), validator.is_valid(&json!(text)));
            assert!(pattern || !reader, "the schema refuses `{text}` as {}, the reader does not", word.what);
            assert!(!names.contains(&word.what) || pattern == reader, "`{text}` as {}", word.what);
        }
    }
}
