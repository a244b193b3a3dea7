//! Forms of text: names, columns, tables, dates, durations.

use super::duration::spell_duration;
use super::time_zone::{check_time_zone, spell_time_zone};
use crate::names::{Ident, MAX_IDENTIFIER_BYTES, PersonaName};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// A form of text and how to tell whether something has it.
#[derive(Debug)]
pub(in crate::spec) struct Word {
    /// In the singular, without article: `column name`.
    pub(in crate::spec) what: &'static str,
    /// The finding when it does not fit.
    pub(in crate::spec) finding: &'static str,
    /// For the JSON Schema; empty where no pattern says it.
    pub(in crate::spec) pattern: &'static str,
    /// Says why `text` does not fit.
    pub(in crate::spec) check: fn(&str) -> Result<(), String>,
    /// The nearest spelling that fits, where there is one.
    pub(in crate::spec) spell: fn(&str) -> Option<String>,
    /// The words that fit, where they are few.
    pub(in crate::spec) known: &'static [&'static str],
    /// One that fits.
    pub(in crate::spec) sample: &'static str,
    /// Bytes of each part, after which PostgreSQL would cut; longer ones are a finding of their own.
    pub(in crate::spec) longest: Option<usize>,
}

impl Word {
    /// The finding for a `text` that does not fit.
    pub(in crate::spec) fn finding(&self, text: &str) -> &'static str {
        let cut = self.longest.is_some_and(|longest| text.split('.').any(|part| part.len() > longest));
        if cut { "identifier-too-long" } else { self.finding }
    }

    const fn no_longer_than(self, bytes: usize) -> Self {
        Self { longest: Some(bytes), ..self }
    }
}

const NAME_PATTERN: &str = "^(?!.*__)[a-z][a-z0-9_-]{0,62}$";

const fn name(what: &'static str, sample: &'static str) -> Word {
    Word {
        what,
        finding: "invalid-name",
        pattern: NAME_PATTERN,
        check: check_name,
        spell: spell_field,
        known: &[],
        sample,
        longest: None,
    }
}

pub(super) const fn value(
    what: &'static str,
    pattern: &'static str,
    check: fn(&str) -> Result<(), String>,
    sample: &'static str,
) -> Word {
    Word { what, finding: "invalid-value", pattern, check, spell: |_| None, known: &[], sample, longest: None }
}

pub(in crate::spec) static NAME: Word = name("name", "sample");
pub(in crate::spec) static FIELD_SET_OR_FIELD: Word = name("field or field set", "sample");
pub(in crate::spec) static FIELD: Word = Word {
    what: "field name",
    finding: "invalid-name",
    pattern: "^(?!.*__)(?!(all|any_of)$)[a-z][a-z0-9_]{0,62}$",
    check: check_field,
    spell: spell_field,
    known: &[],
    sample: "sample",
    longest: None,
};
pub(in crate::spec) static SORT: Word = value(
    "order of rows",
    "^-?(?!.*__)(?!(all|any_of)$)[a-z][a-z0-9_]{0,62}$",
    |text| check_field(text.strip_prefix('-').unwrap_or(text)),
    "-created_at",
);
pub(in crate::spec) static FIELD_SET: Word = Word {
    what: "field set name",
    pattern: "^(?!.*__)(?!all$)[a-z][a-z0-9_-]{0,62}$",
    check: check_field_set,
    ..name("", "sample")
};
pub(in crate::spec) static PROJECT_NAME: Word = Word {
    what: "project name",
    finding: "invalid-name",
    pattern: "^(?!.*__)[a-z][a-z0-9_]{0,19}$",
    check: check_project,
    spell: |_| None,
    known: &[],
    sample: "sample",
    longest: Some(20),
};
pub(in crate::spec) static CHECK_ID: Word = value("check id", "^[a-z][a-z0-9-]*$", check_check_id, "guest-write");
pub(in crate::spec) static COLUMN: Word =
    value("column name", "^.{1,63}$", check_identifier, "sample_id").no_longer_than(MAX_IDENTIFIER_BYTES);
pub(in crate::spec) static SCHEMA: Word =
    value("database schema", "^.{1,63}$", check_identifier, "sample").no_longer_than(MAX_IDENTIFIER_BYTES);
pub(in crate::spec) static TABLE: Word =
    value("table name", r"^[^.]{1,63}(\.[^.]{1,63})?$", check_table, "crm.sample").no_longer_than(MAX_IDENTIFIER_BYTES);
pub(in crate::spec) static PERSONA: Word =
    value("`portal/audience`", "^[^/]+/[^/]+$", check_persona, "support/customer");
