//! Views of the control schema and who may read them.

use super::functions::calls_any;
use super::makes::Retyped;
use super::{Diff, whose};
use crate::names::TableName;
use crate::plan::ChangeKind;
use crate::state::{Acl, FunctionName, Grantee, Privilege, View};
use std::collections::{BTreeMap, BTreeSet};

/// `dropped` are functions that go, if only for a moment: views that call them are made anew, and those over them.
pub fn compare(work: &mut Diff<'_>, dropped: &BTreeSet<FunctionName>, retyped: &Retyped) {
    let (live, desired) = (work.live, work.desired);
    let mut gone: BTreeSet<&TableName> = BTreeSet::new();
    for (name, now) in &live.views {
        match desired.views.get(name) {
            Some(wanted) if now == wanted && now.marker.as_ref() != Some(work.marker) => {}
            Some(_) if now.marker.as_ref() != Some(work.marker) => work.refuse(
                format!("the view `{name}` exists already and {}", whose(now.marker.as_ref())),
                "move it out of the control schema: portalctl never replaces a view that it did not write",
            ),
            Some(wanted) => {
                let calls = calls_any(std::iter::once(now.query.as_str()), dropped);
                let shown = retyped.iter().any(|(table, _)| now.of.contains(table));
                gone.extend((calls || shown || must_be_dropped(now, wanted)).then_some(name));
            }
            None if now.marker.as_ref() == Some(work.marker) => _ = gone.insert(name),
            None => work.refuse(
                format!("the view `{name}` {} and cannot be dropped", whose(now.marker.as_ref())),
                "this is a defect of portalctl: please report it with the plan",
            ),
        }
    }
    let ours = |view: &View| view.marker.as_ref() == Some(work.marker);
    let over: Vec<&TableName> = live
        .views
        .iter()
        .filter(|(_, view)| ours(view) && view.over.as_ref().is_some_and(|below| gone.contains(below)))
        .map(|(name, _)| name)
        .collect();
    gone.extend(over);
    // A view goes before what it stands on, and comes after.
    let stands =
        |views: &BTreeMap<TableName, View>, name: &TableName| views.get(name).is_some_and(|view| view.over.is_some());
    let (upper, lower): (Vec<_>, Vec<_>) = gone.iter().copied().partition(|name| stands(&live.views, name));
    for name in upper.into_iter().chain(lower) {
        work.kinds.push(ChangeKind::DropView { name: name.clone() });
    }
    let (upper, lower): (Vec<_>, Vec<_>) = desired.views.iter().partition(|(_, view)| view.over.is_some());
    for (name, wanted) in lower.into_iter().chain(upper) {
        match live.views.get(name).filter(|_| !gone.contains(name)) {
            None => create(work, name, wanted),
            Some(now) if now.marker.as_ref() == Some(work.marker) => alter(work, name, now, wanted),
            Some(_) => {}
        }
    }
}

fn create(work: &mut Diff<'_>, name: &TableName, wanted: &View) {
    work.kinds.push(ChangeKind::CreateView { name: name.clone(), view: wanted.clone(), replaces: false });
    grant(work, name, wanted, &Acl::default());
}

fn grant(work: &mut Diff<'_>, name: &TableName, wanted: &View, before: &Acl) {
    if let Some(roles) = work.gained(before, &wanted.acl).remove(&Privilege::Select) {
        work.kinds.push(ChangeKind::GrantView { view: name.clone(), owner: wanted.owner.clone(), roles });
    }
}

fn alter(work: &mut Diff<'_>, name: &TableName, now: &View, wanted: &View) {
    if *now != (View { acl: now.acl.clone(), ..wanted.clone() }) {
        work.kinds.push(ChangeKind::CreateView { name: name.clone(), view: wanted.clone(), replaces: true });
    }
    let mut lost: BTreeMap<Privilege, BTreeSet<Grantee>> = BTreeMap::new();
    for (grantee, held) in &now.acl.0 {
        for privilege in held.iter().filter(|privilege| !wanted.acl.has(grantee, *privilege)) {
            lost.entry(privilege).or_default().insert(grantee.clone());
        }
    }
    for (privilege, from) in lost {
        let owner = wanted.owner.clone();
        work.kinds.push(ChangeKind::RevokeView { view: name.clone(), owner, privilege, from });
    }
    grant(work, name, wanted, &now.acl);
}

/// CREATE OR REPLACE changes no columns, down to their collations, and no owner, and leaves privileges on columns, triggers
/// and rules as they are. What is shown stands before what decides about rows.
fn must_be_dropped(now: &View, wanted: &View) -> bool {
    let columns = |view: &View| -> Vec<(String, String)> {
        view.columns.iter().map(|column| (column.name.to_string(), column.display_type.clone())).collect()
    };
    let shows = |view: &View| view.query.split("WHERE ").next().map(str::to_owned);
    columns(now) != columns(wanted)
        || shows(now) != shows(wanted)
        || now.owner != wanted.owner
        || now.column_acl
        || now.rewritten
}
