//! Functions of the control schema and who may call them.

use super::{Diff, whose};
use crate::names::RoleName;
use crate::plan::ChangeKind;
use crate::state::{Acl, Function, FunctionName, Grantee, Privilege};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the functions that are dropped, also those that are made anew: what row policies call
/// them must go first.
pub fn compare(work: &mut Diff<'_>) -> BTreeSet<FunctionName> {
    let (live, desired) = (work.live, work.desired);
    let mut dropped = BTreeSet::new();
    let mut made = Vec::new();
    let mut revoked = Vec::new();
    let mut granted: BTreeMap<(RoleName, BTreeSet<RoleName>), BTreeSet<FunctionName>> = BTreeMap::new();
    for (name, function) in &desired.functions {
        let now = live.functions.get(name);
        if now == Some(function) {
            continue;
        }
        let owned = now.is_none_or(|now| now.marker.as_ref() == Some(work.marker));
        if !owned || function.marker.as_ref() != Some(work.marker) {
            let marker = now.and_then(|now| now.marker.as_ref());
            work.refuse(
                format!("the function `{name}` exists already and {}", whose(marker)),
                "move it out of the control schema: portalctl never replaces a function that it did not write",
            );
            continue;
        }
        let anew = now.is_some_and(|now| must_be_dropped(now, function));
        if anew {
            dropped.insert(name.clone());
        }
        let kept = now.filter(|_| !anew);
        if !kept.is_some_and(|now| same_but_for_callers(now, function)) {
            made.push((name, function, kept.is_some()));
        }
        let before = kept.map_or_else(Acl::default, |now| now.acl.clone());
        revoked.extend(revoke(name, function, &before));
        for (_, roles) in work.gained(&before, &function.acl) {
            granted.entry((function.owner.clone(), roles)).or_default().insert(name.clone());
        }
    }
    for (name, now) in &live.functions {
        if !desired.functions.contains_key(name) {
            drop_gone(work, name, now, &mut dropped);
        }
    }
    drop_all(work, &dropped);
    create_all(work, made);
    work.kinds.extend(revoked);
    for ((owner, roles), functions) in granted {
        work.kinds.push(ChangeKind::GrantExecute { functions, owner, roles });
    }
    dropped
}

/// CREATE OR REPLACE cannot change these, and only the owner may replace.
fn must_be_dropped(now: &Function, wanted: &Function) -> bool {
    now.arguments != wanted.arguments || now.returns != wanted.returns || now.owner != wanted.owner
}

fn same_but_for_callers(now: &Function, wanted: &Function) -> bool {
    *now == Function { acl: now.acl.clone(), ..wanted.clone() }
}

/// A new function loses PUBLIC's EXECUTE in the statement that follows its creation.
fn revoke(name: &FunctionName, wanted: &Function, before: &Acl) -> Option<ChangeKind> {
    let from: BTreeSet<Grantee> = before
        .0
        .keys()
        .filter(|grantee| before.has(grantee, Privilege::Execute) && !wanted.acl.has(grantee, Privilege::Execute))
        .cloned()
        .collect();
    let owner = wanted.owner.clone();
    (!from.is_empty()).then(|| ChangeKind::RevokeExecute { function: name.clone(), owner, from })
}

fn drop_gone(work: &mut Diff<'_>, name: &FunctionName, now: &Function, dropped: &mut BTreeSet<FunctionName>) {
    if now.marker.as_ref() == Some(work.marker) {
        dropped.insert(name.clone());
    } else {
        work.refuse(
            format!("the function `{name}` {} and cannot be dropped", whose(now.marker.as_ref())),
            "this is a defect of portalctl: please report it with the plan",
        );
    }
}

fn drop_all(work: &mut Diff<'_>, dropped: &BTreeSet<FunctionName>) {
    for name in dropped {
        if let Some(now) = work.live.functions.get(name) {
            work.kinds.push(ChangeKind::DropFunction { name: name.clone(), owner: now.owner.clone() });
        }
    }
}

/// An SQL function is checked when it is made, so those that it calls come first. Bodies name them as
/// `schema.name(`; where functions call each other in a ring, any order is as good.
fn create_all(work: &mut Diff<'_>, mut waiting: Vec<(&FunctionName, &Function, bool)>) {
    while !waiting.is_empty() {
        let free = |at: &usize| {
            let (name, function, _) = waiting[*at];
            !waiting.iter().any(|(other, ..)| *other != name && mentions(&function.body, other))
        };
        let next = (0..waiting.len()).find(free).unwrap_or_default();
        let (name, function, replaces) = waiting.remove(next);
        work.kinds.push(ChangeKind::CreateFunction { name: name.clone(), function: function.clone(), replaces });
    }
}

/// Whether a text calls a function, as far as one can see: a false yes costs nothing but an order.
pub fn mentions(text: &str, function: &FunctionName) -> bool {
    text.match_indices(&function.name).any(|(at, found)| {
        let called = text[at + found.len()..].trim_start_matches('"').starts_with('(');
        let apart = text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric() && before != '_');
        called && apart
    })
}