pub(in crate::spec) static EXTENDED: Word = value("`module/name`", "^[^/]+/[^/]+$", check_extended, "sample/sample");
pub(in crate::spec) static DURATION: Word = Word {
    spell: spell_duration,
    ..value("duration", "^[1-9][0-9]{0,5}[smhd]$", |text| parse_duration(text).map(drop), "30m")
};
pub(in crate::spec) static COLOR: Word = value("colour", "^#[0-9a-fA-F]{6}$", check_color, "#0b5fff");
pub(in crate::spec) static DATE: Word = value("date", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", check_date, "2027-01-01");
pub(in crate::spec) static TIME_BOUND: Word = value(
    "field name, date or timestamp",
    "^((?!.*__)[a-z][a-z0-9_]{0,62}|[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2}))?)$",
    check_time_bound,
    "expires_at",
);
pub(in crate::spec) static TIER_BOUND: Word = value(
    "tier or `$row.<field>`",
    r"^(?!.*__)(\$row\.[a-z][a-z0-9_]{0,62}|[a-z][a-z0-9_-]{0,62})$",
    check_tier_bound,
    "$row.min_tier",
);
pub(in crate::spec) static FIELD_TYPE: Word = Word {
    what: "field type",
    finding: "invalid-value",
    pattern: r"^(text|long_text|email|url|phone|integer|decimal|money|boolean|date|timestamp|uuid|user|tenant|file|json|reference\((?!.*__)[a-z][a-z0-9_-]{0,62}\))$",
    check: check_field_type,
    spell: super::type_names::spell_type,
    known: FIELD_TYPES,
    sample: "text",
    longest: None,
};
pub(in crate::spec) static PATH: Word =
    value("relative path", r"^(?!/)(?!.*\\)(?!(.*/)?\.\.(/|$)).+$", check_path, "objects");
pub(in crate::spec) static HOST: Word =
    value("host name", "^[a-zA-Z0-9.-]{1,253}$", check_host, "support.acme.example");
pub(in crate::spec) static WEB_PATH: Word =
    value("path of a web address", "^/[a-z0-9/_-]*$", check_web_path, "/support");
pub(in crate::spec) static TIMEZONE: Word =
    Word { spell: spell_time_zone, ..value("time zone", "^[A-Za-z0-9_+/-]{1,64}$", check_time_zone, "Europe/Berlin") };
pub(in crate::spec) static EMAIL: Word =
    value("e-mail address", "^[^@\\s]+@[^@\\s]+$", check_email, "ann@globex.example");
pub(in crate::spec) static KEY_VALUE: Word = value("key", "^.+$", check_not_empty, "1042");
/// A value of a column of the business, as text: the left side of `values:`.
pub(in crate::spec) static COLUMN_VALUE: Word = value("value of the column", "", |_| Ok(()), "C");

pub(in crate::spec) const FIELD_TYPES: &[&str] = &[
    "text",
    "long_text",
    "email",
    "url",
    "phone",
    "integer",
    "decimal",
    "money",
    "boolean",
    "date",
    "timestamp",
    "uuid",
    "user",
    "tenant",
    "file",
    "json",
];

/// Lowercase, with `_` for what a name cannot hold.
fn spell_field(text: &str) -> Option<String> {
    let mut spelling = String::new();
    for c in text.chars().take(200) {
        let c = c.to_ascii_lowercase();
        let c = if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '_' };
        if !(c == '_' && (spelling.is_empty() || spelling.ends_with('_'))) {
            spelling.push(c);
        }
    }
    let spelling = spelling.trim_end_matches('_');
    // Where most of it would be replaced, the spelling is a guess that helps nobody.
    (text.is_ascii() && check_field(spelling).is_ok()).then(|| spelling.to_owned())
}

pub(super) fn check_name(text: &str) -> Result<(), String> {
    let Some(first) = text.chars().next() else { return Err("it is empty".to_owned()) };
    if !first.is_ascii_lowercase() {
        return Err("it must begin with a lowercase letter".to_owned());
    }
    if let Some(bad) = text.chars().find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')))
    {
        return Err(format!("it holds `{bad}`; a name has lowercase letters, digits and `_`"));
    }
    if text.contains("__") {
        return Err("it holds `__`, which separates the parts of role names".to_owned());
    }
    if text.len() > 63 { Err(format!("it is {} bytes long, 63 is the most", text.len())) } else { Ok(()) }
}

fn check_field(text: &str) -> Result<(), String> {
    check_name(text)?;
    match text {
        "all" => return Err(format!("{MEANS_EVERY_FIELD}; give the field another name and write `column: all`")),
        "any_of" => {
            return Err(
                "in a `where` it begins a list; give the field another name and write `column: any_of`".to_owned()
            );
        }
        _ => {}
    }
    if text.contains('-') {
        return Err(
            "it holds `-`; a field has lowercase letters, digits and `_`, since it is a column's name too".to_owned()
        );
    }
    Ok(())
}

fn check_field_set(text: &str) -> Result<(), String> {
    if text == "all" { Err(MEANS_EVERY_FIELD.to_owned()) } else { check_name(text) }
}

const MEANS_EVERY_FIELD: &str = "in a grant `all` means every field";

