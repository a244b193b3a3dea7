//! Comparing the live state with the desired one.
//!
//! What carries no marker of this project and database is never changed: where the desired state
//! would need that, there is a [`Refusal`] and no change at all.

mod database;
mod functions;
mod grants;
mod hazards;
mod makes;
mod people;
mod policies;
mod roles;
mod schemas;
mod triggers;
mod views;

use super::{Change, ChangeKind};
use crate::names::RoleName;
use crate::state::{Acl, DatabaseState, Grantee, Marker, Privilege, Renames};
use std::collections::{BTreeMap, BTreeSet};

/// Something stands where this project would have to put its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub message: String,
    pub hint: String,
}

/// The changes that lead from `live` to `desired`, in the order in which they are made; empty when
/// the two agree. `marker` is what the project's own things carry.
///
/// # Errors
/// Everything in the way, when anything is.
pub fn diff(live: &DatabaseState, desired: &DatabaseState, marker: &Marker) -> Result<Vec<Change>, Vec<Refusal>> {
    let renames = makes::renames(desired);
    let mut known = live.clone();
    known.rename(&renames);
    let bared = before(live, desired);
    let mut work = Diff { live: &bared, desired, marker, kinds: Vec::new(), refusals: Vec::new() };
    roles::compare(&mut work);
    database::compare(&mut work);
    schemas::compare(&mut work);
    let retyped = makes::compare(&mut work, &known, &renames);
    let recreated = functions::compare(&mut work);
    policies::compare(&mut work, &recreated, &retyped);
    triggers::compare(&mut work, &recreated);
    views::compare(&mut work, &recreated, &retyped);
    grants::compare(&mut work);
    people::compare(&mut work);
    if !work.refusals.is_empty() {
        return Err(work.refusals);
    }
    let mut changes: Vec<Change> = work
        .kinds
        .into_iter()
        .map(|kind| Change { hazards: hazards::of(&kind, &known, marker), kind, cause: None })
        .collect();
    changes.sort_by_key(Change::phase);
    Ok(changes)
}

/// `live` by the names of `desired`, with its new tables as they are before anything guards them.
pub fn before(live: &DatabaseState, desired: &DatabaseState) -> DatabaseState {
    let mut state = live.clone();
    state.rename(&makes::renames(desired));
    makes::bare(&mut state, desired);
    state
}

/// What is called otherwise, for questions that are asked before.
pub fn renames(desired: &DatabaseState) -> Renames {
    makes::renames(desired)
}

struct Diff<'a> {
    live: &'a DatabaseState,
    desired: &'a DatabaseState,
    marker: &'a Marker,
    kinds: Vec<ChangeKind>,
    refusals: Vec<Refusal>,
}

impl Diff<'_> {
    fn refuse(&mut self, message: impl Into<String>, hint: impl Into<String>) {
        self.refusals.push(Refusal { message: message.into(), hint: hint.into() });
    }

    fn is_ours(&self, role: &RoleName) -> bool {
        [self.live, self.desired]
            .iter()
            .any(|state| state.roles.get(role).is_some_and(|role| role.marker.as_ref() == Some(self.marker)))
    }

    /// What of `to` is not in `from` for roles of ours, grouped: every (privilege, roles) once.
    fn gained(&self, from: &Acl, to: &Acl) -> BTreeMap<Privilege, BTreeSet<RoleName>> {
        let mut gained: BTreeMap<Privilege, BTreeSet<RoleName>> = BTreeMap::new();
        for (grantee, privileges) in &to.0 {
            let Grantee::Role(role) = grantee else { continue };
            if self.is_ours(role) {
                for privilege in privileges.iter().filter(|privilege| !from.has(grantee, *privilege)) {
                    gained.entry(privilege).or_default().insert(role.clone());
                }
            }
        }
        gained
    }

    /// Says so when `desired` would change what somebody else holds.
    fn only_ours_may_differ(&mut self, what: &str, live: &Acl, desired: &Acl) {
        let grantees: BTreeSet<&Grantee> = live.0.keys().chain(desired.0.keys()).collect();
        for grantee in grantees {
            let foreign = match grantee {
                Grantee::Public => true,
                Grantee::Role(role) => !self.is_ours(role),
            };
            if foreign && live.0.get(grantee) != desired.0.get(grantee) {
                self.refuse(
                    format!("the privileges of `{grantee}` on {what} are not this project's to change"),
                    "this is a defect of portalctl: please report it with the plan",
                );
            }
        }
    }
}

/// What a thing that is in the way carries.
fn whose(marker: Option<&Marker>) -> String {
    marker.map_or_else(
        || "was not made by portalctl".to_owned(),
        |marker| format!("belongs to the project `{}` in the database `{}`", marker.project, marker.database),
    )
}
