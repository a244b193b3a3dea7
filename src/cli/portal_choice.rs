//! The access matrix of the portals and audiences that were asked for: what `matrix` and `graph` show.

use super::CliError;
use super::target::unknown;
use crate::analysis::{AccessMatrix, matrix};
use crate::model::AccessModel;
use crate::names::{ObjectName, PersonaName, PortalName};
use std::collections::BTreeSet;

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

/// Of the audience that is called so, or of those where several portals have one; `portal` is the only one that counts.
///
/// # Errors
/// There is no such audience.
pub fn of_audience(
    model: &AccessModel,
    mut matrix: AccessMatrix,
    portal: Option<&str>,
    audience: &str,
) -> Result<AccessMatrix, CliError> {
    let counts = |name: &&PersonaName| portal.is_none_or(|portal| name.portal.as_str() == portal);
    let is_meant = |name: &PersonaName| name.audience.as_str() == audience || name.to_string() == audience;
    if !model.personas.keys().filter(counts).any(is_meant) {
        let spelled = |name: &PersonaName| match audience.contains('/') {
            true => name.to_string(),
            false => name.audience.to_string(),
        };
        let known: BTreeSet<String> = model.personas.keys().filter(counts).map(spelled).collect();
        return Err(unknown("audience", audience, known.iter().map(String::as_str)));
    }
    matrix.entries.retain(|entry| is_meant(&entry.persona));
    Ok(matrix)
}

/// Of that object.
///
/// # Errors
/// There is no such object.
pub fn of_object(model: &AccessModel, mut matrix: AccessMatrix, object: &str) -> Result<AccessMatrix, CliError> {
    if !model.objects.contains_key(&ObjectName::new(object)) {
        return Err(unknown("object", object, model.objects.keys().map(ObjectName::as_str)));
    }
    matrix.entries.retain(|entry| entry.object.as_str() == object);
    Ok(matrix)
}
