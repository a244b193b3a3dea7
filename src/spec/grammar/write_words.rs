//! Forms of text in what changes rows: states, audiences, addresses of other systems.

use super::word::{Word, value};
use crate::names::{MediaPattern, PersonaName};

/// A value of an enum field: any text.
pub(in crate::spec) static STATE: Word = value("state", "", |_| Ok(()), "draft");
pub(in crate::spec) static AUDIENCE: Word =
    value("audience or `portal/audience`", "^[^/]+(/[^/]+)?$", check_audience, "partner_rep");
pub(in crate::spec) static URL: Word =
    value("web address", "^https?://[^\\s@]+$", check_url, "https://erp.acme.example/in");
pub(in crate::spec) static ENVIRONMENT: Word =
    value("name of an environment variable", "^[A-Z][A-Z0-9_]{0,62}$", check_environment, "ERP_SECRET");

pub(in crate::spec) static MEDIA_TYPE: Word =
    value("media type", "^[a-z0-9._+-]+/([*]|[a-z0-9._+-]+)$", check_media_type, "application/pdf");
pub(in crate::spec) static SIZE: Word =
    value("size", "^[1-9][0-9]{0,5}([KMG]i)?B$", |text| parse_size(text).map(drop), "2GiB");
pub(in crate::spec) static FILE_SIZE: Word =
    value("size of a file", "^[1-9][0-9]{0,5}([KMG]i)?B$", check_file_size, "2MiB");
pub(in crate::spec) static FOLDER: Word = value("folder", "^.+$", check_folder, "/var/lib/acme/files");

pub(in crate::spec) static PERIOD: Word =
    value("period", "^[1-9][0-9]{0,4}(d|mo|y)$", |text| parse_period(text).map(drop), "7y");

/// Months and days of `30d`, `18mo`, `7y`.
pub(in crate::spec) fn parse_period(text: &str) -> Result<(u32, u32), String> {
    let wrong = || "a period is a number with `d`, `mo` or `y`: `18mo`".to_owned();
    let unit = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (digits, unit) = text.split_at(unit);
    if digits.is_empty() || digits.starts_with('0') || digits.len() > 5 {
        return Err(wrong());
    }
    let count: u32 = digits.parse().map_err(|_| wrong())?;
    let period = match unit {
        "d" => (0, count),
        "mo" => (count, 0),
        "y" => (count.saturating_mul(12), 0),
        _ => return Err(wrong()),
    };
    let years = period.0 / 12 + period.1 / 365;
    if years > LONGEST_YEARS { Err(format!("{LONGEST_YEARS} years are the longest")) } else { Ok(period) }
}

/// Beyond it, counting back from today would leave what PostgreSQL has dates for.
const LONGEST_YEARS: u32 = 200;

/// What one request may bring at most.
const LARGEST_FILE: u64 = 1 << 30;

fn check_media_type(text: &str) -> Result<(), String> {
    MediaPattern::parse(text).map(drop)
}

/// Bytes of `512KiB`, `10MiB`, `1GiB`, `800B`.
pub(in crate::spec) fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || "a size is a number with `B`, `KiB`, `MiB` or `GiB`: `10MiB`".to_owned();
    let unit = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (digits, unit) = text.split_at(unit);
    let bytes: u64 = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(wrong()),
    };
    if digits.is_empty() || digits.len() > 6 || digits.starts_with('0') {
        return Err(wrong());
    }
    digits.parse::<u64>().map(|count| count * bytes).map_err(|_| wrong())
}

fn check_file_size(text: &str) -> Result<(), String> {
    match parse_size(text)? {
        bytes if bytes > LARGEST_FILE => Err("a file may have `1GiB` at most".to_owned()),
        _ => Ok(()),
    }
}

fn check_folder(text: &str) -> Result<(), String> {
    match text {
        "" => Err("it is empty".to_owned()),
        _ if text.contains(char::is_control) => Err("it holds a control character".to_owned()),
        _ if text.split('/').any(|part| part == "..") => {
            Err("it leads out of the project folder; write it absolute".to_owned())
        }
        _ => Ok(()),
    }
}

pub(super) fn check_audience(text: &str) -> Result<(), String> {
    let is_name = |text: &str| (super::word::NAME.check)(text);
    match PersonaName::parse(text) {
        Some(persona) => is_name(persona.portal.as_str()).and_then(|()| is_name(persona.audience.as_str())),
        None => is_name(text),
    }
}

/// Whatever else an address says is told when something is posted there; what counts here is that no password is written.
fn check_url(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || text.contains(|c: char| c == '@' || c.is_whitespace() || c.is_control()) {
        return Err("an address is written `https://erp.acme.example/in`, without a user or password".to_owned());
    }
    Ok(())
}

fn check_environment(text: &str) -> Result<(), String> {
    let fits = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && text.len() <= 63;
    if fits { Ok(()) } else { Err("an environment variable has upper-case letters, digits and `_`".to_owned()) }
}
