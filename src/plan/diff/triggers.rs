//! Triggers of tables, and sequences that their defaults draw from.

use super::{Diff, whose};
use crate::names::{RoleName, TableName};
use crate::plan::ChangeKind;
use crate::state::{Acl, FunctionName, Grantee, Privilege, Relation};
use std::collections::BTreeSet;

/// `dropped` are functions that go, if only for a moment: triggers that call them are made anew.
pub fn compare(work: &mut Diff<'_>, dropped: &BTreeSet<FunctionName>) {
    let (live, desired) = (work.live, work.desired);
    for (table, wanted) in &desired.relations {
        if let Some(now) = live.relations.get(table) {
            triggers(work, table, now, wanted, dropped);
        }
    }
    for (name, wanted) in &desired.sequences {
        let now = live.sequences.get(name).map_or_else(Acl::default, |sequence| sequence.acl.clone());
        work.only_ours_may_differ(&format!("the sequence `{name}`"), &now, &wanted.acl);
        let gained = usage(work, &wanted.acl, &now);
        let lost = usage(work, &now, &wanted.acl);
        if !lost.is_empty() {
            work.kinds.push(ChangeKind::RevokeSequence { sequence: name.clone(), roles: lost });
        }
        if !gained.is_empty() {
            work.kinds.push(ChangeKind::GrantSequence { sequence: name.clone(), roles: gained });
        }
    }
}

/// Roles of ours that have `USAGE` in `from` and not in `than`.
fn usage(work: &Diff<'_>, from: &Acl, than: &Acl) -> BTreeSet<RoleName> {
    let roles =
        from.0.keys().filter(|grantee| from.has(grantee, Privilege::Usage) && !than.has(grantee, Privilege::Usage));
    roles
        .filter_map(|grantee| match grantee {
            Grantee::Role(role) if work.is_ours(role) => Some(role.clone()),
            _ => None,
        })
        .collect()
}

fn triggers(
    work: &mut Diff<'_>,
    table: &TableName,
    now: &Relation,
    wanted: &Relation,
    dropped: &BTreeSet<FunctionName>,
) {
    for (name, trigger) in &wanted.triggers {
        let owner = work.desired.functions.get(&trigger.function).map(|function| function.owner.clone());
        let create = || ChangeKind::CreateTrigger {
            table: table.clone(),
            name: name.clone(),
            trigger: trigger.clone(),
            owner: owner.clone(),
        };
        match now.triggers.get(name) {
            None => work.kinds.push(create()),
            Some(before) if before == trigger && !dropped.contains(&before.function) => {}
            Some(before) if before.marker.as_ref() == Some(work.marker) => {
                work.kinds.push(ChangeKind::DropTrigger { table: table.clone(), name: name.clone() });
                work.kinds.push(create());
            }
            Some(before) => work.refuse(
                format!("the trigger `{name}` on `{table}` exists already and {}", whose(before.marker.as_ref())),
                "rename that trigger: portalctl never replaces one that it did not write",
            ),
        }
    }
    for (name, before) in now.triggers.iter().filter(|(name, _)| !wanted.triggers.contains_key(*name)) {
        if before.marker.as_ref() == Some(work.marker) {
            work.kinds.push(ChangeKind::DropTrigger { table: table.clone(), name: name.clone() });
        } else {
            work.refuse(
                format!("the trigger `{name}` on `{table}` {} and cannot be dropped", whose(before.marker.as_ref())),
                "this is a defect of portalctl: please report it with the plan",
            );
        }
    }
}
