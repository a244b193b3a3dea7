//! Privileges on the database itself, and whatever our roles could pass on.

use super::Diff;
use crate::names::RoleName;
use crate::plan::ChangeKind;
use crate::state::{Privilege, Securable};
use std::collections::{BTreeMap, BTreeSet};

/// What may be passed on comes first: a privilege that was passed on could not be revoked otherwise.
pub fn compare(work: &mut Diff<'_>) {
    grant_options(work);
    let (live, desired) = (work.live, work.desired);
    work.only_ours_may_differ("the database", &live.acl, &desired.acl);
    for (privilege, roles) in work.gained(&desired.acl, &live.acl) {
        work.kinds.push(ChangeKind::RevokeDatabase { privilege, roles });
    }
    for (privilege, roles) in work.gained(&live.acl, &desired.acl) {
        work.kinds.push(ChangeKind::GrantDatabase { privilege, roles });
    }
}

fn grant_options(work: &mut Diff<'_>) {
    let mut lost: BTreeMap<(&Securable, Privilege), BTreeSet<RoleName>> = BTreeMap::new();
    for option in work.live.grant_options.difference(&work.desired.grant_options) {
        lost.entry((&option.on, option.privilege)).or_default().insert(option.role.clone());
    }
    for ((on, privilege), roles) in lost {
        let owner = match on {
            Securable::Schema(schema) => {
                let ours = work.live.schemas.get(schema).filter(|schema| schema.marker.as_ref() == Some(work.marker));
                ours.map(|schema| schema.owner.clone())
            }
            Securable::Function(name) => work.live.functions.get(name).map(|function| function.owner.clone()),
            Securable::Table(table) => work.live.views.get(table).map(|view| view.owner.clone()),
            Securable::Database | Securable::Column(..) => None,
        };
        work.kinds.push(ChangeKind::RevokeGrantOption { on: on.clone(), owner, privilege, roles });
    }
}
