//! The personas of one portal among all.

use super::Persona;
use crate::names::{AudienceName, PersonaName, PortalName};
use std::collections::BTreeMap;

/// Those of the portal. They lie together, so that a project with many portals does not go through all personas for each.
pub fn personas_of<'a>(
    personas: &'a BTreeMap<PersonaName, Persona>,
    portal: &PortalName,
) -> impl Iterator<Item = &'a Persona> {
    let first = PersonaName { portal: portal.clone(), audience: AudienceName::new("") };
    personas.range(first..).map(|(_, persona)| persona).take_while(|persona| persona.name.portal == *portal)
}
