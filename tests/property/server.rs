//! A server as far as changes need one: it does what a change says and refuses what PostgreSQL would.

use portalctl::names::{RoleName, TableName};
use portalctl::plan::ChangeKind;
use portalctl::state::{Acl, DatabaseState, Function, Grantee, Privilege, Relation, Role, Schema, View};
use std::collections::{BTreeMap, BTreeSet};

pub fn make(state: &mut DatabaseState, change: &ChangeKind) {
    match change {
        ChangeKind::CreateRole { role, attributes } => {
            assert!(state.roles.insert(role.clone(), attributes.clone()).is_none(), "{role} exists");
        }
        ChangeKind::AlterRole { role, to, .. } => {
            let now = state.roles.get_mut(role).expect("a role that is altered exists");
            *now = Role { member_of: std::mem::take(&mut now.member_of), ..to.clone() };
        }
        ChangeKind::DropRole { role } => drop_role(state, role),
        ChangeKind::GrantMembership { roles, member, options } => {
            all_exist(state, roles);
            let member = state.roles.get_mut(member).expect("a member exists");
            member.member_of.extend(roles.iter().map(|role| (role.clone(), *options)));
        }
        ChangeKind::RevokeMembership { roles, member } => {
            let member = state.roles.get_mut(member).expect("a member exists");
            member.member_of.retain(|role, _| !roles.contains(role));
        }
        ChangeKind::CreateSchema { schema, owner, marker } => {
            assert!(state.roles.contains_key(owner));
            let new = Schema { owner: owner.clone(), acl: Acl::default(), marker: Some(marker.clone()), control: true };
            assert!(state.schemas.insert(schema.clone(), new).is_none());
        }
        ChangeKind::GrantSchema { schema, privilege, roles, .. } => {
            all_exist(state, roles);
            grant(&mut state.schemas.get_mut(schema).unwrap().acl, roles, *privilege);
        }
        ChangeKind::RevokeSchema { schema, privilege, from, .. } => {
            revoke(&mut state.schemas.get_mut(schema).unwrap().acl, from, *privilege);
        }
        ChangeKind::MigrateControl { version, .. } => {
            assert_eq!(state.control_version + 1, *version);
            state.control_version = *version;
        }
        ChangeKind::TenantKeys { alone, .. } => {
            assert!(state.control_version > 0, "tenants live in the control schema");
            state.one_key_one_tenant = *alone;
        }
        ChangeKind::CreateFunction { .. }
        | ChangeKind::DropFunction { .. }
        | ChangeKind::GrantExecute { .. }
        | ChangeKind::RevokeExecute { .. } => on_function(state, change),
        ChangeKind::CreateView { .. }
        | ChangeKind::DropView { .. }
        | ChangeKind::GrantView { .. }
        | ChangeKind::RevokeView { .. } => on_view(state, change),
        ChangeKind::PutTenants { .. } | ChangeKind::PutMembers { .. } | ChangeKind::RemoveMembers { .. } => {
            on_people(state, change);
        }
        _ => on_table(state, change),
    }
}

fn all_exist(state: &DatabaseState, roles: &BTreeSet<RoleName>) {
    assert!(roles.iter().all(|role| state.roles.contains_key(role)), "{roles:?}");
}

fn grant(acl: &mut Acl, roles: &BTreeSet<RoleName>, privilege: Privilege) {
    roles.iter().for_each(|role| acl.grant(Grantee::Role(role.clone()), privilege));
}

fn revoke(acl: &mut Acl, from: &BTreeSet<Grantee>, privilege: Privilege) {
    for grantee in from {
        if let Some(held) = acl.0.get_mut(grantee) {
            held.remove(privilege);
        }
    }
    acl.0.retain(|_, held| !held.is_empty());
}

