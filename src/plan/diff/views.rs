//! Views of the control schema and who may read them.

use super::functions::mentions;
use super::{Diff, whose};
use crate::names::TableName;
use crate::plan::ChangeKind;
use crate::state::{Acl, FunctionName, Grantee, Privilege, View};
use std::collections::{BTreeMap, BTreeSet};

/// `dropped` are functions that go, if only for a moment: views that call them are made anew.
pub fn compare(work: &mut Diff<'_>, dropped: &BTreeSet<FunctionName>) {
    let (live, desired) = (work.live, work.desired);
    for (name, wanted) in &desired.views {
        match live.views.get(name) {
            None => create(work, name, wanted),
            Some(now) if now.marker.as_ref() == Some(work.marker) && wanted.marker == now.marker => {
                alter(work, name, now, wanted, dropped);
            }
            Some(now) if now == wanted => {}
            Some(now) => work.refuse(
                format!("the view `{name}` exists already and {}", whose(now.marker.as_ref())),
                "move it out of the control schema: portalctl never replaces a view that it did not write",
            ),
        }
    }
    for (name, now) in live.views.iter().filter(|(name, _)| !desired.views.contains_key(*name)) {
        if now.marker.as_ref() == Some(work.marker) {
            work.kinds.push(ChangeKind::DropView { name: name.clone() });
        } else {
            work.refuse(
                format!("the view `{name}` {} and cannot be dropped", whose(now.marker.as_ref())),
                "this is a defect of portalctl: please report it with the plan",
            );
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

fn alter(work: &mut Diff<'_>, name: &TableName, now: &View, wanted: &View, dropped: &BTreeSet<FunctionName>) {
    if must_be_dropped(now, wanted) || dropped.iter().any(|function| mentions(&now.query, function)) {
        work.kinds.push(ChangeKind::DropView { name: name.clone() });
        create(work, name, wanted);
        return;
    }
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
