//! The record of what portal users change: who, through which portal, what it was and what it is.

use super::compiler::Compiler;
use super::writes::RoleWrites;
use crate::model::{FieldClass, Object, TenantRoute, Write};
use crate::names::{KeyName, RoleName};
use crate::state::{Event, FunctionName, Relation, Timing};
use std::collections::BTreeMap;

impl<'a> Compiler<'a> {
    /// Puts one trigger for each object that is written on `relation`.
    pub(super) fn audit(&self, relation: &mut Relation, roles: &BTreeMap<RoleName, RoleWrites<'a>>) {
        let written = roles.values().flatten().filter(|one| !matches!(one.grant.write, Write::Share(_)));
        let objects: BTreeMap<&str, &'a Object> =
            written.filter(|one| one.object.audit_writes).map(|one| (one.object.name.as_str(), one.object)).collect();
        for (name, object) in objects {
            let function = FunctionName {
                schema: self.model.project.control_schema.clone(),
                name: "audit_write".to_owned(),
                argument_types: String::new(),
            };
            let events = [Event::Insert, Event::Update, Event::Delete];
            // Soft deletion is the operator's doing, on somebody's behalf.
            let also = Some(&self.roles.operator);
            let trigger = self.trigger(Timing::After, events, function, arguments(object), also);
            relation.triggers.insert(format!("{}__audit_{name}", self.model.project.name), trigger);
        }
    }
}

/// As `audit_write` takes them.
fn arguments(object: &Object) -> Vec<String> {
    let key: Vec<&str> = object.key.iter().map(crate::names::ColumnName::as_str).collect();
    let secret = object.fields.values().filter(|field| field.class == FieldClass::Secret);
    let secret: Vec<&str> = secret.map(|field| field.column.as_str()).collect();
    let tenants: Vec<(&str, &str)> = object
        .tenant_paths
        .values()
        .filter_map(|path| match &path.route {
            TenantRoute::Column { column, key } if *key == KeyName::main() => {
                Some((path.kind.as_ref().map_or("", |kind| kind.as_str()), column.as_str()))
            }
            _ => None,
        })
        .collect();
    vec![
        object.name.to_string(),
        serde_json::json!(key).to_string(),
        serde_json::json!(secret).to_string(),
        serde_json::json!(tenants).to_string(),
    ]
}
