//! Pages with a view of their own.

use super::{Persona, Sort, Words, personas_of};
use crate::diagnostic::Span;
use crate::names::{FieldName, ObjectName, PageName, PersonaName, PortalName};
use crate::spec::document::View;
use std::collections::BTreeMap;

/// What `page` documents say, in a portal where somebody can see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub name: PageName,
    pub title: Words,
    pub view: View,
    /// `None`: a page of text.
    pub object: Option<ObjectName>,
    /// In written order; empty: those that a list of the object has.
    pub columns: Vec<FieldName>,
    /// The object's, where it is not written.
    pub sort: Option<Sort>,
    pub group_by: Option<FieldName>,
    pub span: Span,
}

impl Page {
    /// Whether the persona sees something on it: a row, and of the columns at least one.
    #[must_use]
    pub fn is_seen_by(&self, persona: &Persona) -> bool {
        let Some(object) = &self.object else { return true };
        let grants = persona.reads.get(object).map_or(&[][..], Vec::as_slice);
        let shown = |field: &FieldName| self.columns.is_empty() || self.columns.contains(field);
        grants.iter().any(|grant| grant.fields.iter().any(shown))
    }

    /// Those of a portal who see something on it.
    pub fn readers<'a>(
        &'a self,
        portal: &'a PortalName,
        personas: &'a BTreeMap<PersonaName, Persona>,
    ) -> impl Iterator<Item = &'a Persona> {
        personas_of(personas, portal).filter(|persona| self.is_seen_by(persona))
    }
}
