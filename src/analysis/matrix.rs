//! The access matrix: every persona, every object, every action, which rows, which fields.

mod html;
mod render;

use super::effect::Effect;
use super::words;
use crate::diagnostic::Location;
use crate::diagnostic::Span;
use crate::model::{AccessModel, Mask, Object, Persona, ReadGrant, Rows, Scope, Write, WriteGrant};
use crate::names::{AudienceName, FieldName, ObjectName, PersonaName, PortalName};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Those of them that show a mask and no value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub masked: BTreeMap<FieldName, Mask>,
    pub sources: Vec<Source>,
    /// A second factor is asked for.
    pub mfa: bool,
    /// Which rows these are depends on who is asking.
    #[serde(skip)]
    pub walled: bool,
    #[serde(flatten)]
    pub effect: Effect,
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
    let mut entries = Vec::new();
    for persona in model.personas.values() {
        let names: BTreeSet<&ObjectName> = persona.reads.keys().chain(persona.writes.keys()).collect();
        for object in names.into_iter().filter_map(|name| model.objects.get(name)) {
            entries.extend(of_object(model, persona, object));
        }
    }
    AccessMatrix { entries }
}

fn of_object(model: &AccessModel, persona: &Persona, object: &Object) -> Vec<Entry> {
    let of = Granted { model, persona, object };
    let reads = persona.reads.get(&object.name).map_or(&[][..], Vec::as_slice);
    let writes = persona.writes.get(&object.name).map_or(&[][..], Vec::as_slice);
    let mut entries: Vec<Entry> =
        reads.iter().map(|read| of.masked(of.entry("read", &read.rows, &read.fields, &read.sources), read)).collect();
    for grant in writes {
        let effect = Effect::of(&grant.write);
        match &grant.write {
            // What is taken away is what is read, so it is said for each grant that reads.
            Write::Export { .. } => entries.extend(reads.iter().map(|read| {
                let rows = Rows { mfa: read.rows.mfa || grant.rows.mfa, ..read.rows.clone() };
                let sources: Vec<Span> = grant.sources.iter().chain(&read.sources).copied().collect();
                let entry = of.entry("export", &rows, &read.fields, &sources);
                Entry { effect: effect.clone(), ..of.masked(entry, read) }
            })),
            _ => entries.push(Entry { effect, ..of.write(grant) }),
        }
    }
    entries
}

struct Granted<'a> {
    model: &'a AccessModel,
    persona: &'a Persona,
    object: &'a Object,
}

impl Granted<'_> {
    fn write(&self, grant: &WriteGrant) -> Entry {
        let fields = words::written(self.object, &grant.write);
        self.entry(grant.write.action(), &grant.rows, &fields, &grant.sources)
    }

    fn masked(&self, entry: Entry, read: &ReadGrant) -> Entry {
        let masks = entry.fields.iter().filter_map(|name| Some((name.clone(), read.mask(self.object, name)?)));
        Entry { masked: masks.collect(), ..entry }
    }

    fn entry(&self, action: &'static str, rows: &Rows, fields: &BTreeSet<FieldName>, sources: &[Span]) -> Entry {
        let persona = &self.persona.name;
        Entry {
            portal: persona.portal.clone(),
            audience: persona.audience.clone(),
            persona: persona.clone(),
            object: self.object.name.clone(),
            action,
            scope: rows.scope.word(),
            path: rows.path.as_ref().filter(|path| !path.is_unnamed()).map(ToString::to_string),
            filter: words::filter(rows),
            fields: words::fields(self.object, fields).cloned().collect(),
            masked: BTreeMap::new(),
            sources: sources.iter().map(|span| self.model.sources.location(*span).into()).collect(),
            mfa: rows.mfa,
            walled: self.is_walled(self.object, rows, &mut Vec::new()),
            effect: Effect::default(),
        }
    }

    /// Rows under a parent are as far apart as the parents that are read; one that was met before says nothing more.
    fn is_walled<'a>(&'a self, object: &'a Object, rows: &Rows, met: &mut Vec<&'a ObjectName>) -> bool {
        match rows.scope {
            Scope::Public | Scope::All => rows.reach.is_some(),
            Scope::Parent if !met.contains(&&object.name) => {
                met.push(&object.name);
                let parent = object.parent.as_ref().and_then(|link| self.model.objects.get(&link.object));
                let reads = parent.and_then(|parent| Some((parent, self.persona.reads.get(&parent.name)?)));
                reads.is_none_or(|(parent, reads)| reads.iter().all(|read| self.is_walled(parent, &read.rows, met)))
            }
            _ => true,
        }
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
        let one = |name: &FieldName| match self.masked.get(name) {
            Some(mask) => format!("{name} (masked: {})", mask.word()),
            None => name.to_string(),
        };
        self.fields.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// The fields, then what else the grant does.
    fn what(&self) -> String {
        let fields = (!self.fields.is_empty()).then(|| self.field_list());
        fields.into_iter().chain(self.effect.words()).collect::<Vec<_>>().join("; ")
    }
}