/// PostgreSQL keeps a role to which anything still refers.
fn drop_role(state: &mut DatabaseState, role: &RoleName) {
    let grantee = Grantee::Role(role.clone());
    let acls = state.schemas.values().map(|schema| &schema.acl);
    let acls = acls.chain(state.functions.values().map(|function| &function.acl));
    let acls = acls.chain(state.views.values().map(|view| &view.acl));
    let on_tables = state.relations.values().flat_map(|relation| relation.column_acl.values().chain([&relation.acl]));
    assert!(acls.chain(on_tables).all(|acl| !acl.0.contains_key(&grantee)), "{role} holds something");
    assert!(state.functions.values().all(|function| function.owner != *role), "{role} owns a function");
    assert!(state.views.values().all(|view| view.owner != *role), "{role} owns a view");
    let mut policies = state.relations.values().flat_map(|relation| relation.policies.values());
    assert!(policies.all(|policy| !policy.roles.contains(&grantee)), "{role} is named by a policy");
    state.roles.remove(role).expect("a role that is dropped exists");
    state.roles.values_mut().for_each(|other| _ = other.member_of.remove(role));
}

fn on_function(state: &mut DatabaseState, change: &ChangeKind) {
    match change {
        ChangeKind::CreateFunction { name, function, replaces } => {
            assert!(state.roles.contains_key(&function.owner));
            let now = state.functions.get(name);
            assert_eq!(now.is_some(), *replaces, "{name}");
            if let Some(now) = now {
                assert_eq!(
                    (&now.returns, &now.arguments, &now.owner),
                    (&function.returns, &function.arguments, &function.owner)
                );
            }
            let acl = now.map(|now| now.acl.clone()).unwrap_or_default();
            state.functions.insert(name.clone(), Function { acl, ..function.clone() });
        }
        ChangeKind::DropFunction { name, .. } => {
            let call = format!("{}(", name.name);
            let mut policies = state.relations.values().flat_map(|relation| relation.policies.values());
            assert!(policies.all(|policy| !policy.using.as_ref().unwrap().contains(&call)), "a policy calls {name}");
            assert!(state.views.values().all(|view| !view.query.contains(&call)), "a view calls {name}");
            state.functions.remove(name).expect("a function that is dropped exists");
        }
        ChangeKind::GrantExecute { functions, roles, .. } => {
            all_exist(state, roles);
            for name in functions {
                grant(&mut state.functions.get_mut(name).unwrap().acl, roles, Privilege::Execute);
            }
        }
        ChangeKind::RevokeExecute { function, from, .. } => {
            revoke(&mut state.functions.get_mut(function).unwrap().acl, from, Privilege::Execute);
        }
        _ => unreachable!(),
    }
}

/// A view keeps its owner, and columns and what others hold, for as long as it is there.
fn on_view(state: &mut DatabaseState, change: &ChangeKind) {
    match change {
        ChangeKind::CreateView { name, view, replaces } => {
            assert!(state.roles.contains_key(&view.owner));
            let called =
                view.query.split_once("WHERE p_portal.").map(|(_, rest)| rest.trim_end_matches("()").to_owned());
            assert!(called.is_none_or(|called| state.functions.keys().any(|name| name.name == called)));
            assert!(view.over.as_ref().is_none_or(|below| state.views.contains_key(below)), "{name} stands on nothing");
            let now = state.views.get(name);
            assert_eq!(now.is_some(), *replaces, "{name}");
            if let Some(now) = now {
                let names = |view: &View| view.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
                assert_eq!((names(now), &now.owner), (names(view), &view.owner));
            }
            let acl = now.map(|now| now.acl.clone()).unwrap_or_default();
            state.views.insert(name.clone(), View { acl, ..view.clone() });
        }
        ChangeKind::DropView { name } => {
            assert!(state.views.remove(name).is_some(), "{name}");
            assert!(state.views.values().all(|view| view.over.as_ref() != Some(name)), "something stands on {name}");
        }
        ChangeKind::GrantView { view, roles, .. } => {
            all_exist(state, roles);
            grant(&mut state.views.get_mut(view).unwrap().acl, roles, Privilege::Select);
        }
        ChangeKind::RevokeView { view, privilege, from, .. } => {
            revoke(&mut state.views.get_mut(view).unwrap().acl, from, *privilege);
        }
        _ => unreachable!(),
    }
}

