//! Sample rows of modules, and the tenants and people that they name.

use super::namesakes::Namesakes;
use super::{AccessModel, Cell, FilledBy, Given, GivenPlace, GivenRow, GivenTenant, GivenUser, Object};
use crate::names::{ColumnName, ModuleName, ObjectName, PortalName, RowLabel, TenantName, UserLabel};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// The cast of a type, or of a portal that has none, with the rows of the modules that its portals adopt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Of the type, or of the portal.
    pub cast: String,
    pub portals: Vec<PortalName>,
    pub given: Given,
    /// The module of each object that has rows.
    pub modules: BTreeMap<ObjectName, ModuleName>,
    /// Rows that name what this project has not, by their object, and why.
    pub left_out: Vec<(ObjectName, String)>,
}

/// What is remembered as being in the tables: the cast, or the rows of a module that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePart {
    pub cast: String,
    /// Empty: its tenants and users.
    pub module: String,
    /// Where these are its users.
    pub users: Vec<UserLabel>,
}

/// All samples of a project together, under labels that no two of them share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Samples {
    pub given: Given,
    /// Those that are not in the tables yet.
    pub tenants: Vec<TenantName>,
    pub users: Vec<UserLabel>,
    pub rows: BTreeSet<(ObjectName, RowLabel)>,
    pub parts: Vec<SamplePart>,
    pub left_out: Vec<String>,
}

impl AccessModel {
    /// What of the samples is to be put into the tables, where `loaded` are there: the cast and the module of each, an
    /// empty one for the cast itself, in the order in which they came.
    ///
    /// The first cast keeps its labels; those of a later one end with its name. Whose labels are whose stays as it was
    /// when they were loaded, whatever portals come or go. Rows of a module that several portals have are those of the
    /// first cast that brings them, so that staff meet each once. A later cast adds those of its own modules with what they
    /// name, or all of its rows where it has no others.
    pub fn samples(&self, loaded: &[(String, String)]) -> Samples {
        let mut order: Vec<&str> = Vec::new();
        let of_now = self.samples.iter().map(|sample| sample.cast.as_str());
        for cast in loaded.iter().map(|(cast, _)| cast.as_str()).chain(of_now) {
            if !order.contains(&cast) {
                order.push(cast);
            }
        }
        let mut all = Samples::default();
        let mut brought: BTreeSet<&ModuleName> = BTreeSet::new();
        for (place, cast) in order.into_iter().enumerate() {
            let Some(sample) = self.samples.iter().find(|sample| sample.cast == cast) else { continue };
            let suffix = if place == 0 { String::new() } else { format!("_{cast}") };
            let names = Namesakes::of(&sample.given, &all.given);
            Adding { model: self, sample, suffix, loaded, brought: &brought, names }.add(&mut all);
            brought.extend(sample.modules.values());
        }
        all
    }
}

struct Adding<'a> {
    model: &'a AccessModel,
    sample: &'a Sample,
    suffix: String,
    loaded: &'a [(String, String)],
    /// Modules whose rows casts before this one bring.
    brought: &'a BTreeSet<&'a ModuleName>,
    names: Namesakes,
}

