//! Which relations of a database the project names: what a plan has to know about.

use crate::model::{AccessModel, Object, TenantRoute};
use crate::names::{ProjectName, SchemaName, TableName};
use crate::state::Marker;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    pub project: ProjectName,
    pub control_schema: SchemaName,
    /// Objects' tables, link tables, the tables of tenants and people.
    pub relations: BTreeSet<TableName>,
}

impl Touched {
    pub fn of(model: &AccessModel) -> Self {
        let relations = model
            .objects
            .values()
            .flat_map(of_object)
            .chain(model.tenant_sources.iter().map(|source| &source.table))
            .chain(model.people.iter().map(|source| &source.table))
            .chain(model.assigned_tenants.iter().map(|assigned| &assigned.table))
            .cloned()
            .collect();
        Self { project: model.project.name.clone(), control_schema: model.project.control_schema.clone(), relations }
    }

    /// What marks a thing as this project's in the database of that name.
    pub fn marker(&self, database: &str) -> Marker {
        Marker { project: self.project.clone(), database: database.to_owned() }
    }
}

fn of_object(object: &Object) -> impl Iterator<Item = &TableName> {
    let links = object.tenant_paths.values().filter_map(|path| match &path.route {
        TenantRoute::Link { table, .. } => Some(table),
        TenantRoute::Column { .. } | TenantRoute::Via { .. } | TenantRoute::From { .. } => None,
    });
    std::iter::once(&object.table)
        .chain(links)
        .chain(object.managed.iter().filter_map(|managed| managed.was.as_ref()))
        .chain(object.shares.iter().map(|link| &link.table))
        .chain(object.assignments.iter().map(|assignment| &assignment.table))
}
