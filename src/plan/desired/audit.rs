//! The record of what portal users change: who, through which portal, what it was and what it is.

use super::compiler::Compiler;
use super::writes::RoleWrites;
use crate::model::{Deletion, FieldClass, Object, TenantRoute, Write};
use crate::names::{ColumnName, KeyName, RoleName, fitting};
use crate::state::{Event, FunctionName, Relation, Timing};
use std::collections::{BTreeMap, BTreeSet};

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
            let trigger = self.trigger(Timing::After, events, function, self.audit_arguments(object), also);
            relation.triggers.insert(fitting(&format!("{}__audit_{name}", self.model.project.name), ""), trigger);
        }
    }

    /// As `audit_write` takes them. What no document names is not written down, nor what any object on the table calls
    /// secret; what says which row it is and whose always is.
    fn audit_arguments(&self, object: &Object) -> Vec<String> {
        let of_table = || self.model.objects.values().filter(|other| other.table == object.table);
        let fields = || of_table().flat_map(|object| object.fields.values());
        let tenants = direct_tenants(object);
        let deletion = of_table().filter_map(|object| match &object.deletion {
            Some(Deletion::Soft(column)) => Some(column),
            _ => None,
        });
        let mut kept: BTreeSet<&str> = fields().map(|field| field.column.as_str()).collect();
        kept.extend(object.key.iter().chain(deletion).map(ColumnName::as_str));
        kept.extend(tenants.iter().map(|(_, column)| *column));
        for field in fields().filter(|field| field.class == FieldClass::Secret) {
            kept.remove(field.column.as_str());
        }
        let key: Vec<&str> = object.key.iter().map(ColumnName::as_str).collect();
        vec![
            object.name.to_string(),
            serde_json::json!(key).to_string(),
            serde_json::json!(kept).to_string(),
            serde_json::json!(tenants).to_string(),
        ]
    }
}

/// Kind and column of the tenants that a row itself names.
fn direct_tenants(object: &Object) -> Vec<(&str, &str)> {
    let direct = object.tenant_paths.values().filter_map(|path| match &path.route {
        TenantRoute::Column { column, key } if *key == KeyName::main() => {
            Some((path.kind.as_ref().map_or("", |kind| kind.as_str()), column.as_str()))
        }
        _ => None,
    });
    direct.collect()
}
