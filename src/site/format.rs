//! Values of the database, as text, in the reader's form.

use super::view::{Cell, CellKind};
use super::wording;
use crate::model::{FieldType, Object};
use time::macros::format_description;
use time::{Date, Time};

/// What a value is, beside its text.
#[derive(Debug, Clone, Copy)]
pub struct Meaning<'a> {
    pub field_type: &'a FieldType,
    /// The currency in the same row.
    pub currency: Option<&'a str>,
    /// A number that names something is not grouped: order 10248 is not 10,248.
    pub identifies: bool,
    /// What the value of an enum is called, where that is written.
    pub called: Option<&'a str>,
}

/// The text of a value, `None` for NULL, for the reader. Timestamps come in the project's time zone
/// already.
pub fn cell(text: Option<&str>, meaning: Meaning<'_>) -> Cell {
    let Some(text) = text else { return Cell::none() };
    match meaning.field_type {
        FieldType::Text | FieldType::File | FieldType::Reference(_) if text.trim().is_empty() => Cell::none(),
        FieldType::Text | FieldType::File | FieldType::User | FieldType::Tenant => Cell::new(CellKind::Text, text),
        FieldType::Reference(_) => Cell::new(CellKind::Reference, text),
        FieldType::LongText => Cell::new(CellKind::Long, text.trim()),
        FieldType::Email => email(text),
        FieldType::Url => url(text),
        FieldType::Phone => phone(text),
        FieldType::Integer | FieldType::Decimal => Cell::new(CellKind::Number, number(text, meaning.identifies)),
        FieldType::Money => Cell::new(CellKind::Money, money(text, meaning.currency)),
        FieldType::Boolean => Cell::new(CellKind::Text, boolean(text)),
        FieldType::Date => date(text),
        FieldType::Timestamp => timestamp(text),
        FieldType::Uuid => Cell::new(CellKind::Code, text),
        FieldType::Enum(_) => {
            let called = meaning.called.map_or_else(|| wording::humanise(text), str::to_owned);
            Cell::new(CellKind::Tag, called).toned(wording::tone(text))
        }
        FieldType::Json => Cell::new(CellKind::Json, json(text)),
    }
}

fn boolean(text: &str) -> &str {
    match text {
        "true" | "t" => "Yes",
        "false" | "f" => "No",
        other => other,
    }
}

fn email(text: &str) -> Cell {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@._+-'".contains(c);
    let sound =
        text.split('@').count() == 2 && !text.starts_with('@') && !text.ends_with('@') && text.chars().all(plain);
    let cell = Cell::new(CellKind::Email, text);
    if sound { cell.leading_to(format!("mailto:{text}")) } else { cell }
}

fn phone(text: &str) -> Cell {
    let dial: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let sound = dial.len() >= 3 && text.chars().all(|c| c.is_ascii_digit() || "+-/(). ".contains(c));
    let cell = Cell::new(CellKind::Phone, text);
    if sound { cell.leading_to(format!("tel:{dial}")) } else { cell }
}

/// Only what a browser opens as a page is a link: `javascript:` and its kin stay text.
fn url(text: &str) -> Cell {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let sound = web && !rest.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if sound {
        Cell::new(CellKind::Url, rest.strip_suffix('/').unwrap_or(rest)).leading_to(text)
    } else {
        Cell::new(CellKind::Url, text)
    }
}

/// `-1234567.50` as `−1,234,567.50`; what is no plain number stays as it is.
fn number(text: &str, identifies: bool) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("−", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if identifies || !plain(whole) || !fraction.is_none_or(plain) {
        return text.to_owned();
    }
    // Four digits are often a year, and read well as they are.
    let grouped = if whole.len() < 5 && fraction.is_none() { whole.to_owned() } else { group(whole) };
    fraction.map_or_else(|| format!("{sign}{grouped}"), |fraction| format!("{sign}{grouped}.{fraction}"))
}

fn group(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn money(text: &str, currency: Option<&str>) -> String {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let amount = if whole { number(&format!("{text}.00"), false) } else { number(text, false) };
    let code = currency.map(str::trim).filter(|code| !code.is_empty()).map(str::to_ascii_uppercase);
    let Some(code) = code else { return amount };
    let symbol = match code.as_str() {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" | "CNY" => "¥",
        "INR" => "₹",
        "CHF" => "CHF\u{a0}",
        _ => return format!("{amount}\u{a0}{code}"),
    };
    match amount.strip_prefix('−') {
        Some(rest) => format!("−{symbol}{rest}"),
        None => format!("{symbol}{amount}"),
    }
}

fn date(text: &str) -> Cell {
    let parsed = Date::parse(text, format_description!("[year]-[month]-[day]"));
    match parsed.ok().and_then(day) {
        Some(shown) => Cell::new(CellKind::Date, shown).machine(text),
        None => Cell::new(CellKind::Text, text),
    }
}

/// `2025-11-12 14:05:33.2` as `12 Nov 2025, 14:05`. What lies outside our calendar (`infinity`, a
/// year before Christ) stays as the database says it.
fn timestamp(text: &str) -> Cell {
    let parse = || {
        let (date, time) = text.split_once(' ').filter(|_| !text.ends_with("BC"))?;
        let date = Date::parse(date, format_description!("[year]-[month]-[day]")).ok()?;
        let time = Time::parse(time.get(..8)?, format_description!("[hour]:[minute]:[second]")).ok()?;
        let clock = time.format(format_description!("[hour]:[minute]")).ok()?;
        let shown = format!("{}, {clock}", day(date)?);
        Some(Cell::new(CellKind::Timestamp, shown).machine(format!("{date}T{clock}")))
    };
    parse().unwrap_or_else(|| Cell::new(CellKind::Text, text))
}

fn day(date: Date) -> Option<String> {
    date.format(format_description!("[day padding:none] [month repr:short] [year]")).ok()
}

/// A day as it is said on the page, from `2025-11-12`.
pub fn say_date(text: &str) -> Option<String> {
    let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    day(date)
}

fn json(text: &str) -> String {
    serde_json::from_str::<serde_json::Value>(text)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| text.to_owned())
}

