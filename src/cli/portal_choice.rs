//! The access matrix of the portals that were asked for: what `matrix` and `graph` show.

use super::CliError;
use super::target::unknown;
use crate::analysis::{AccessMatrix, matrix};
use crate::model::AccessModel;
use crate::names::PortalName;

/// Of all portals, or of that one.
///
/// # Errors
/// There is no such portal.
pub fn matrix_of(model: &AccessModel, portal: Option<&str>) -> Result<AccessMatrix, CliError> {
    let whole = matrix(model);
    let Some(name) = portal else { return Ok(whole) };
    let portal = PortalName::new(name);
    if model.portals.contains_key(&portal) {
        return Ok(whole.of_portal(&portal));
    }
    Err(unknown("portal", name, model.portals.keys().map(PortalName::as_str)))
}
