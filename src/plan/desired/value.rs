//! Constants and variables of a condition, in the type of the column they meet. The column itself
//! is never cast: that would lose its index.

use super::compiler::{CompileError, Compiler};
use super::predicate::ACTING;
use crate::model::Value;
use crate::names::Ident;
use crate::state::Column;

/// Whose clock a condition asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The signed context's: nobody has no time, so a condition on it denies.
    Context,
    /// The server's, for tenants and people: they are looked up before there is a context.
    Server,
}

/// The four ways in which a point in time meets a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TimeType {
    Date,
    Timestamp,
    TimestampTz,
    NotTime,
}

fn time_type(column: &Column) -> TimeType {
    match base_type(column) {
        "date" => TimeType::Date,
        "timestamp" => TimeType::Timestamp,
        "timestamptz" => TimeType::TimestampTz,
        _ => TimeType::NotTime,
    }
}

/// `int4` of `pg_catalog.int4`; the whole for types of other schemas.
pub fn base_type(column: &Column) -> &str {
    column.cast_type.strip_prefix("pg_catalog.").unwrap_or(&column.cast_type)
}

impl Compiler<'_> {
    /// `value` as an expression that compares with `column`.
    ///
    /// # Errors
    /// It is another field of a row: only who knows the row can say that.
    pub(super) fn value(&self, column: &Column, value: &Value, clock: Clock) -> Result<String, CompileError> {
        let cast = |sql: String| format!("({sql})::{}", column.cast_type);
        Ok(match value {
            Value::Text(text) => self.literal(column, text),
            Value::Number(text) => number(column, text),
            Value::Boolean(value) => value.to_string(),
            Value::User(key) => cast(self.call("user_key", &[key.as_str()])),
            Value::Tenant { key, kind } => {
                cast(self.call("tenant_key", &[kind.as_ref().map_or("", |kind| kind.as_str()), key.as_str()]))
            }
            Value::Tier => cast(self.call("tier", &[])),
            Value::Now => self.now(column, clock),
            Value::Today => self.today(column, clock),
            Value::Row(field) => return Err(CompileError::MisplacedRow(field.clone())),
        })
    }

    /// `(SELECT "control"."function"(acting, 'argument', …))`: a sub-select of its own is evaluated once per query.
    pub(super) fn call(&self, function: &str, arguments: &[&str]) -> String {
        let arguments: String = arguments.iter().map(|argument| format!(", {}", Ident::literal(argument))).collect();
        format!("(SELECT {}.{}({ACTING}{arguments}))", self.control(), Ident::new(function))
    }

    pub(super) fn instant(&self, clock: Clock) -> String {
        match clock {
            Clock::Context => self.call("ctx_now", &[]),
            Clock::Server => "statement_timestamp()".to_owned(),
        }
    }

    fn day(&self, clock: Clock) -> String {
        match clock {
            Clock::Context => self.call("ctx_today", &[]),
            Clock::Server => format!("({} AT TIME ZONE {})::pg_catalog.date", self.instant(clock), self.time_zone()),
        }
    }

    /// Now, as a value of the column's type, in the project's time zone and never in the session's,
    /// which anybody may set.
    pub(super) fn now(&self, column: &Column, clock: Clock) -> String {
        match time_type(column) {
            TimeType::Date => self.day(clock),
            TimeType::Timestamp => format!("({} AT TIME ZONE {})", self.instant(clock), self.time_zone()),
            TimeType::TimestampTz | TimeType::NotTime => self.instant(clock),
        }
    }

    /// Today's first moment, as a value of the column's type.
    fn today(&self, column: &Column, clock: Clock) -> String {
        let today = self.day(clock);
        match time_type(column) {
            TimeType::Date | TimeType::NotTime => today,
            TimeType::Timestamp => format!("({today})::pg_catalog.timestamp"),
            TimeType::TimestampTz => {
                format!("(({today})::pg_catalog.timestamp AT TIME ZONE {})", self.time_zone())
            }
        }
    }

    /// A constant; dates and times without an offset are meant in the project's time zone.
    pub(super) fn literal(&self, column: &Column, text: &str) -> String {
        let constant = Ident::literal(text);
        match time_type(column) {
            TimeType::TimestampTz => self.moment(text),
            TimeType::Timestamp if has_offset(text) => {
                format!("({} AT TIME ZONE {})", self.moment(text), self.time_zone())
            }
            _ => format!("{constant}::{}", column.cast_type),
        }
    }

    /// A fixed point in time.
    pub(super) fn moment(&self, text: &str) -> String {
        let constant = Ident::literal(text);
        if has_offset(text) {
            format!("{constant}::pg_catalog.timestamptz")
        } else {
            format!("({constant}::pg_catalog.timestamp AT TIME ZONE {})", self.time_zone())
        }
    }

    fn time_zone(&self) -> String {
        Ident::literal(&self.model.project.timezone)
    }
}

/// ISO 8601 with `Z` or `+hh:mm` behind the time.
fn has_offset(text: &str) -> bool {
    let time = text.split_once(['T', ' ']).map_or("", |(_, time)| time);
    time.ends_with(['Z', 'z']) || time.contains(['+', '-'])
}

/// Whole numbers take the column's type; others, and what the type cannot hold, stay numeric.
fn number(column: &Column, text: &str) -> String {
    let constant = Ident::literal(text);
    let fits = match base_type(column) {
        "int2" => text.parse::<i16>().is_ok(),
        "int4" => text.parse::<i32>().is_ok(),
        "int8" => text.parse::<i64>().is_ok(),
        _ => column.category != 'N',
    };
    if fits { format!("{constant}::{}", column.cast_type) } else { format!("{constant}::pg_catalog.numeric") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_seen_behind_the_time_only() {
        assert!(has_offset("2026-01-01T10:00:00Z"));
        assert!(has_offset("2026-01-01 10:00+02:00"));
        assert!(has_offset("2026-01-01T10:00:00-05:00"));
        assert!(!has_offset("2026-01-01"));
        assert!(!has_offset("2026-01-01T10:00:00"));
    }

    #[test]
    fn numbers_that_a_type_cannot_hold_stay_numeric() {
        let column = |cast_type: &str| Column {
            display_type: String::new(),
            cast_type: cast_type.to_owned(),
            category: 'N',
            not_null: true,
            generated: false,
            has_default: false,
            draws_from: std::collections::BTreeSet::new(),
        };
        assert_eq!(number(&column("pg_catalog.int4"), "7"), "'7'::pg_catalog.int4");
        assert_eq!(number(&column("pg_catalog.int4"), "99999999999"), "'99999999999'::pg_catalog.numeric");
        assert_eq!(number(&column("pg_catalog.int4"), "0.5"), "'0.5'::pg_catalog.numeric");
        assert_eq!(number(&column("pg_catalog.numeric"), "0.5"), "'0.5'::pg_catalog.numeric");
    }
}