/// How many there are: `12`, `1,000+` where counting stopped at the limit.
pub fn count(rows: i64, limit: i64) -> String {
    if rows > limit { format!("{}+", group(&limit.to_string())) } else { group(&rows.to_string()) }
}

/// How old rows that are copied from another system may be; `None`: they are of this moment, or nobody says.
pub fn as_of(object: &Object) -> Option<String> {
    let seconds = object.source.as_ref()?.max_staleness.filter(|seconds| *seconds > 0)?;
    Some(format!("As of up to {} ago", span(seconds)))
}

/// In the largest unit of which it is a whole number: `15 minutes`, `1 hour`.
fn span(seconds: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let unit = UNITS.into_iter().find(|(length, _)| seconds.is_multiple_of(*length));
    let (length, unit) = unit.unwrap_or((1, "second"));
    let count = seconds / length;
    if count == 1 { format!("1 {unit}") } else { format!("{} {unit}s", group(&count.to_string())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_in_its_largest_whole_unit() {
        let spans =
            [(30, "30 seconds"), (60, "1 minute"), (900, "15 minutes"), (5400, "90 minutes"), (7200, "2 hours")];
        for (seconds, said) in spans.into_iter().chain([(86_400, "1 day"), (2000 * 86_400, "2,000 days")]) {
            assert_eq!(span(seconds), said);
        }
    }

    fn shown(field_type: &FieldType, text: &str) -> Cell {
        cell(Some(text), Meaning { field_type, currency: None, identifies: false, called: None })
    }

    #[test]
    fn numbers_are_grouped_unless_they_name_something() {
        for (from, to) in [
            ("1234567.50", "1,234,567.50"),
            ("-12345", "−12,345"),
            ("2025", "2025"),
            ("1234.5", "1,234.5"),
            ("0", "0"),
            ("NaN", "NaN"),
            ("1e30", "1e30"),
        ] {
            assert_eq!(number(from, false), to);
        }
        assert_eq!(number("10248", true), "10248");
    }

    #[test]
    fn money_says_its_currency() {
        assert_eq!(money("1240", Some("EUR")), "€1,240.00");
        assert_eq!(money("-1240.50", Some("usd ")), "−$1,240.50");
        assert_eq!(money("12.00", Some("SEK")), "12.00\u{a0}SEK");
        assert_eq!(money("12.00", None), "12.00");
        assert_eq!(money("NaN", None), "NaN");
        assert_eq!(money("Infinity", Some("EUR")), "€Infinity");
        assert_eq!(money("-Infinity", None), "-Infinity");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(shown(&FieldType::Url, "https://acme.example/").href.as_deref(), Some("https://acme.example/"));
        for text in [
            "javascript:alert(1)",
            "JAVASCRIPT://x%0aalert(1)",
            "data:text/html,x",
            "https://",
            "https://a b",
            "x",
            "//a",
        ] {
            assert_eq!(shown(&FieldType::Url, text).href, None, "{text}");
        }
        assert_eq!(shown(&FieldType::Email, "a@b.example").href.as_deref(), Some("mailto:a@b.example"));
        for text in ["a@b?cc=x@y.example", "a", "a@b@c", "@", "a@b\r\nx"] {
            assert_eq!(shown(&FieldType::Email, text).href, None, "{text}");
        }
        assert_eq!(shown(&FieldType::Phone, "+49 (30) 123-4").href.as_deref(), Some("tel:+49301234"));
        assert_eq!(shown(&FieldType::Phone, "call me").href, None);
    }

    #[test]
    fn dates_are_said_and_stay_readable_for_programs() {
        let cell = shown(&FieldType::Timestamp, "2025-11-02 14:05:33.25");
        assert_eq!((cell.text.as_str(), cell.machine.as_deref()), ("2 Nov 2025, 14:05", Some("2025-11-02T14:05")));
        assert_eq!(shown(&FieldType::Date, "2024-02-29").text, "29 Feb 2024");
        for odd in ["infinity", "0044-03-15 00:00:00 BC", "294276-12-31 00:00:00", "x é"] {
            assert_eq!(shown(&FieldType::Timestamp, odd).text, odd);
        }
    }

    #[test]
    fn null_and_blank_are_not_set() {
        let meaning = Meaning { field_type: &FieldType::Text, currency: None, identifies: false, called: None };
        assert_eq!(cell(None, meaning).kind, CellKind::None);
        assert_eq!(cell(Some("  "), meaning).kind, CellKind::None);
    }

    #[test]
    fn counting_stops_at_its_limit() {
        assert_eq!(
            (count(12, 1000), count(1000, 1000), count(1001, 1000)),
            ("12".into(), "1,000".into(), "1,000+".into())
        );
    }
}