fn relation<'s>(state: &'s mut DatabaseState, table: &TableName) -> &'s mut Relation {
    state.relations.get_mut(table).expect("a table exists")
}

fn on_table(state: &mut DatabaseState, change: &ChangeKind) {
    let grantees = |roles: &BTreeSet<RoleName>| roles.iter().cloned().map(Grantee::Role).collect::<BTreeSet<_>>();
    match change {
        ChangeKind::CreatePolicy { table, name, policy } => {
            let using = policy.using.clone().unwrap();
            let called = using.split_once("p_portal.").map(|(_, rest)| rest.split_once('(').unwrap().0.to_owned());
            assert!(called.is_none_or(|called| state.functions.keys().any(|name| name.name == called)), "{using}");
            assert!(relation(state, table).policies.insert(name.clone(), policy.clone()).is_none());
        }
        ChangeKind::AlterPolicy { table, name, from, to } => {
            let now = relation(state, table).policies.insert(name.clone(), to.clone());
            assert_eq!(now.as_ref(), Some(from));
            assert_eq!((from.permissive, from.command), (to.permissive, to.command));
        }
        ChangeKind::DropPolicy { table, name } => assert!(relation(state, table).policies.remove(name).is_some()),
        ChangeKind::RowSecurity { table, enable } => relation(state, table).row_security = *enable,
        ChangeKind::ForceRowSecurity { table, force } => relation(state, table).force_row_security = *force,
        ChangeKind::RevokeTable { table, privilege, roles } => {
            let relation = relation(state, table);
            revoke(&mut relation.acl, &grantees(roles), *privilege);
            // As PostgreSQL does.
            relation.column_acl.values_mut().for_each(|acl| revoke(acl, &grantees(roles), *privilege));
            relation.column_acl.retain(|_, acl| !acl.0.is_empty());
        }
        ChangeKind::GrantTable { table, privilege, roles } => {
            all_exist(state, roles);
            grant(&mut relation(state, table).acl, roles, *privilege);
        }
        ChangeKind::RevokeColumns { table, privilege, columns, roles } => {
            let relation = relation(state, table);
            for column in columns {
                revoke(
                    relation.column_acl.get_mut(column).expect("a column with grants"),
                    &grantees(roles),
                    *privilege,
                );
            }
            relation.column_acl.retain(|_, acl| !acl.0.is_empty());
        }
        ChangeKind::GrantColumns { table, privilege, columns, roles } => {
            all_exist(state, roles);
            let relation = relation(state, table);
            for column in columns {
                assert!(relation.columns.contains_key(column));
                grant(relation.column_acl.entry(column.clone()).or_default(), roles, *privilege);
            }
        }
        other => panic!("{other:?}"),
    }
}

fn on_people(state: &mut DatabaseState, change: &ChangeKind) {
    assert!(state.control_version > 0, "tenants live in the control schema");
    match change {
        ChangeKind::PutTenants { tenants, .. } => {
            for (key, tenant) in tenants {
                let (members, settings) =
                    state.tenants.remove(key).map(|now| (now.members, now.settings)).unwrap_or_default();
                assert!(tenant.members.is_empty(), "members travel apart");
                let settings = tenant.settings.clone().or(settings);
                let put = portalctl::state::TenantRecord { members, settings, ..tenant.clone() };
                state.tenants.insert(key.clone(), put);
            }
        }
        ChangeKind::PutMembers { members, .. } => {
            for ((tenant, member), keys) in members {
                let tenant = state.tenants.get_mut(tenant).expect("a member's tenant exists");
                let record = portalctl::state::MemberRecord { keys: BTreeMap::clone(keys) };
                tenant.members.insert(member.clone(), record);
            }
        }
        ChangeKind::RemoveMembers { members, .. } => {
            for (tenant, member) in members {
                assert!(state.tenants.get_mut(tenant).unwrap().members.remove(member).is_some());
            }
        }
        _ => unreachable!(),
    }
}
