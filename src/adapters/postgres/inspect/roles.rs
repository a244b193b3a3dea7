//! Roles and schemas, by name.

use super::wire;
use crate::names::{RoleName, SchemaName};
use crate::state::{
    Acl, DefaultPrivilege, GrantOption, Grantee, MadeThing, Marker, MembershipOptions, Privilege, Role, Schema,
    Securable,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Roles by number. 0 is PUBLIC wherever PostgreSQL writes a grantee.
pub struct Names<'a>(HashMap<i64, &'a str>);

impl<'a> Names<'a> {
    pub fn of(cluster: &'a wire::Cluster) -> Self {
        Self(cluster.roles.iter().map(|role| (role.oid, role.name.as_str())).collect())
    }

    /// A role that was dropped under our eyes keeps its number, which no name can equal.
    pub fn role(&self, oid: i64) -> RoleName {
        RoleName::new(self.0.get(&oid).map_or_else(|| format!("role number {oid}"), ToString::to_string))
    }

    pub fn grantee(&self, oid: i64) -> Grantee {
        if oid == 0 { Grantee::Public } else { Grantee::Role(self.role(oid)) }
    }

    pub fn acl(&self, held: &wire::Held) -> Acl {
        self.acl_of(held.iter().flatten())
    }

    pub fn acl_of<'h>(&self, held: impl IntoIterator<Item = &'h (i64, String)>) -> Acl {
        let mut acl = Acl::default();
        for (grantee, privilege) in held {
            if let Some(privilege) = privilege_of(wire::privilege(privilege).0) {
                acl.grant(self.grantee(*grantee), privilege);
            }
        }
        acl
    }

    /// What roles may pass on, of all that is held on one thing.
    pub fn grant_options<'h>(
        &self,
        on: &Securable,
        held: impl IntoIterator<Item = &'h (i64, String)>,
    ) -> Vec<GrantOption> {
        let mut options = Vec::new();
        for (grantee, privilege) in held {
            if let (name, true) = wire::privilege(privilege)
                && let (Some(privilege), Grantee::Role(role)) = (privilege_of(name), self.grantee(*grantee))
            {
                options.push(GrantOption { on: on.clone(), privilege, role });
            }
        }
        options
    }
}

/// `None` for privileges that later servers may add and no role of ours is ever given.
fn privilege_of(text: &str) -> Option<Privilege> {
    Some(match text {
        "SELECT" => Privilege::Select,
        "INSERT" => Privilege::Insert,
        "UPDATE" => Privilege::Update,
        "DELETE" => Privilege::Delete,
        "TRUNCATE" => Privilege::Truncate,
        "REFERENCES" => Privilege::References,
        "TRIGGER" => Privilege::Trigger,
        "MAINTAIN" => Privilege::Maintain,
        "USAGE" => Privilege::Usage,
        "CREATE" => Privilege::Create,
        "EXECUTE" => Privilege::Execute,
        "CONNECT" => Privilege::Connect,
        "TEMPORARY" => Privilege::Temporary,
        _ => return None,
    })
}

pub fn is_predefined(name: &str) -> bool {
    name.starts_with("pg_")
}

pub fn marker(comment: Option<&str>) -> Option<Marker> {
    comment.and_then(Marker::parse)
}

pub fn roles(cluster: &wire::Cluster, names: &Names<'_>) -> BTreeMap<RoleName, Role> {
    let groups: HashSet<i64> = cluster.memberships.iter().map(|membership| membership.role).collect();
    let mut roles: BTreeMap<RoleName, Role> = cluster
        .roles
        .iter()
        .filter(|role| !is_predefined(&role.name) || groups.contains(&role.oid))
        .map(|role| (RoleName::new(&role.name), role_of(role)))
        .collect();
    for membership in &cluster.memberships {
        if let Some(member) = roles.get_mut(&names.role(membership.member)) {
            let options =
                MembershipOptions { inherit: membership.inherit, set: membership.set, admin: membership.admin };
            member.member_of.insert(names.role(membership.role), options);
        }
    }
    for settings in &cluster.settings {
        if let Some(role) = roles.get_mut(&names.role(settings.role)) {
            role.settings.extend(settings.settings.iter().cloned());
            role.settings.sort();
        }
    }
    roles
}

fn role_of(role: &wire::Role) -> Role {
    Role {
        login: role.login,
        inherit: role.inherit,
        superuser: role.superuser,
        create_role: role.create_role,
        create_db: role.create_db,
        replication: role.replication,
        bypass_rls: role.bypass_rls,
        marker: marker(role.comment.as_deref()),
        member_of: BTreeMap::new(),
        settings: Vec::new(),
    }
}

pub fn schemas(cluster: &wire::Cluster, names: &Names<'_>) -> BTreeMap<SchemaName, Schema> {
    cluster
        .schemas
        .iter()
        .map(|schema| {
            let owner = names.role(schema.owner);
            let marker = marker(schema.comment.as_deref());
            (
                SchemaName::new(&schema.name),
                Schema { owner, acl: names.acl(&schema.acl), marker, control: schema.control },
            )
        })
        .collect()
}

/// What things yet to be made will be given.
pub fn default_privileges(cluster: &wire::Cluster, names: &Names<'_>) -> Vec<DefaultPrivilege> {
    let of = |letter| match letter {
        'r' => Some(MadeThing::Tables),
        'S' => Some(MadeThing::Sequences),
        'f' => Some(MadeThing::Functions),
        _ => None,
    };
    let one = |defaults: &wire::Defaults| {
        Some(DefaultPrivilege {
            maker: names.role(defaults.maker),
            schema: defaults.schema.as_deref().map(SchemaName::new),
            of: of(defaults.of)?,
            acl: names.acl(&defaults.acl),
        })
    };
    cluster.defaults.iter().filter_map(one).collect()
}
