//! Values of rows, and how two of them compare.

use super::truth::Truth;
use crate::model::FieldType;
use std::borrow::Cow;
use std::cmp::Ordering;
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Datum {
    Null,
    /// As it is written; what it means is the column's to say.
    Text(String),
    /// The moment at which the question is asked.
    Now,
    /// The day of that moment.
    Today,
    /// Nobody said, because of this.
    Untold(String),
}

impl Datum {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn of(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }

    pub fn is_null(&self) -> Truth {
        match self {
            Self::Null => Truth::Yes,
            Self::Untold(why) => Truth::untold(why),
            _ => Truth::No,
        }
    }
}

/// Values that compare with each other, by what a field says of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::analysis) enum Kind {
    Text,
    Number,
    Boolean,
    Date,
    Timestamp,
    /// A key, or a column of which nothing is said.
    Key,
    Opaque,
}

impl Kind {
    pub(in crate::analysis) fn of(field_type: Option<&FieldType>) -> Self {
        match field_type {
            None | Some(FieldType::Reference(_) | FieldType::User | FieldType::Tenant | FieldType::Uuid) => Self::Key,
            Some(FieldType::Integer | FieldType::Decimal | FieldType::Money) => Self::Number,
            Some(FieldType::Boolean) => Self::Boolean,
            Some(FieldType::Date) => Self::Date,
            Some(FieldType::Timestamp) => Self::Timestamp,
            Some(FieldType::File | FieldType::Json) => Self::Opaque,
            Some(_) => Self::Text,
        }
    }
}

/// The time of the question.
#[derive(Debug, Clone, Copy)]
pub(in crate::analysis) struct Clock {
    pub(in crate::analysis) now: OffsetDateTime,
    /// Of the project's time zone at that time; `None`: only its name is known.
    pub(in crate::analysis) offset: Option<UtcOffset>,
}

/// How two values compare; where one is empty or not told, that is the answer to any question about them.
pub(in crate::analysis) fn order(kind: Kind, clock: Clock, left: &Datum, right: &Datum) -> Result<Ordering, Truth> {
    let both = [left, right];
    if let Some(why) = both.iter().find_map(|datum| if let Datum::Untold(why) = datum { Some(why) } else { None }) {
        return Err(Truth::untold(why));
    }
    if both.contains(&&Datum::Null) {
        return Err(Truth::Null);
    }
    let unread = || Truth::untold(format!("{} and {} do not compare here", said(left), said(right)));
    match kind {
        Kind::Opaque => Err(unread()),
        Kind::Number => match (number(left), number(right)) {
            (Some(left), Some(right)) => Ok(compare_numbers(left, right)),
            // Keys of people and tenants stand in such columns by their labels.
            _ => compare_texts(left, right).ok_or_else(unread),
        },
        Kind::Boolean => match (boolean(left), boolean(right)) {
            (Some(left), Some(right)) => Ok(left.cmp(&right)),
            _ => Err(unread()),
        },
        Kind::Date => days(clock, left).zip(days(clock, right)).ok_or_else(unread).and_then(between),
        Kind::Timestamp => moments(clock, left).zip(moments(clock, right)).ok_or_else(unread).and_then(between),
        Kind::Text | Kind::Key => compare_texts(left, right).ok_or_else(unread),
    }
}

pub(super) fn equal(kind: Kind, clock: Clock, left: &Datum, right: &Datum) -> Truth {
    match order(kind, clock, left, right) {
        Ok(order) => Truth::of(order == Ordering::Equal),
        Err(truth) => truth,
    }
}

/// Whether two equal values leave a column as it was. Numbers without a fixed scale keep the one they were written with, so
/// 2.5 and 2.50 are two; and a UUID in other letters is another text where the column holds text.
pub(super) fn are_stored_alike(kind: Kind, left: &Datum, right: &Datum) -> bool {
    let (Datum::Text(left), Datum::Text(right)) = (left, right) else { return true };
    let scale = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    match kind {
        Kind::Number => scale(left) == scale(right),
        Kind::Key => left == right,
        _ => true,
    }
}

