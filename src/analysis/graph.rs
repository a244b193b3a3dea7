//! The access matrix as a picture: every audience, the rows that it reaches, and what it does there.

mod layout;
mod measure;
mod mermaid;
mod svg;

use super::matrix::{AccessMatrix, Entry};
use crate::model::{AccessModel, Object, Persona, TenantReach, Who};
use crate::names::{ObjectName, PersonaName};
use std::collections::{BTreeMap, BTreeSet};

/// What the pictures show; portals and audiences by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    project: String,
    portals: Vec<PortalPart>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct PortalPart {
    name: String,
    title: String,
    audiences: Vec<AudiencePart>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct AudiencePart {
    name: String,
    label: String,
    /// `people of a tenant`
    who: String,
    external: bool,
    /// Those behind the wall first.
    groups: Vec<Group>,
}

/// What is reached in one scope: one arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    /// Whose rows these are depends on who is asking.
    walled: bool,
    scope: &'static str,
    path: Option<String>,
    objects: Vec<Reached>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Reached {
    name: ObjectName,
    label: String,
    of_tenants: bool,
    deeds: Vec<Deed>,
}

/// One action on the rows of one object in one scope, by one grant or several.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Deed {
    action: &'static str,
    /// How many of how many fields; of reading alone.
    fields: Option<(usize, usize)>,
    /// What narrows the rows, one for each grant; empty: all of the scope.
    filters: Vec<String>,
}

/// From looking to taking away; those that change nothing first.
const ACTIONS: [&str; 10] =
    ["read", "download", "export", "create", "update", "transition", "assign", "attach", "share", "delete"];
const LOOKING: usize = 3;

/// From one's own to everybody's.
const SCOPES: [&str; 9] = ["own", "reports", "tenant", "tenant_tree", "assigned", "shared", "parent", "public", "all"];

/// The picture of what `matrix` holds.
#[must_use]
pub fn graph(model: &AccessModel, matrix: &AccessMatrix) -> Graph {
    let shown: BTreeSet<&PersonaName> = matrix.entries.iter().map(|entry| &entry.persona).collect();
    let portals = model.portals.values().map(|portal| {
        let personas = portal.audiences.keys().filter_map(|audience| {
            let name = PersonaName { portal: portal.name.clone(), audience: audience.clone() };
            model.personas.get(&name).filter(|persona| shown.contains(&persona.name))
        });
        PortalPart {
            name: portal.name.to_string(),
            title: portal.title.to_string(),
            audiences: personas.map(|persona| audience(model, persona, &matrix.entries)).collect(),
        }
    });
    let portals = portals.filter(|portal| !portal.audiences.is_empty());
    Graph { project: model.project.name.to_string(), portals: portals.collect() }
}

fn audience(model: &AccessModel, persona: &Persona, entries: &[Entry]) -> AudiencePart {
    type Key = (bool, usize, Option<String>);
    let mut groups: BTreeMap<Key, BTreeMap<&ObjectName, Vec<&Entry>>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.persona == persona.name) {
        let place = SCOPES.iter().position(|scope| *scope == entry.scope).unwrap_or(SCOPES.len());
        let key = (!entry.walled, place, entry.path.clone());
        groups.entry(key).or_default().entry(&entry.object).or_default().push(entry);
    }
    let group = |((open, place, path), objects): (Key, BTreeMap<&ObjectName, Vec<&Entry>>)| Group {
        walled: !open,
        scope: SCOPES.get(place).copied().unwrap_or("none"),
        path,
        objects: objects
            .into_iter()
            .filter_map(|(name, entries)| Some(reached(model.objects.get(name)?, &entries)))
            .collect(),
    };
    let label = model.portals.get(&persona.name.portal).and_then(|portal| portal.audiences.get(&persona.name.audience));
    AudiencePart {
        name: persona.name.to_string(),
        label: label.map(|audience| audience.label.to_string()).unwrap_or_default(),
        who: who(persona),
        external: persona.who == Who::External,
        groups: groups.into_iter().map(group).collect(),
    }
}

