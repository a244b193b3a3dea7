//! Whom row security shuts out of `COPY … FROM` and `pg_dump`.

use super::{DatabaseState, Grantee, Privilege, Relation};
use crate::names::{RoleName, TableName};
use std::collections::BTreeSet;

impl DatabaseState {
    /// Roles that can load `table` by COPY or dump it as it stands, and could not under row security,
    /// although they pass every row policy.
    pub fn locked_out(&self, table: &TableName) -> BTreeSet<RoleName> {
        let Some(relation) = self.relations.get(table) else { return BTreeSet::new() };
        let concerned = |role: &&RoleName| self.somebody_acts_as(role) && self.copies(relation, role);
        relation.privileged_roles.iter().filter(concerned).cloned().collect()
    }

    /// A group whose members all inherit is named through them.
    fn somebody_acts_as(&self, role: &RoleName) -> bool {
        self.roles.get(role).is_some_and(|role| role.login)
            || self
                .roles
                .values()
                .any(|member| member.member_of.get(role).is_some_and(|options| options.set && !options.inherit))
    }

    fn copies(&self, relation: &Relation, role: &RoleName) -> bool {
        let held_by = self.inherited(role);
        let on_table = |privilege| held_by.iter().any(|grantee| relation.acl.has(grantee, privilege));
        let on_column = |column, privilege| {
            let acl = relation.column_acl.get(column);
            acl.is_some_and(|acl| held_by.iter().any(|grantee| acl.has(grantee, privilege)))
        };
        let everywhere = |name| held_by.contains(&Grantee::Role(RoleName::new(name)));
        let loads = on_table(Privilege::Insert)
            || everywhere("pg_write_all_data")
            || relation.column_acl.keys().any(|column| on_column(column, Privilege::Insert));
        let dumps = on_table(Privilege::Select)
            || everywhere("pg_read_all_data")
            || relation.columns.keys().all(|column| on_column(column, Privilege::Select));
        loads || dumps
    }

    /// The role, PUBLIC, and every role whose privileges it has without asking.
    fn inherited(&self, role: &RoleName) -> BTreeSet<Grantee> {
        let mut all = BTreeSet::from([Grantee::Public]);
        let mut todo = vec![role];
        while let Some(role) = todo.pop() {
            if all.insert(Grantee::Role(role.clone())) {
                let groups = self.roles.get(role).map(|role| &role.member_of).into_iter().flatten();
                todo.extend(groups.filter(|(_, options)| options.inherit).map(|(group, _)| group));
            }
        }
        all
    }
}
