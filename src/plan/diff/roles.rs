//! Roles and memberships.

use super::{Diff, whose};
use crate::names::RoleName;
use crate::plan::ChangeKind;
use crate::state::{MembershipOptions, Role};
use std::collections::{BTreeMap, BTreeSet};

pub fn compare(work: &mut Diff<'_>) {
    let (live, desired) = (work.live, work.desired);
    for (name, role) in &desired.roles {
        match live.roles.get(name) {
            None => create(work, name, role),
            Some(now) if now == role => {}
            Some(now) if now.marker.as_ref() == Some(work.marker) && role.marker == now.marker => {
                alter(work, name, now, role);
            }
            Some(now) => work.refuse(
                format!("the role `{name}` exists already and {}", whose(now.marker.as_ref())),
                "roles are shared by all databases of the server: give the project another name, \
                 or drop the role if nothing uses it",
            ),
        }
    }
    for (name, role) in &live.roles {
        if desired.roles.contains_key(name) {
            continue;
        }
        if role.marker.as_ref() == Some(work.marker) {
            work.kinds.push(ChangeKind::DropRole { role: name.clone() });
        } else {
            work.refuse(
                format!("the role `{name}` {} and cannot be dropped", whose(role.marker.as_ref())),
                "this is a defect of portalctl: please report it with the plan",
            );
        }
    }
}

fn create(work: &mut Diff<'_>, name: &RoleName, role: &Role) {
    let attributes = Role { member_of: BTreeMap::new(), settings: Vec::new(), ..role.clone() };
    work.kinds.push(ChangeKind::CreateRole { role: name.clone(), attributes: attributes.clone() });
    if !role.settings.is_empty() {
        let to = Role { settings: role.settings.clone(), ..attributes.clone() };
        work.kinds.push(ChangeKind::AlterRole { role: name.clone(), from: attributes, to });
    }
    memberships(work, name, &BTreeMap::new(), &role.member_of);
}

fn alter(work: &mut Diff<'_>, name: &RoleName, now: &Role, role: &Role) {
    let bare = |role: &Role| Role { member_of: BTreeMap::new(), ..role.clone() };
    let (from, to) = (bare(now), bare(role));
    if from != to {
        work.kinds.push(ChangeKind::AlterRole { role: name.clone(), from, to });
    }
    memberships(work, name, &now.member_of, &role.member_of);
}

/// A membership whose options differ is revoked and granted anew, since options that were granted
/// can only be taken back with it before PostgreSQL 16.
fn memberships(
    work: &mut Diff<'_>,
    member: &RoleName,
    now: &BTreeMap<RoleName, MembershipOptions>,
    wanted: &BTreeMap<RoleName, MembershipOptions>,
) {
    let gone: BTreeSet<RoleName> =
        now.iter().filter(|(role, options)| wanted.get(*role) != Some(options)).map(|(role, _)| role.clone()).collect();
    // A role that is dropped takes its memberships along.
    let gone: BTreeSet<RoleName> = gone.into_iter().filter(|role| work.desired.roles.contains_key(role)).collect();
    if !gone.is_empty() {
        work.kinds.push(ChangeKind::RevokeMembership { roles: gone, member: member.clone() });
    }
    let mut granted: Vec<(MembershipOptions, BTreeSet<RoleName>)> = Vec::new();
    for (role, options) in wanted.iter().filter(|(role, options)| now.get(*role) != Some(options)) {
        match granted.iter_mut().find(|(same, _)| same == options) {
            Some((_, roles)) => _ = roles.insert(role.clone()),
            None => granted.push((*options, BTreeSet::from([role.clone()]))),
        }
    }
    for (options, roles) in granted {
        work.kinds.push(ChangeKind::GrantMembership { roles, member: member.clone(), options });
    }
}