impl Adding<'_> {
    fn add(&self, all: &mut Samples) {
        let cast_is_new = !self.is_loaded("");
        for (label, tenant) in &self.sample.given.tenants {
            let label = self.tenant(label);
            if cast_is_new {
                all.tenants.push(label.clone());
            }
            let parent = tenant.parent.as_ref().map(|parent| self.tenant(parent));
            let title = self.names.in_text(&tenant.title);
            all.given.tenants.insert(label, GivenTenant { parent, title, ..tenant.clone() });
        }
        let mut users = Vec::new();
        for (label, user) in &self.sample.given.users {
            let label = self.user(label);
            users.push(label.clone());
            all.given.users.insert(label, self.renamed(user));
        }
        if cast_is_new {
            all.users.extend(users.iter().cloned());
            all.parts.push(SamplePart { cast: self.sample.cast.clone(), module: String::new(), users });
        }
        self.rows(all);
    }

    fn rows(&self, all: &mut Samples) {
        let kept = self.kept();
        let has_own = kept.len() < self.sample.given.rows.len();
        let is_kept = |module: &ModuleName| !(has_own && self.is_elsewhere(module));
        let mut new: BTreeSet<&ModuleName> = self.sample.modules.values().filter(|module| is_kept(module)).collect();
        for ((name, label), row) in self.sample.given.rows.iter().filter(|(id, _)| kept.contains(id)) {
            let Some(module) = self.sample.modules.get(name) else { continue };
            new.insert(module);
            let label = self.row(name, label);
            if all.given.rows.contains_key(&(name.clone(), label.clone())) {
                continue;
            }
            // What belongs to no tenant is there once, whichever cast brought it.
            let is_there = match self.is_shared(name) {
                true => self.loaded.iter().any(|(_, loaded)| loaded == module.as_str()),
                false => self.is_loaded(module.as_str()),
            };
            if !is_there {
                all.rows.insert((name.clone(), label.clone()));
            }
            let cells = row.cells.iter().filter(|(column, cell)| !self.is_taken(name, column, cell, &all.given));
            let cells = cells.map(|(column, cell)| (column.clone(), self.cell(cell))).collect();
            all.given.rows.insert((name.clone(), label), GivenRow { cells, span: row.span });
        }
        new.retain(|module| !self.is_loaded(module.as_str()));
        if !new.is_empty() || !self.is_loaded("") {
            let is_of = |name: &ObjectName| self.sample.modules.get(name).is_none_or(&is_kept);
            let left_out = self.sample.left_out.iter().filter(|(name, _)| is_of(name));
            all.left_out.extend(left_out.map(|(_, why)| why.clone()));
        }
        all.parts.extend(new.into_iter().map(|module| SamplePart {
            cast: self.sample.cast.clone(),
            module: module.to_string(),
            users: Vec::new(),
        }));
    }

    /// Whether a row of an earlier cast has that number: then the database gives another.
    fn is_taken(&self, object: &ObjectName, column: &ColumnName, cell: &Cell, given: &Given) -> bool {
        let field = self.model.objects.get(object).and_then(|object| object.field_of(column));
        field.is_some_and(|field| field.filled_by == Some(FilledBy::Numbers))
            && given.rows.iter().any(|((other, _), row)| other == object && row.cells.get(column) == Some(cell))
    }

    /// The rows that this cast brings: those of modules that are no other cast's, and what they name.
    fn kept(&self) -> BTreeSet<&(ObjectName, RowLabel)> {
        let rows = &self.sample.given.rows;
        let is_own = |(name, _): &&(ObjectName, RowLabel)| {
            self.sample.modules.get(name).is_some_and(|module| !self.is_elsewhere(module))
        };
        let mut open: Vec<&(ObjectName, RowLabel)> = rows.keys().filter(is_own).collect();
        if open.iter().all(|(name, _)| self.is_shared(name)) {
            return rows.keys().collect();
        }
        let mut kept = BTreeSet::new();
        while let Some(id) = open.pop() {
            if kept.insert(id) {
                let named = rows.get(id).into_iter().flat_map(|row| row.cells.values()).filter_map(named);
                open.extend(named.filter_map(|id| rows.get_key_value(&id).map(|(id, _)| id)));
            }
        }
        kept
    }

    /// Whether another cast has the rows of that module, or had them first.
    fn is_elsewhere(&self, module: &ModuleName) -> bool {
        let mut loaded = self.loaded.iter().map(|(_, loaded)| loaded.as_str());
        !self.is_loaded(module.as_str())
            && (self.brought.contains(module) || loaded.any(|loaded| loaded == module.as_str()))
    }

    fn is_loaded(&self, module: &str) -> bool {
        self.loaded.iter().any(|(cast, loaded)| *cast == self.sample.cast && loaded == module)
    }

    /// Whether rows of the object belong to no tenant.
    fn is_shared(&self, object: &ObjectName) -> bool {
        self.model.objects.get(object).is_none_or(|object: &Object| object.tenant_paths.is_empty())
    }

    fn tenant(&self, label: &TenantName) -> TenantName {
        TenantName::new(format!("{label}{}", self.suffix))
    }

    fn user(&self, label: &UserLabel) -> UserLabel {
        UserLabel::new(format!("{label}{}", self.suffix))
    }

    fn row(&self, object: &ObjectName, label: &RowLabel) -> RowLabel {
        let suffix = if self.is_shared(object) { "" } else { &self.suffix };
        RowLabel::new(format!("{label}{suffix}"))
    }

    fn renamed(&self, user: &GivenUser) -> GivenUser {
        let place = |place: &GivenPlace| GivenPlace {
            persona: place.persona.clone(),
            tenant: place.tenant.as_ref().map(|label| self.tenant(label)),
        };
        let domain = self.suffix.replace('_', "-");
        let email = match user.email.strip_suffix(".example") {
            Some(made) => format!("{made}{domain}.example"),
            None => user.email.clone(),
        };
        GivenUser {
            title: self.names.in_text(&user.title),
            email,
            places: user.places.iter().map(place).collect(),
            assigned: user.assigned.iter().map(|label| self.tenant(label)).collect(),
            reports_to: user.reports_to.as_ref().map(|label| self.user(label)),
            ..user.clone()
        }
    }

    fn cell(&self, cell: &Cell) -> Cell {
        match cell {
            Cell::Tenant { label, key } => Cell::Tenant { label: self.tenant(label), key: key.clone() },
            Cell::User { label, key } => Cell::User { label: self.user(label), key: key.clone() },
            Cell::Row { object, label, part } => {
                Cell::Row { object: object.clone(), label: self.row(object, label), part: *part }
            }
            Cell::Text(text) => Cell::Text(self.names.in_text(text)),
            other => other.clone(),
        }
    }
}

impl Given {
    /// These rows, each after those that it names.
    pub fn parents_first<'a>(&'a self, rows: &BTreeSet<(ObjectName, RowLabel)>) -> Vec<&'a (ObjectName, RowLabel)> {
        // `false`: those that it names are still being looked at.
        let mut done: IndexMap<&(ObjectName, RowLabel), bool> = IndexMap::new();
        let mut order = Vec::new();
        let wanted = self.rows.keys().filter(|id| rows.contains(*id));
        let mut stack: Vec<&(ObjectName, RowLabel)> = wanted.rev().collect();
        while let Some(id) = stack.last().copied() {
            match done.get(id).copied() {
                Some(true) => drop(stack.pop()),
                Some(false) => {
                    stack.pop();
                    done.insert(id, true);
                    order.push(id);
                }
                None => {
                    done.insert(id, false);
                    let named = self.rows.get(id).into_iter().flat_map(|row| row.cells.values()).filter_map(named);
                    let named = named.filter_map(|id| self.rows.get_key_value(&id).map(|(id, _)| id));
                    stack.extend(named.filter(|id| rows.contains(*id) && !done.contains_key(*id)));
                }
            }
        }
        order
    }
}

fn named(cell: &Cell) -> Option<(ObjectName, RowLabel)> {
    match cell {
        Cell::Row { object, label, .. } => Some((object.clone(), label.clone())),
        _ => None,
    }
}