/// Keys are the same where their texts are; UUIDs in whatever letters.
pub(super) fn same_key(left: &Datum, right: &Datum) -> Truth {
    match (left, right) {
        (Datum::Untold(why), _) | (_, Datum::Untold(why)) => Truth::untold(why),
        (Datum::Null, _) | (_, Datum::Null) => Truth::Null,
        (Datum::Text(left), Datum::Text(right)) => Truth::of(are_one_key(left, right)),
        _ => Truth::untold("a point in time is no key"),
    }
}

fn are_one_key(left: &str, right: &str) -> bool {
    left == right || (left.eq_ignore_ascii_case(right) && uuid::Uuid::try_parse(left).is_ok())
}

/// One text for all that are one key.
pub(super) fn key_text(text: &str) -> Cow<'_, str> {
    let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_lower || uuid::Uuid::try_parse(text).is_err() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_ascii_lowercase())
    }
}

fn said(datum: &Datum) -> String {
    match datum {
        Datum::Null => "nothing".to_owned(),
        Datum::Text(text) => format!("`{}`", text.escape_debug()),
        Datum::Now => "now".to_owned(),
        Datum::Today => "today".to_owned(),
        Datum::Untold(_) => "something".to_owned(),
    }
}

fn compare_texts(left: &Datum, right: &Datum) -> Option<Ordering> {
    match (left, right) {
        (Datum::Text(left), Datum::Text(right)) if are_one_key(left, right) => Some(Ordering::Equal),
        (Datum::Text(left), Datum::Text(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

fn boolean(datum: &Datum) -> Option<bool> {
    match datum {
        Datum::Text(text) => match text.to_lowercase().as_str() {
            "true" | "t" => Some(true),
            "false" | "f" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Sign, digits before the point without leading zeros, digits behind it without trailing ones.
type Number<'a> = (bool, &'a str, &'a str);

fn number(datum: &Datum) -> Option<Number<'_>> {
    let Datum::Text(text) = datum else { return None };
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    Some((negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction))
}

fn compare_numbers(left: Number<'_>, right: Number<'_>) -> Ordering {
    let size = |a: Number<'_>, b: Number<'_>| (a.1.len(), a.1, a.2).cmp(&(b.1.len(), b.1, b.2));
    match (left.0, right.0) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => size(left, right),
        (true, true) => size(right, left),
    }
}

/// From the earliest to the latest that is meant: they are one but where the time zone's offset is not known.
type Span<T> = (T, T);

fn between<T: Ord>((left, right): (Span<T>, Span<T>)) -> Result<Ordering, Truth> {
    if left.0 == left.1 && right.0 == right.1 {
        return Ok(left.0.cmp(&right.0));
    }
    if left.1 < right.0 {
        Ok(Ordering::Less)
    } else if left.0 > right.1 {
        Ok(Ordering::Greater)
    } else {
        Err(Truth::untold("the hour in the project's time zone is not known here"))
    }
}

/// No place on earth is further from UTC.
const WEST: Duration = Duration::hours(-12);
const EAST: Duration = Duration::hours(14);

fn days(clock: Clock, datum: &Datum) -> Option<Span<Date>> {
    match datum {
        Datum::Now | Datum::Today => Some(match clock.offset {
            Some(offset) => {
                let today = clock.now.to_offset(offset).date();
                (today, today)
            }
            None => (
                clock.now.to_offset(UtcOffset::UTC).saturating_add(WEST).date(),
                clock.now.to_offset(UtcOffset::UTC).saturating_add(EAST).date(),
            ),
        }),
        Datum::Text(text) => day(text).map(|day| (day, day)),
        _ => None,
    }
}

fn day(text: &str) -> Option<Date> {
    match text {
        "infinity" => Some(Date::MAX),
        "-infinity" => Some(Date::MIN),
        text => Date::parse(text.get(..10)?, time::macros::format_description!("[year]-[month]-[day]")).ok(),
    }
}

fn moments(clock: Clock, datum: &Datum) -> Option<Span<OffsetDateTime>> {
    match datum {
        Datum::Now => Some((clock.now, clock.now)),
        Datum::Today => {
            let (first, last) = days(clock, datum)?;
            let begins = |day: Date| in_zone(clock, day.midnight());
            Some((begins(first).0, begins(last).1))
        }
        Datum::Text(text) => moment(clock, text),
        _ => None,
    }
}

/// A time without an offset is meant in the project's time zone.
fn in_zone(clock: Clock, local: PrimitiveDateTime) -> Span<OffsetDateTime> {
    // The offset is known for the time of the question; half a year on it may be another, but where there is none.
    match clock.offset.filter(|offset| offset.is_utc()) {
        Some(offset) => (local.assume_offset(offset), local.assume_offset(offset)),
        None => (local.assume_utc().saturating_sub(EAST), local.assume_utc().saturating_sub(WEST)),
    }
}

/// As ISO 8601 and as PostgreSQL writes it.
fn moment(clock: Clock, text: &str) -> Option<Span<OffsetDateTime>> {
    let ends = |utc: OffsetDateTime| Some((utc, utc));
    match text {
        "infinity" => return ends(Date::MAX.midnight().assume_utc()),
        "-infinity" => return ends(Date::MIN.midnight().assume_utc()),
        _ => {}
    }
    let date = day(text)?;
    let rest = text.get(10..)?.trim_start_matches(['T', ' ']);
    if rest.is_empty() {
        return Some(in_zone(clock, PrimitiveDateTime::new(date, Time::MIDNIGHT)));
    }
    let with_offset = match rest.rfind(['+', '-']) {
        Some(at) if rest.len() - at == 3 => format!("{date}T{rest}:00"),
        _ => format!("{date}T{rest}"),
    };
    if let Ok(moment) = OffsetDateTime::parse(&with_offset, &Rfc3339) {
        return ends(moment.to_offset(UtcOffset::UTC));
    }
    let local = OffsetDateTime::parse(&format!("{with_offset}Z"), &Rfc3339).ok()?;
    Some(in_zone(clock, PrimitiveDateTime::new(local.date(), local.time())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const CLOCK: Clock = Clock { now: datetime!(2026-01-15 23:30 UTC), offset: Some(UtcOffset::UTC) };

    fn compared(kind: Kind, left: &str, right: &str) -> Result<Ordering, Truth> {
        order(kind, CLOCK, &Datum::text(left), &Datum::text(right))
    }

    #[test]
    fn numbers_compare_by_what_they_are() {
        assert_eq!(compared(Kind::Number, "10", "9"), Ok(Ordering::Greater));
        assert_eq!(compared(Kind::Number, "010.50", "10.5"), Ok(Ordering::Equal));
        assert_eq!(compared(Kind::Number, "-10", "-9"), Ok(Ordering::Less));
        assert_eq!(compared(Kind::Number, "-0.0", "0"), Ok(Ordering::Equal));
        assert_eq!(compared(Kind::Number, "-1", "1"), Ok(Ordering::Less));
        assert_eq!(compared(Kind::Number, "0.15", "0.2"), Ok(Ordering::Less));
    }

    #[test]
    fn times_compare_by_their_instants_however_they_are_written() {
        assert_eq!(compared(Kind::Timestamp, "2026-01-15T10:00:00Z", "2026-01-15 11:00:00+01"), Ok(Ordering::Equal));
        assert_eq!(
            compared(Kind::Timestamp, "2026-01-15 10:00:00.5+00", "2026-01-15T10:00:00Z"),
            Ok(Ordering::Greater)
        );
        assert_eq!(compared(Kind::Timestamp, "2026-01-15", "2026-01-15T00:00:00Z"), Ok(Ordering::Equal));
        assert_eq!(compared(Kind::Timestamp, "infinity", "2026-01-15T00:00:00Z"), Ok(Ordering::Greater));
        assert_eq!(compared(Kind::Date, "2026-01-15T10:00:00Z", "2026-01-15"), Ok(Ordering::Equal));
        assert_eq!(order(Kind::Date, CLOCK, &Datum::Now, &Datum::text("2026-01-15")), Ok(Ordering::Equal));
    }

    #[test]
    fn a_day_in_a_zone_of_which_only_the_name_is_known_is_told_where_it_is_sure() {
        let clock = Clock { offset: None, ..CLOCK };
        let today = |text: &str| equal(Kind::Date, clock, &Datum::Today, &Datum::text(text));
        assert_eq!(today("2026-01-17"), Truth::No);
        assert!(matches!(today("2026-01-16"), Truth::Untold(_)));
    }

    #[test]
    fn nothing_equals_nothing() {
        assert_eq!(equal(Kind::Text, CLOCK, &Datum::Null, &Datum::Null), Truth::Null);
        assert_eq!(same_key(&Datum::Null, &Datum::text("1")), Truth::Null);
    }
}
