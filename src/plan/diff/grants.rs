//! Privileges of our roles on tables and columns.

use super::Diff;
use crate::names::{ColumnName, RoleName, TableName};
use crate::plan::ChangeKind;
use crate::state::{Grantee, Privilege, Privileges, Relation};
use std::collections::{BTreeMap, BTreeSet};

pub fn compare(work: &mut Diff<'_>) {
    let (live, desired) = (work.live, work.desired);
    for (table, wanted) in &desired.relations {
        let Some(now) = live.relations.get(table) else { continue };
        if now.acl == wanted.acl && now.column_acl == wanted.column_acl {
            continue;
        }
        only_ours_may_differ(work, table, now, wanted);
        let mut change = TableChange::default();
        let roles: BTreeSet<&RoleName> =
            roles_of(now).chain(roles_of(wanted)).filter(|role| work.is_ours(role)).collect();
        for role in roles {
            change.of_role(role, &held(now, role), &held(wanted, role));
        }
        change.finish(work, table);
    }
}

fn only_ours_may_differ(work: &mut Diff<'_>, table: &TableName, now: &Relation, wanted: &Relation) {
    work.only_ours_may_differ(&format!("`{table}`"), &now.acl, &wanted.acl);
    let columns: BTreeSet<&ColumnName> = now.column_acl.keys().chain(wanted.column_acl.keys()).collect();
    for column in columns {
        let of = |relation: &Relation| relation.column_acl.get(column).cloned().unwrap_or_default();
        work.only_ours_may_differ(&format!("`{table}.{column}`"), &of(now), &of(wanted));
    }
}

fn roles_of(relation: &Relation) -> impl Iterator<Item = &RoleName> {
    relation.column_acl.values().chain([&relation.acl]).flat_map(|acl| acl.0.keys()).filter_map(|grantee| match grantee
    {
        Grantee::Role(role) => Some(role),
        Grantee::Public => None,
    })
}

#[derive(Default)]
struct Held {
    table: Privileges,
    columns: BTreeMap<Privilege, BTreeSet<ColumnName>>,
}

fn held(relation: &Relation, role: &RoleName) -> Held {
    let grantee = Grantee::Role(role.clone());
    let mut held = Held { table: relation.acl.0.get(&grantee).copied().unwrap_or_default(), ..Held::default() };
    for (column, acl) in &relation.column_acl {
        for privilege in acl.0.get(&grantee).into_iter().flat_map(|held| held.iter()) {
            held.columns.entry(privilege).or_default().insert(column.clone());
        }
    }
    held
}

type Roles = BTreeSet<RoleName>;

/// Roles with the same difference share a statement.
#[derive(Default)]
struct TableChange {
    table_lost: BTreeMap<Privilege, Roles>,
    table_gained: BTreeMap<Privilege, Roles>,
    columns_lost: BTreeMap<(Privilege, BTreeSet<ColumnName>), Roles>,
    columns_gained: BTreeMap<(Privilege, BTreeSet<ColumnName>), Roles>,
}

impl TableChange {
    fn of_role(&mut self, role: &RoleName, now: &Held, wanted: &Held) {
        for privilege in wanted.table.without(now.table) {
            self.table_gained.entry(privilege).or_default().insert(role.clone());
        }
        for privilege in now.table.without(wanted.table) {
            self.table_lost.entry(privilege).or_default().insert(role.clone());
        }
        let none = BTreeSet::new();
        let privileges: BTreeSet<Privilege> = now.columns.keys().chain(wanted.columns.keys()).copied().collect();
        for privilege in privileges {
            // A REVOKE on the table has taken the columns along.
            let taken = now.table.contains(privilege) && !wanted.table.contains(privilege);
            let before = if taken { &none } else { now.columns.get(&privilege).unwrap_or(&none) };
            let after = wanted.columns.get(&privilege).unwrap_or(&none);
            let note = |into: &mut BTreeMap<(Privilege, BTreeSet<ColumnName>), Roles>, columns: BTreeSet<_>| {
                if !columns.is_empty() {
                    into.entry((privilege, columns)).or_default().insert(role.clone());
                }
            };
            note(&mut self.columns_lost, before.difference(after).cloned().collect());
            note(&mut self.columns_gained, after.difference(before).cloned().collect());
        }
    }

    fn finish(self, work: &mut Diff<'_>, table: &TableName) {
        let table = || table.clone();
        for (privilege, roles) in self.table_lost {
            work.kinds.push(ChangeKind::RevokeTable { table: table(), privilege, roles });
        }
        for ((privilege, columns), roles) in self.columns_lost {
            work.kinds.push(ChangeKind::RevokeColumns { table: table(), privilege, columns, roles });
        }
        for (privilege, roles) in self.table_gained {
            work.kinds.push(ChangeKind::GrantTable { table: table(), privilege, roles });
        }
        for ((privilege, columns), roles) in self.columns_gained {
            work.kinds.push(ChangeKind::GrantColumns { table: table(), privilege, columns, roles });
        }
    }
}
