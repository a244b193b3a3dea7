//! A plan beside what was applied last: what the documents give and take that those did not, by the engine of `diff`, and
//! apart from it what in the database is not as it was applied.

use super::applied::{AppliedState, TOOL};
use super::cause::Causes;
use super::change::join;
use super::diff::{before, diff};
use super::{AccessChange, Change, ChangeKind, Hazard, Plan, access, describe};
use crate::analysis::diff::{AccessDiff, Class, Kind, diff as access_diff};
use crate::check::accepts_widening;
use crate::model::AccessModel;
use crate::names::PortalName;
use crate::state::{DatabaseState, Marker};
use std::collections::BTreeSet;
use time::Date;

/// What is known of the access that was there before.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Former {
    /// Nothing was applied yet, or nobody asked.
    #[default]
    None,
    /// Something was applied, and why nobody can say what.
    Unknown(String),
    Known(Box<Since>),
}

/// What is new since the documents that were applied last.
#[derive(Debug, Clone, PartialEq)]
pub struct Since {
    pub state: AppliedState,
    /// Whether the documents are others.
    pub is_other: bool,
    pub found: AccessDiff,
    /// What is not as those documents have it; or why nobody can say.
    pub drift: Result<Drift, String>,
}

/// What `apply` would set right if the documents were as they were; `access` and `changes` are what it would do, so that what
/// somebody has beyond what was applied is `narrow`.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Drift {
    /// Whether another version of the binary may be the reason.
    pub other_version: bool,
    pub access: Vec<AccessChange>,
    pub changes: Vec<String>,
}

/// What `desired` is brought to from `live`, beside what `state` was.
pub fn since(
    (state, former): (AppliedState, &AccessModel),
    model: &AccessModel,
    live: &DatabaseState,
    applied: Result<&DatabaseState, String>,
    (marker, today): (&Marker, Date),
) -> Since {
    let mut found = access_diff(former, model);
    accept(model, &mut found, today);
    let drift = applied.and_then(|applied| drift(former, live, applied, marker, state.portalctl != TOOL));
    Since { is_other: state.spec_hash != model.spec_hash, state, found, drift }
}

fn drift(
    former: &AccessModel,
    live: &DatabaseState,
    applied: &DatabaseState,
    marker: &Marker,
    other_version: bool,
) -> Result<Drift, String> {
    let changes = diff(live, applied, marker)
        .map_err(|refusals| join(refusals.iter().map(|refusal| refusal.message.as_str())))?;
    let access = access::access_changes(&before(live, applied), applied, marker, &mut Causes::of(former));
    Ok(Drift { other_version, access, changes: told(&changes) })
}

fn told(changes: &[Change]) -> Vec<String> {
    let told = changes.iter().map(|change| describe(&change.kind)).map(|(sign, what)| format!("{sign} {what}"));
    told.collect()
}

/// Notes which of what is gained the later documents accept.
pub fn accept(after: &AccessModel, found: &mut AccessDiff, today: Date) {
    let known: BTreeSet<&str> = after.portals.keys().map(PortalName::as_str).collect();
    for change in found.changes.iter_mut().filter(|change| change.kind == Kind::Access && change.class.gains()) {
        let portal = change.persona.as_deref().and_then(|persona| persona.split_once('/')).map(|(portal, _)| portal);
        if let (Some(portal), Some(object)) = (portal.filter(|portal| known.contains(portal)), &change.object) {
            change.accepted = accepts_widening(after, portal, object, today);
        }
    }
}

impl Since {
    /// Of the same documents: nobody gains or loses by them, and all that is to be done is drift.
    #[must_use]
    pub fn unchanged(state: AppliedState, plan: &Plan) -> Self {
        let other_version = state.portalctl != TOOL;
        let drift = Drift { other_version, access: plan.access.clone(), changes: told(&plan.changes) };
        Self { is_other: false, state, found: AccessDiff::default(), drift: Ok(drift) }
    }

    /// Whether something is not as it was applied, or nobody can say.
    #[must_use]
    pub fn is_drifted(&self) -> bool {
        !self.is_exact()
    }

    /// Whether the documents alone decide what changes.
    fn is_exact(&self) -> bool {
        self.drift.as_ref().is_ok_and(|drift| drift.changes.is_empty())
    }

    /// A statement by itself may give or take; the documents say what all of them together do. Where nobody gains
    /// anything by them, none of the statements that make them true gives anything.
    pub(super) fn refine(&self, changes: &mut [Change]) {
        if !self.is_exact() {
            return;
        }
        let some = |classes: &[Class]| {
            let mut told = self.found.changes.iter().filter(|change| change.kind != Kind::DataLoss);
            told.any(|change| classes.contains(&change.class))
        };
        let gains = some(&[Class::Widen, Class::Incomparable]);
        let loses = some(&[Class::Narrow, Class::Incomparable]);
        for change in changes.iter_mut().filter(|change| follows_the_documents(&change.kind)) {
            change.hazards.retain(|hazard| match hazard {
                Hazard::Widens => gains,
                Hazard::Narrows => loses,
                _ => true,
            });
        }
    }
}

/// Whether what such a change does to somebody is all said by the access model. Who is a member where, and what roles may
/// beside it, is not.
fn follows_the_documents(kind: &ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::CreateFunction { .. }
            | ChangeKind::DropFunction { .. }
            | ChangeKind::GrantExecute { .. }
            | ChangeKind::RevokeExecute { .. }
            | ChangeKind::CreateView { .. }
            | ChangeKind::DropView { .. }
            | ChangeKind::GrantView { .. }
            | ChangeKind::RevokeView { .. }
            | ChangeKind::GrantColumns { .. }
            | ChangeKind::RevokeColumns { .. }
            | ChangeKind::GrantTable { .. }
            | ChangeKind::RevokeTable { .. }
            | ChangeKind::CreatePolicy { .. }
            | ChangeKind::AlterPolicy { .. }
            | ChangeKind::DropPolicy { .. }
    )
}