fn check_project(text: &str) -> Result<(), String> {
    check_name(text)?;
    if text.contains('-') {
        return Err("it holds `-`; a project's name has lowercase letters, digits and `_`".to_owned());
    }
    if text.len() > 20 {
        return Err(format!("it is {} bytes long; 20 is the most, since it begins every role's name", text.len()));
    }
    Ok(())
}

fn check_check_id(text: &str) -> Result<(), String> {
    let fits = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if fits { Ok(()) } else { Err("a check's id is lowercase words with `-` between them".to_owned()) }
}

fn check_not_empty(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(()) }
}

fn check_identifier(text: &str) -> Result<(), String> {
    Ident::check(text).map(drop).map_err(|error| error.to_string())
}

fn check_table(text: &str) -> Result<(), String> {
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() > 2 {
        return Err("a table is written `schema.table`, or `table` in the project's schema".to_owned());
    }
    parts.into_iter().try_for_each(check_identifier)
}

pub(super) fn check_persona(text: &str) -> Result<(), String> {
    let persona =
        PersonaName::parse(text).ok_or_else(|| "an audience of a portal is written `portal/audience`".to_owned())?;
    check_name(persona.portal.as_str())?;
    check_name(persona.audience.as_str())
}

/// Seconds of `30m`, `12h`, `45s`, `30d`.
pub(in crate::spec) fn parse_duration(text: &str) -> Result<u64, String> {
    let wrong = || "a duration is a number with `s`, `m`, `h` or `d`: `30m`".to_owned();
    let digits = text.get(..text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let unit = match &text[digits.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    if digits.is_empty()
        || digits.len() > 6
        || digits.starts_with('0')
        || !digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err(wrong());
    }
    digits.parse::<u64>().map(|count| count * unit).map_err(|_| wrong())
}

fn check_color(text: &str) -> Result<(), String> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    let fits = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { Ok(()) } else { Err("a colour is written `\"#rrggbb\"`".to_owned()) }
}

fn check_date(text: &str) -> Result<(), String> {
    time::Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map(drop)
        .map_err(|_| "a date is written `YYYY-MM-DD`".to_owned())
}

pub(super) fn check_timestamp(text: &str) -> Result<(), String> {
    time::OffsetDateTime::parse(text, &Rfc3339)
        .map(drop)
        .map_err(|_| "a timestamp is written `2026-01-15T09:00:00Z`".to_owned())
}

/// Whether a time bound is a fixed moment rather than a field.
pub(in crate::spec) fn is_moment(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn check_time_bound(text: &str) -> Result<(), String> {
    if !is_moment(text) {
        check_field(text)
    } else if text.len() <= 10 {
        check_date(text)
    } else {
        check_timestamp(text)
    }
}

fn check_tier_bound(text: &str) -> Result<(), String> {
    text.strip_prefix("$row.").map_or_else(|| check_name(text), check_field)
}

/// The object of `reference(object)`.
pub(in crate::spec) fn referenced(text: &str) -> Option<&str> {
    text.strip_prefix("reference(")?.strip_suffix(')')
}

fn check_field_type(text: &str) -> Result<(), String> {
    if let Some(object) = referenced(text) {
        return check_name(object);
    }
    if FIELD_TYPES.contains(&text) {
        return Ok(());
    }
    if text == "enum" {
        return Err("an enum needs its values: write `{type: enum, values: [low, high]}`, or the list alone".to_owned());
    }
    Err(format!("the types are {}, enum and reference(object)", FIELD_TYPES.join(", ")))
}

fn check_path(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.starts_with('/') || text.contains('\\') || text.contains('\0') {
        return Err("it must be relative to the project folder, with `/`".to_owned());
    }
    if text.split('/').any(|part| part == "..") {
        return Err("it leads out of the project folder".to_owned());
    }
    Ok(())
}

fn check_host(text: &str) -> Result<(), String> {
    let label = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let fits = text.len() <= 253 && text.split('.').all(label);
    if fits {
        Ok(())
    } else {
        Err("a host is a name such as `support.acme.example`, without scheme, port and path".to_owned())
    }
}

fn check_web_path(text: &str) -> Result<(), String> {
    let fits = text.starts_with('/')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'/' | b'-' | b'_'))
        && !text.contains("//");
    if fits { Ok(()) } else { Err("a path begins with `/` and has lowercase letters, digits, `-` and `_`".to_owned()) }
}

fn check_extended(text: &str) -> Result<(), String> {
    let fits = text.split_once('/').is_some_and(|(module, name)| check_name(module).and(check_name(name)).is_ok());
    if fits { Ok(()) } else { Err("a document of a module is written `module/name`".to_owned()) }
}

fn check_email(text: &str) -> Result<(), String> {
    let fits = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
    });
    if fits { Ok(()) } else { Err("an e-mail address is written `ann@globex.example`".to_owned()) }
}
