//! Who can use a relation when PUBLIC and inherited memberships are resolved to the roles that exist.

use super::roles::is_predefined;
use super::wire;
use crate::names::RoleName;
use crate::state::Marker;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Privileges that row security has a say in.
const GUARDED: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

pub struct Reach<'a> {
    roles: HashMap<i64, &'a wire::Role>,
    /// Members that have a role's privileges without asking for them.
    heirs: HashMap<i64, Vec<i64>>,
    ours: HashSet<i64>,
    /// Roles that may read or write every table, whatever its ACL says, and that somebody holds.
    everywhere: Vec<i64>,
}

impl<'a> Reach<'a> {
    pub fn of(cluster: &'a wire::Cluster, marker: &Marker) -> Self {
        let marker = marker.to_string();
        let ours =
            cluster.roles.iter().filter(|role| role.comment.as_ref() == Some(&marker)).map(|role| role.oid).collect();
        let mut heirs: HashMap<i64, Vec<i64>> = HashMap::new();
        for membership in cluster.memberships.iter().filter(|membership| membership.inherit) {
            heirs.entry(membership.role).or_default().push(membership.member);
        }
        let held: HashSet<i64> = cluster.memberships.iter().map(|membership| membership.role).collect();
        let mut everywhere = Vec::new();
        for role in &cluster.roles {
            if role.name == "pg_database_owner" {
                heirs.entry(role.oid).or_default().push(cluster.database_owner);
            } else if matches!(role.name.as_str(), "pg_read_all_data" | "pg_write_all_data") && held.contains(&role.oid)
            {
                everywhere.push(role.oid);
            }
        }
        Self { roles: cluster.roles.iter().map(|role| (role.oid, role)).collect(), heirs, ours, everywhere }
    }

    /// Roles that can use some column or row of a relation through `held`; neither superusers nor
    /// BYPASSRLS, nor whoever acts as the owner, nor ours.
    pub fn privileged<'h>(&self, owner: i64, held: impl Iterator<Item = &'h (i64, String)>) -> BTreeSet<RoleName> {
        let mut start: HashSet<i64> = self.everywhere.iter().copied().collect();
        for (grantee, privilege) in held {
            if !GUARDED.contains(&wire::privilege(privilege).0) {
                continue;
            } else if *grantee == 0 {
                let exist = self.roles.values().filter(|role| !is_predefined(&role.name));
                start.extend(exist.map(|role| role.oid));
            } else {
                start.insert(*grantee);
            }
        }
        let as_owner = self.heirs_of([owner]);
        self.heirs_of(start)
            .difference(&as_owner)
            .filter_map(|oid| self.roles.get(oid))
            .filter(|role| !role.superuser && !role.bypass_rls && role.name != "pg_database_owner")
            .map(|role| RoleName::new(&role.name))
            .collect()
    }

    /// These roles and whoever inherits from them. What somebody has through a role of ours is ours
    /// to decide and leads no further.
    fn heirs_of(&self, start: impl IntoIterator<Item = i64>) -> HashSet<i64> {
        let mut seen = HashSet::new();
        let mut todo: Vec<i64> = start.into_iter().collect();
        while let Some(role) = todo.pop() {
            if !self.ours.contains(&role) && seen.insert(role) {
                todo.extend(self.heirs.get(&role).into_iter().flatten());
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Membership;

    fn role(oid: i64, name: &str) -> wire::Role {
        wire::Role {
            oid,
            name: name.to_owned(),
            login: true,
            inherit: true,
            superuser: false,
            create_role: false,
            create_db: false,
            replication: false,
            bypass_rls: false,
            comment: None,
        }
    }

    fn cluster(roles: Vec<wire::Role>, memberships: &[(i64, i64, bool)]) -> wire::Cluster {
        wire::Cluster {
            version: 150_018,
            database: "crm".to_owned(),
            system_identifier: String::new(),
            database_owner: 1,
            database_acl: None,
            roles,
            memberships: memberships
                .iter()
                .map(|&(role, member, inherit)| Membership { role, member, inherit, set: true, admin: false })
                .collect(),
            settings: Vec::new(),
            defaults: Vec::new(),
            schemas: Vec::new(),
            relations: Vec::new(),
            control_tables: Vec::new(),
        }
    }

    fn privileged(cluster: &wire::Cluster, owner: i64, held: &[(i64, &str)]) -> Vec<String> {
        let held: Vec<_> = held.iter().map(|(role, privilege)| (*role, (*privilege).to_owned())).collect();
        let marker = Marker { project: "acme".into(), database: "crm".to_owned() };
        let roles = Reach::of(cluster, &marker).privileged(owner, held.iter());
        roles.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn public_is_everybody_but_ours_the_owner_and_who_acts_as_the_owner() {
        let mut ours = role(5, "acme__gateway");
        ours.comment = Some("portalctl project=acme database=crm".to_owned());
        let mut root = role(6, "root");
        root.superuser = true;
        let roles = vec![role(1, "dba"), role(2, "owner"), role(3, "app"), role(4, "deputy"), ours, root];
        let cluster = cluster(roles, &[(2, 4, true)]);
        assert_eq!(privileged(&cluster, 2, &[(0, "SELECT")]), ["app", "dba"]);
    }

    #[test]
    fn inherited_privileges_count_and_those_that_must_be_asked_for_do_not() {
        let roles =
            vec![role(1, "dba"), role(2, "readers"), role(3, "heir"), role(4, "heir_of_heir"), role(5, "asker")];
        let cluster = cluster(roles, &[(2, 3, true), (3, 4, true), (2, 5, false)]);
        assert_eq!(privileged(&cluster, 1, &[(2, "SELECT")]), ["heir", "heir_of_heir", "readers"]);
    }

    #[test]
    fn who_was_given_a_role_of_ours_gets_no_way_around_it() {
        let mut ours = role(2, "acme__support__customer");
        ours.comment = Some("portalctl project=acme database=crm".to_owned());
        let cluster = cluster(vec![role(1, "dba"), ours, role(3, "developer")], &[(2, 3, true)]);
        assert!(privileged(&cluster, 1, &[(2, "SELECT")]).is_empty());
    }

    #[test]
    fn who_may_read_all_data_needs_no_grant() {
        let roles = vec![role(1, "dba"), role(2, "pg_read_all_data"), role(3, "backup")];
        let cluster = cluster(roles, &[(2, 3, true)]);
        assert_eq!(privileged(&cluster, 1, &[]), ["backup", "pg_read_all_data"]);
    }

    #[test]
    fn a_privilege_that_row_security_does_not_guard_needs_no_passage() {
        let cluster = cluster(vec![role(1, "dba"), role(2, "janitor")], &[]);
        assert!(privileged(&cluster, 1, &[(2, "TRUNCATE"), (2, "TRIGGER")]).is_empty());
    }
}
