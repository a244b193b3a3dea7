//! Durations that may be none, and durations as people write them elsewhere.

use super::word::{Word, parse_duration, value};

pub(in crate::spec) static STALENESS: Word = Word {
    spell: spell_duration,
    ..value("duration", "^(0s|[1-9][0-9]{0,5}[smhd])$", |text| parse_staleness(text).map(drop), "15m")
};

/// Seconds.
pub(in crate::spec) fn parse_staleness(text: &str) -> Result<u64, String> {
    if text == "0s" { Ok(0) } else { parse_duration(text) }
}

/// `30 days`, `2 weeks`, `PT30M` and `1 Hour` as durations are written.
pub(super) fn spell_duration(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let iso = text.strip_prefix("pt").or_else(|| text.strip_prefix('p')).unwrap_or(&text);
    let digits = iso.len() - iso.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let count: u64 = iso[..digits].parse().ok()?;
    let (times, unit) = match iso[digits..].trim() {
        "s" | "sec" | "secs" | "second" | "seconds" => (1, 's'),
        "m" | "min" | "mins" | "minute" | "minutes" => (1, 'm'),
        "h" | "hr" | "hrs" | "hour" | "hours" => (1, 'h'),
        "d" | "day" | "days" => (1, 'd'),
        "w" | "week" | "weeks" => (7, 'd'),
        _ => return None,
    };
    let written = format!("{}{unit}", count.checked_mul(times)?);
    parse_duration(&written).is_ok().then_some(written)
}
