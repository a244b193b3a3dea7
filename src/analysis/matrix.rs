//! The access matrix: every persona, every object, which rows, which fields.

mod render;

use super::words;
use crate::diagnostic::Location;
use crate::model::{AccessModel, ReadGrant};
use crate::names::{AudienceName, FieldName, ObjectName, PersonaName, PortalName};

/// Sorted by persona, object, and what is granted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AccessMatrix {
    pub entries: Vec<Entry>,
}

/// One grant of one persona.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    pub portal: PortalName,
    pub audience: AudienceName,
    pub persona: PersonaName,
    pub object: ObjectName,
    pub action: &'static str,
    pub scope: &'static str,
    /// `None`: the scope follows no path, or one without a name.
    pub path: Option<String>,
    /// In words; empty: all rows of the scope.
    #[serde(rename = "where")]
    pub filter: String,
    /// In the object's order.
    pub fields: Vec<FieldName>,
    pub sources: Vec<Source>,
}

/// Where something was written; `file` is relative to the project folder.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Source {
    pub file: String,
    pub line: usize,
}

impl From<Location> for Source {
    fn from(location: Location) -> Self {
        Self { file: location.file, line: location.line }
    }
}

/// All that `model` grants.
pub fn matrix(model: &AccessModel) -> AccessMatrix {
    let grants = model.personas.values().flat_map(|persona| {
        persona.reads.iter().flat_map(move |(object, grants)| grants.iter().map(move |grant| (persona, object, grant)))
    });
    let entries = grants.map(|(persona, object, grant)| entry(model, &persona.name, object, grant)).collect();
    AccessMatrix { entries }
}

fn entry(model: &AccessModel, persona: &PersonaName, object: &ObjectName, grant: &ReadGrant) -> Entry {
    let fields = model.objects.get(object).into_iter().flat_map(|object| object.fields.keys());
    Entry {
        portal: persona.portal.clone(),
        audience: persona.audience.clone(),
        persona: persona.clone(),
        object: object.clone(),
        action: "read",
        scope: grant.rows.scope.word(),
        path: grant.rows.path.as_ref().filter(|path| !path.is_unnamed()).map(ToString::to_string),
        filter: words::filter(&grant.rows),
        fields: fields.filter(|name| grant.fields.contains(*name)).cloned().collect(),
        sources: grant.sources.iter().map(|span| model.sources.location(*span).into()).collect(),
    }
}

impl AccessMatrix {
    /// What one portal grants.
    #[must_use]
    pub fn of_portal(mut self, portal: &PortalName) -> Self {
        self.entries.retain(|entry| entry.portal == *portal);
        self
    }
}

impl Entry {
    /// Scope, path and filter in words.
    fn rows(&self) -> String {
        let path = self.path.as_ref().map(|path| format!(" on path {path}")).unwrap_or_default();
        let filter = if self.filter.is_empty() { String::new() } else { format!(" where {}", self.filter) };
        format!("{}{path}{filter}", self.scope)
    }

    fn field_list(&self) -> String {
        self.fields.iter().map(FieldName::as_str).collect::<Vec<_>>().join(", ")
    }
}