fn who(persona: &Persona) -> String {
    match (persona.who, &persona.tenant_kind, persona.tenants) {
        (Who::Guest, ..) => "anybody, without signing in".to_owned(),
        (Who::Internal, _, TenantReach::All) => "staff, for all tenants".to_owned(),
        (Who::Internal, _, TenantReach::Assigned) => "staff, for the tenants assigned to them".to_owned(),
        (Who::External, None, _) => "people of a tenant".to_owned(),
        (Who::External, Some(kind), _) => format!("people of a tenant of kind {kind}"),
    }
}

fn reached(object: &Object, entries: &[&Entry]) -> Reached {
    let deed = |action: &'static str| {
        let grants: Vec<&&Entry> = entries.iter().filter(|entry| entry.action == action).collect();
        let fields: BTreeSet<_> = grants.iter().flat_map(|entry| &entry.fields).collect();
        let whole = grants.iter().any(|entry| entry.filter.is_empty());
        let filters: BTreeSet<&str> = grants.iter().map(|entry| entry.filter.as_str()).filter(|_| !whole).collect();
        (!grants.is_empty()).then(|| Deed {
            action,
            fields: (action == "read").then_some((fields.len(), object.fields.len())),
            filters: filters.into_iter().map(str::to_owned).collect(),
        })
    };
    Reached {
        name: object.name.clone(),
        label: object.label_many.to_string(),
        of_tenants: !object.tenant_paths.is_empty(),
        deeds: ACTIONS.into_iter().filter_map(deed).collect(),
    }
}

impl Group {
    fn changes(&self) -> bool {
        self.objects.iter().any(Reached::is_changed)
    }

    /// Which rows these are, in a few words.
    fn rows(&self) -> String {
        let rows = match self.scope {
            "own" => "rows that are their own",
            "reports" => "their own rows, and those of who reports to them",
            "tenant" => "rows of their tenant",
            "tenant_tree" => "rows of their tenant, and of those below it",
            "assigned" => "rows assigned to them",
            "shared" => "rows shared with them or their tenant",
            "parent" => "rows under a row that they see",
            "public" => "the same rows for everybody",
            _ if self.walled => "rows of the tenants assigned to them",
            _ => "all rows",
        };
        self.path.as_ref().map_or_else(|| rows.to_owned(), |path| format!("{rows}, on path {path}"))
    }
}

impl Reached {
    fn is_changed(&self) -> bool {
        self.deeds.iter().any(Deed::changes)
    }

    /// What is done, without its limits.
    fn actions(&self) -> String {
        self.deeds.iter().map(|deed| deed.action).collect::<Vec<_>>().join(", ")
    }

    /// Where rows are narrowed, with the actions that are narrowed alike; all of them go without saying.
    fn limits(&self) -> Option<String> {
        let mut alike: Vec<(String, Vec<&str>)> = Vec::new();
        for deed in self.deeds.iter().filter(|deed| !deed.filters.is_empty()) {
            let said = deed.filters.join(" or ");
            match alike.iter_mut().find(|(other, _)| *other == said) {
                Some((_, actions)) => actions.push(deed.action),
                None => alike.push((said, vec![deed.action])),
            }
        }
        let parts = alike.iter().map(|(said, actions)| {
            let all = actions.len() == self.deeds.len();
            if all { format!("where {said}") } else { format!("{} where {said}", actions.join(", ")) }
        });
        (!alike.is_empty()).then(|| parts.collect::<Vec<_>>().join("; "))
    }
}

impl Deed {
    fn changes(&self) -> bool {
        !ACTIONS[..LOOKING].contains(&self.action)
    }

    /// `read 4 of 9 fields`
    fn text(&self) -> String {
        let fields = match self.fields {
            Some((shown, all)) if shown == all => " all fields".to_owned(),
            Some((shown, all)) => format!(" {shown} of {all} fields"),
            None => String::new(),
        };
        let limit = if self.filters.is_empty() { "" } else { "*" };
        format!("{}{fields}{limit}", self.action)
    }
}
