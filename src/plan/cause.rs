//! Which line of the documents asks for a change.

use super::ChangeKind;
use crate::diagnostic::{Location, Span};
use crate::model::{AccessModel, Object, Persona};
use crate::names::{PersonaName, RoleName, TableName};
use crate::state::Grantee;
use std::collections::{BTreeSet, HashMap};

pub struct Causes<'a> {
    model: &'a AccessModel,
    personas: HashMap<&'a RoleName, (&'a PersonaName, &'a Persona)>,
    objects: HashMap<&'a TableName, Vec<&'a Object>>,
    seen: HashMap<Span, Location>,
}

impl<'a> Causes<'a> {
    pub fn of(model: &'a AccessModel) -> Self {
        let mut objects: HashMap<&TableName, Vec<&Object>> = HashMap::new();
        for object in model.objects.values() {
            objects.entry(&object.table).or_default().push(object);
        }
        let personas = model
            .personas
            .iter()
            .flat_map(|(name, persona)| persona.facets.iter().map(move |facet| (&facet.role, (name, persona))))
            .collect();
        Self { model, personas, objects, seen: HashMap::new() }
    }

    pub fn persona(&self, role: &RoleName) -> Option<(&'a PersonaName, &'a Persona)> {
        self.personas.get(role).copied()
    }

    /// The object that a persona reads on a table, else any object on it.
    pub fn object(&self, table: &TableName, persona: Option<&Persona>) -> Option<&'a Object> {
        let objects = self.objects.get(table)?;
        let read = |object: &&&Object| persona.is_some_and(|persona| persona.reads.contains_key(&object.name));
        objects.iter().find(read).or_else(|| objects.first()).copied()
    }

    /// The grant by which a persona reads a table.
    pub fn of_read(&mut self, table: &TableName, persona: Option<&Persona>) -> Option<Location> {
        let object = self.object(table, persona)?;
        let grants = persona.and_then(|persona| persona.reads.get(&object.name));
        let span = grants.and_then(|grants| grants.first()?.sources.first()).copied();
        Some(self.location(span.unwrap_or(object.span)))
    }

    /// The grant by which a persona does that to a table's rows; a move and a handing over are updates there.
    pub fn of_action(&mut self, table: &TableName, persona: Option<&Persona>, action: &str) -> Option<Location> {
        let objects = self.objects.get(table).map_or(&[][..], Vec::as_slice);
        let granted = objects.iter().filter_map(|object| persona?.writes.get(&object.name)).flatten();
        let fits = |grant: &&crate::model::WriteGrant| match grant.write.action() {
            "transition" | "assign" => action == "update",
            own => own == action,
        };
        let span = granted.into_iter().filter(fits).find_map(|grant| grant.sources.first()).copied();
        match span {
            Some(span) => Some(self.location(span)),
            None => self.of_read(table, persona),
        }
    }

    pub fn of_change(&mut self, kind: &ChangeKind) -> Option<Location> {
        match kind {
            ChangeKind::CreateRole { role, .. }
            | ChangeKind::AlterRole { role, .. }
            | ChangeKind::DropRole { role } => {
                let span = self.persona(role)?.1.span;
                Some(self.location(span))
            }
            ChangeKind::GrantColumns { table, roles, .. }
            | ChangeKind::RevokeColumns { table, roles, .. }
            | ChangeKind::GrantTable { table, roles, .. }
            | ChangeKind::RevokeTable { table, roles, .. } => {
                let persona = self.first_persona(roles);
                self.of_read(table, persona)
            }
            ChangeKind::CreateView { view, .. } => {
                let roles = view.acl.0.keys().filter_map(|grantee| match grantee {
                    Grantee::Role(role) => Some(role.clone()),
                    Grantee::Public => None,
                });
                let persona = self.first_persona(&roles.collect());
                self.of_read(view.of.first()?, persona)
            }
            ChangeKind::CreatePolicy { table, .. }
            | ChangeKind::AlterPolicy { table, .. }
            | ChangeKind::DropPolicy { table, .. }
            | ChangeKind::RowSecurity { table, .. }
            | ChangeKind::ForceRowSecurity { table, .. }
            | ChangeKind::CreateTrigger { table, .. }
            | ChangeKind::DropTrigger { table, .. } => {
                let span = self.object(table, None)?.span;
                Some(self.location(span))
            }
            ChangeKind::Make { change, .. } => {
                let span = self.object(change.object_table()?, None)?.span;
                Some(self.location(span))
            }
            ChangeKind::PutTenants { tenants, .. } => {
                let declared = self.model.declared_tenants.iter().find(|tenant| {
                    let kind = tenant.kind.as_ref().map_or_else(String::new, ToString::to_string);
                    tenants.contains_key(&(kind, tenant.key.clone()))
                })?;
                Some(self.location(declared.span))
            }
            _ => None,
        }
    }

    fn first_persona(&self, roles: &BTreeSet<RoleName>) -> Option<&'a Persona> {
        roles.iter().find_map(|role| self.persona(role)).map(|(_, persona)| persona)
    }

    /// Counting lines walks through a file, and many changes have one cause.
    fn location(&mut self, span: Span) -> Location {
        let sources = &self.model.sources;
        self.seen.entry(span).or_insert_with(|| sources.location(span)).clone()
    }
}
