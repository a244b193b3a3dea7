//! By what keys rows know people.

use super::{AccessModel, LinkedTo, OwnerPath, UserColumn};
use crate::names::{KeyName, TableName};
use std::collections::BTreeSet;

impl AccessModel {
    /// Columns that hold users' keys, with their tables.
    pub fn user_columns(&self) -> Vec<(&TableName, &UserColumn)> {
        let mut found = Vec::new();
        for object in self.objects.values() {
            found.extend(object.owners.values().filter_map(|owner| match owner {
                OwnerPath::Column(user) => Some((&object.table, user)),
                OwnerPath::Via { .. } => None,
            }));
            found.extend(object.shares.iter().filter_map(|link| match &link.with {
                LinkedTo::User(user) => Some((&link.table, user)),
                LinkedTo::Tenant { .. } => None,
            }));
            found.extend(object.assignments.iter().map(|assignment| (&assignment.table, &assignment.user)));
        }
        found.extend(self.assigned_tenants.iter().map(|assigned| (&assigned.table, &assigned.user)));
        found
    }

    /// Names of the keys that people may have.
    pub fn user_key_names(&self) -> BTreeSet<&KeyName> {
        let of_rows = self.user_columns().into_iter().map(|(_, user)| &user.key);
        let of_people = self.people.iter().flat_map(|source| source.keys.keys());
        let of_fields = self.objects.values().flat_map(|object| object.fields.values());
        let members = self.declared_tenants.iter().flat_map(|tenant| &tenant.members);
        let of_members = members.flat_map(|member| member.keys.keys());
        let of_fields = of_fields.filter_map(|field| field.user_key.as_ref());
        of_rows.chain(of_people).chain(of_members).chain(of_fields).collect()
    }
}
