//! What each change may do to somebody.

use crate::names::RoleName;
use crate::plan::rows::rows_of;
use crate::plan::{ChangeKind, Hazard};
use crate::state::{DatabaseState, Grantee, Marker, RowPolicy};

use Hazard::{DestroysData, LocksOut, LocksTable, Narrows, Widens};

pub fn of(kind: &ChangeKind, live: &DatabaseState, marker: &Marker) -> Vec<Hazard> {
    let mut hazards = match kind {
        ChangeKind::CreateRole { .. }
        | ChangeKind::CreateSchema { .. }
        | ChangeKind::MigrateControl { .. }
        | ChangeKind::TenantKeys { .. } => vec![],
        ChangeKind::CreateFunction { replaces: false, .. } | ChangeKind::CreateView { replaces: false, .. } => vec![],
        ChangeKind::GrantMembership { .. }
        | ChangeKind::GrantSchema { .. }
        | ChangeKind::GrantExecute { .. }
        | ChangeKind::GrantDatabase { .. }
        | ChangeKind::GrantTable { .. }
        | ChangeKind::GrantColumns { .. }
        | ChangeKind::GrantSequence { .. }
        | ChangeKind::GrantView { .. } => vec![Widens],
        ChangeKind::DropRole { role } => owned(role, live).chain([Narrows]).collect(),
        ChangeKind::RevokeMembership { .. }
        | ChangeKind::RevokeSchema { .. }
        | ChangeKind::RevokeExecute { .. }
        | ChangeKind::RevokeDatabase { .. }
        | ChangeKind::RevokeGrantOption { .. }
        | ChangeKind::RevokeTable { .. }
        | ChangeKind::RevokeColumns { .. }
        | ChangeKind::RevokeSequence { .. }
        | ChangeKind::DropView { .. }
        | ChangeKind::RevokeView { .. }
        | ChangeKind::RemoveMembers { .. } => vec![Narrows],
        // What a function, an attribute or a key decides is not seen from outside.
        ChangeKind::AlterRole { .. }
        | ChangeKind::CreateFunction { .. }
        | ChangeKind::DropFunction { .. }
        | ChangeKind::CreateView { .. } => {
            vec![Widens, Narrows]
        }
        ChangeKind::PutTenants { tenants, .. } => {
            let known = tenants.keys().any(|key| live.tenants.contains_key(key));
            if known { vec![Widens, Narrows] } else { vec![Widens] }
        }
        ChangeKind::PutMembers { members, .. } => {
            let known = members.keys().any(|(tenant, member)| {
                live.tenants.get(tenant).is_some_and(|tenant| tenant.members.contains_key(member))
            });
            if known { vec![Widens, Narrows] } else { vec![Widens] }
        }
        ChangeKind::CreatePolicy { policy, .. } => created(policy, live, marker),
        ChangeKind::DropPolicy { table, name } => {
            let gone = live.relations.get(table).and_then(|relation| relation.policies.get(name));
            gone.map(|policy| vec![if policy.permissive { Narrows } else { Widens }]).unwrap_or_default()
        }
        ChangeKind::AlterPolicy { from, to, .. } => altered(from, to),
        ChangeKind::RowSecurity { table, enable: true } => live.locked_out(table).into_iter().map(LocksOut).collect(),
        ChangeKind::RowSecurity { enable: false, .. } => vec![Widens],
        ChangeKind::Make { change, .. } => change.hazards(),
        // Only who may write is checked by one, and what it checks is in its function.
        ChangeKind::CreateTrigger { .. } | ChangeKind::DropTrigger { .. } => vec![],
        ChangeKind::ForceRowSecurity { force, .. } => vec![if *force { Narrows } else { Widens }],
    };
    // What nobody can read yet locks nobody out.
    if kind.locks().is_some_and(|table| live.relations.contains_key(table)) {
        hazards.push(LocksTable);
    }
    hazards.sort();
    hazards.dedup();
    hazards
}

/// What somebody had a role make goes with it; of temporary tables nobody keeps anything.
fn owned<'a>(role: &'a RoleName, live: &'a DatabaseState) -> impl Iterator<Item = Hazard> + 'a {
    let tables = live.relations.iter().filter(move |(_, relation)| relation.owner == *role);
    tables.map(|(table, _)| DestroysData(table.to_string()))
}

/// A pass-through gives nobody more than they have, and a guard for roles that are new takes nothing.
fn created(policy: &RowPolicy, live: &DatabaseState, marker: &Marker) -> Vec<Hazard> {
    let ours = |role: &RoleName| live.roles.get(role).is_none_or(|role| role.marker.as_ref() == Some(marker));
    let known = |role: &RoleName| live.roles.contains_key(role);
    let some = |test: &dyn Fn(&RoleName) -> bool| {
        policy.roles.iter().any(|grantee| match grantee {
            Grantee::Public => true,
            Grantee::Role(role) => test(role),
        })
    };
    match policy.permissive {
        true if some(&ours) => vec![Widens],
        false if some(&known) => vec![Narrows],
        _ => vec![],
    }
}

fn altered(from: &RowPolicy, to: &RowPolicy) -> Vec<Hazard> {
    let rows = |text: &Option<String>| text.as_deref().map(rows_of);
    let texts = rows(&from.using) != rows(&to.using) || rows(&from.check) != rows(&to.check);
    let more = to.roles.difference(&from.roles).next().is_some();
    let fewer = from.roles.difference(&to.roles).next().is_some();
    let (widens, narrows) = if to.permissive { (more, fewer) } else { (fewer, more) };
    let mut hazards = Vec::new();
    if texts || widens {
        hazards.push(Widens);
    }
    if texts || narrows {
        hazards.push(Narrows);
    }
    hazards
}
