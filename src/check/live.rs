//! What live rules look at: the model beside the database.

use crate::diagnostic::Span;
use crate::model::{AccessModel, Object};
use crate::names::{ColumnName, RoleName, SchemaName, TableName};
use crate::state::{Column, DatabaseState, Grantee, Marker, Privilege, Relation};
use std::collections::{BTreeMap, BTreeSet};

pub struct Live<'a> {
    pub(super) model: &'a AccessModel,
    pub(super) state: &'a DatabaseState,
    marker: Marker,
    personas: BTreeSet<&'a RoleName>,
}

impl<'a> Live<'a> {
    pub(super) fn new(model: &'a AccessModel, state: &'a DatabaseState) -> Self {
        let marker = Marker { project: model.project.name.clone(), database: state.server.database.clone() };
        let facets = model.personas.values().flat_map(|persona| &persona.facets);
        Self { model, state, marker, personas: facets.map(|facet| &facet.role).collect() }
    }

    /// Whether the role is, or is going to be, this project's.
    pub(super) fn is_ours(&self, role: &RoleName) -> bool {
        self.personas.contains(role)
            || self.state.roles.get(role).is_some_and(|role| role.marker.as_ref() == Some(&self.marker))
    }

    /// Whether somebody's session acts as the role.
    pub(super) fn is_persona(&self, role: &RoleName) -> bool {
        let own = |word: &str| role.as_str() == format!("{}__{word}", self.model.project.name);
        self.personas.contains(role) || own("gateway") || own("issuer")
    }

    /// Whether a thing carries this project's marker.
    pub(super) fn is_marked(&self, marker: Option<&Marker>) -> bool {
        marker == Some(&self.marker)
    }

    /// Whether `grantee` is a role of ours, or everybody and so ours too.
    pub(super) fn reaches_us(&self, grantee: &Grantee) -> bool {
        match grantee {
            Grantee::Public => true,
            Grantee::Role(role) => self.is_ours(role),
        }
    }

    /// The same, but for the roles that pass row policies on behalf of all: no persona may become one of them.
    pub(super) fn reaches_persona(&self, grantee: &Grantee) -> bool {
        let own = |role: &RoleName, word: &str| role.as_str() == format!("{}__{word}", self.model.project.name);
        let passes = |role: &RoleName| own(role, "lookup") || own(role, "operator");
        self.reaches_us(grantee) && !matches!(grantee, Grantee::Role(role) if passes(role))
    }

    pub(super) fn relation(&self, table: &TableName) -> Option<&'a Relation> {
        self.state.relations.get(table)
    }

    pub(super) fn column(&self, table: &TableName, column: &ColumnName) -> Option<&'a Column> {
        self.relation(table)?.columns.get(column)
    }

    /// The tables that somebody may read, each with the first of its objects.
    pub(super) fn exposed(&self) -> BTreeMap<&'a TableName, &'a Object> {
        let mut tables = BTreeMap::new();
        for persona in self.model.personas.values() {
            for object in persona.reads.keys().filter_map(|name| self.model.objects.get(name)) {
                tables.entry(&object.table).or_insert(object);
            }
        }
        tables
    }

    /// The database schemas that personas may look into, with the line of an object to show: those of exposed
    /// tables, and those open to PUBLIC.
    pub(super) fn open_schemas(&self) -> BTreeMap<&'a SchemaName, Span> {
        let exposed = self.exposed();
        let Some(first) = exposed.values().next().map(|object| object.span) else { return BTreeMap::new() };
        let mut schemas: BTreeMap<&SchemaName, Span> = BTreeMap::new();
        for (table, object) in exposed {
            schemas.entry(&table.schema).or_insert(object.span);
        }
        for (name, schema) in &self.state.schemas {
            let ours = self.is_marked(schema.marker.as_ref());
            if schema.acl.has(&Grantee::Public, Privilege::Usage) && !ours {
                schemas.entry(name).or_insert(first);
            }
        }
        schemas
    }
}
