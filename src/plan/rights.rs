//! What an administrator lacks to make a list of changes; said before anything is done.

use super::{Administrator, Change, ChangeKind};
use crate::names::{Ident, RoleName};
use crate::plan::change::join;
use crate::state::DatabaseState;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRight {
    pub message: String,
    /// A statement for whoever may give it.
    pub hint: String,
}

/// Every right that `administrator` lacks; empty for a superuser.
pub fn missing_rights(changes: &[Change], live: &DatabaseState, administrator: &Administrator) -> Vec<MissingRight> {
    if administrator.superuser || changes.is_empty() {
        return Vec::new();
    }
    let mut missing = Vec::new();
    missing.extend(on_roles(changes, live, administrator));
    missing.extend(on_database(changes, live, administrator));
    missing.extend(on_owners(changes, live, administrator));
    missing
}

fn on_roles(changes: &[Change], live: &DatabaseState, who: &Administrator) -> Vec<MissingRight> {
    let mut known = BTreeSet::new();
    let mut needed = false;
    for change in changes {
        let roles: Vec<&RoleName> = match &change.kind {
            ChangeKind::CreateRole { role, .. }
            | ChangeKind::AlterRole { role, .. }
            | ChangeKind::DropRole { role } => vec![role],
            ChangeKind::GrantMembership { roles, .. } | ChangeKind::RevokeMembership { roles, .. } => {
                roles.iter().collect()
            }
            _ => continue,
        };
        needed = true;
        known.extend(roles.into_iter().filter(|role| live.roles.contains_key(*role)));
    }
    if !needed {
        return Vec::new();
    }
    if !who.create_role {
        return vec![MissingRight {
            message: format!("`{}` may not create roles", who.name),
            hint: format!("a superuser runs: ALTER ROLE {} CREATEROLE", quoted(&who.name)),
        }];
    }
    let foreign: Vec<&RoleName> = known.into_iter().filter(|role| !who.administers.contains(*role)).collect();
    if live.server.version < 160_000 || foreign.is_empty() {
        return Vec::new();
    }
    let grant = join(foreign.iter().map(|role| quoted(role)));
    let roles = join(foreign);
    vec![MissingRight {
        message: format!("`{}` may not administer the roles {roles}", who.name),
        hint: format!("whoever made them runs: GRANT {grant} TO {} WITH ADMIN OPTION", quoted(&who.name)),
    }]
}

fn on_database(changes: &[Change], live: &DatabaseState, who: &Administrator) -> impl Iterator<Item = MissingRight> {
    let connects = changes.iter().any(|change| matches!(change.kind, ChangeKind::GrantDatabase { .. }));
    let (database, name) = (Ident::new(&live.server.database), quoted(&who.name));
    let grants = (connects && !who.grants_connect).then(|| MissingRight {
        message: format!(
            "`{}` may not let the gateway and the issuer connect to the database `{}`, as PUBLIC may not",
            who.name, live.server.database
        ),
        hint: format!("its owner runs: GRANT CONNECT ON DATABASE {database} TO {name} WITH GRANT OPTION"),
    });
    let creates = changes.iter().any(|change| matches!(change.kind, ChangeKind::CreateSchema { .. }));
    let schemas = (creates && !who.creates_schemas).then(|| MissingRight {
        message: format!("`{}` may not create a schema in the database `{}`", who.name, live.server.database),
        hint: format!("its owner runs: GRANT CREATE ON DATABASE {database} TO {name}"),
    });
    grants.into_iter().chain(schemas)
}

/// Row policies and grants belong to the owner of a table, or to whoever has the owner's privileges.
fn on_owners(changes: &[Change], live: &DatabaseState, who: &Administrator) -> Vec<MissingRight> {
    let mut needed: BTreeMap<&RoleName, BTreeSet<String>> = BTreeMap::new();
    for change in changes {
        let (owner, what) = match &change.kind {
            ChangeKind::GrantSchema { schema, owner: None, .. }
            | ChangeKind::RevokeSchema { schema, owner: None, .. } => {
                (live.schemas.get(schema).map(|schema| &schema.owner), format!("schema {schema}"))
            }
            kind => match kind.table() {
                Some(table) => (live.relations.get(table).map(|relation| &relation.owner), table.to_string()),
                None => continue,
            },
        };
        if let Some(owner) = owner.filter(|owner| !who.inherits.contains(*owner)) {
            needed.entry(owner).or_default().insert(what);
        }
    }
    needed
        .into_iter()
        .map(|(owner, what)| MissingRight {
            message: format!("`{}` has not the rights of `{owner}`, which owns {}", who.name, join(what)),
            hint: format!("run: GRANT {} TO {}, or apply as `{owner}`", quoted(owner), quoted(&who.name)),
        })
        .collect()
}

fn quoted(role: &RoleName) -> String {
    Ident::new(role.as_str()).to_string()
}
