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
    create_all(work, &made);
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

/// An SQL function is checked when it is made, so those that it calls come first; where functions call each
/// other in a ring, any order is as good.
fn create_all(work: &mut Diff<'_>, made: &[(&FunctionName, &Function, bool)]) {
    let mut at: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, (name, ..)) in made.iter().enumerate() {
        at.entry(name.name.as_str()).or_default().push(index);
    }
    let needs: Vec<BTreeSet<usize>> = made
        .iter()
        .enumerate()
        .map(|(own, (_, function, _))| {
            let called = calls(&function.body).filter_map(|name| at.get(name)).flatten().copied();
            called.filter(|other| *other != own).collect()
        })
        .collect();
    let mut placed = vec![false; made.len()];
    // Each is looked at once on the way down and once on the way up; the depth is on a stack of our own.
    for start in 0..made.len() {
        let mut open = vec![(start, false)];
        while let Some((index, callees_are_made)) = open.pop() {
            if callees_are_made {
                let (name, function, replaces) = made[index];
                let function = function.clone();
                work.kinds.push(ChangeKind::CreateFunction { name: name.clone(), function, replaces });
            } else if !std::mem::replace(&mut placed[index], true) {
                open.push((index, true));
                open.extend(needs[index].iter().rev().filter(|other| !placed[**other]).map(|other| (*other, false)));
            }
        }
    }
}

/// Names before an opening bracket: what a text calls, as far as one can see. One too many costs nothing but an order.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices('(').flat_map(move |(at, _)| {
        let head = text[..at].trim_end_matches('"');
        let start =
            head.char_indices().rev().take_while(|(_, c)| part_of_name(*c)).last().map_or(at, |(start, _)| start);
        let run = head.get(start..).unwrap_or_default();
        // What stands after a minus sign may be a name of its own.
        std::iter::once(run).chain(run.match_indices('-').map(move |(dash, _)| &run[dash + 1..]))
    })
}

/// Whether one of the texts calls one of these functions.
pub fn calls_any<'t>(mut texts: impl Iterator<Item = &'t str>, functions: &BTreeSet<FunctionName>) -> bool {
    let names: BTreeSet<&str> = functions.iter().map(|function| function.name.as_str()).collect();
    !names.is_empty() && texts.any(|text| calls(text).any(|name| names.contains(name)))
}

#[cfg(test)]
mod tests {
    use super::calls;

    #[test]
    fn what_a_text_calls_is_found_however_it_is_quoted() {
        let found: Vec<&str> = calls(r#"select "p"."keys-of"(1)-team(x), p.all_b2("f"(3))"#).collect();
        for name in ["keys-of", "team", "all_b2", "f"] {
            assert!(found.contains(&name), "{name}: {found:?}");
        }
    }
}
