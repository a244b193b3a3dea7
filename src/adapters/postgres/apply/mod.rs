//! Making a plan true, in one transaction.
//!
//! A process that is killed at any moment leaves the database as it was before or as it is after:
//! roles, tables, functions and rows all change with one COMMIT.

mod attempt;
mod locks;
mod verify;

use super::PgError;
use super::error::reason;
use super::planning::PlanError;
use crate::model::AccessModel;
use crate::plan::{Hazard, Phase, Plan, SavedPlan, StalePlan};
use crate::state::DatabaseState;
use attempt::{Failure, Order, attempt};
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often and how long a lock that somebody else holds is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    pub attempts: u32,
    /// The longest wait for one lock; a business table stops for everybody while its lock is waited for.
    pub lock: Duration,
    /// For another `apply` to end.
    pub turn: Duration,
    /// Before the second attempt; doubles after each.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 5,
            lock: Duration::from_secs(2),
            turn: Duration::from_secs(60),
            pause: Duration::from_millis(500),
        }
    }
}

/// What must be so for the changes to be made.
#[derive(Debug, Clone, Copy)]
pub enum Agreed<'a> {
    /// Exactly this plan, which somebody read a moment ago.
    Plan(&'a Plan),
    /// Exactly the plan of a file, with these hazards allowed.
    Saved(&'a SavedPlan, &'a BTreeSet<Hazard>),
    /// Whatever the overseer lets pass: nobody has read a plan before, so there is none to agree with.
    Found,
}

/// Who is told what happens, and may still say no.
pub trait Overseer: Sync {
    fn step(&self, progress: Progress<'_>);

    /// Whether the database, as it is found under lock, may be worked on.
    fn accepts(&self, _live: &DatabaseState) -> bool {
        true
    }

    /// The commit that the documents are as, where there is one.
    fn commit(&self) -> Option<String> {
        None
    }

    /// What may go that no document names any more.
    fn destroys(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// Whether this may be done. Asked before anything is.
    fn lets_pass(&self, _plan: &Plan) -> bool {
        true
    }
}

/// Nobody.
impl Overseer for () {
    fn step(&self, _progress: Progress<'_>) {}
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Somebody else holds the lock that is waited for.
    Waiting(&'a str),
    Reading,
    Phase {
        phase: Phase,
        number: usize,
        of: usize,
    },
    Verifying,
    Committing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub changes: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Server(#[from] PgError),
    #[error("the plan is stale: {0}")]
    Stale(StalePlan),
    #[error("the plan is not allowed: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    NotAllowed(Vec<Hazard>),
    /// The overseer knows why.
    #[error("nothing was changed: it was not let pass")]
    NotLetPass,
    #[error("gave up after {attempts} attempts: {blocker}")]
    Busy { attempts: u32, blocker: String },
    #[error("nothing was changed: the {phase} could not be applied: {}", reason(source))]
    Phase { phase: Phase, source: sqlx::Error },
    /// The connection was lost between COMMIT and its answer.
    #[error("the changes may or may not have been made, since the server's last answer was lost: {}", reason(.0))]
    Unknown(sqlx::Error),
    #[error("nothing was changed: after all statements the database would still differ from the plan: {}", .0.join("; "))]
    Residual(Vec<String>),
}

/// Reads the database again under lock, refuses when that leads to another plan than the one agreed
/// on, and makes the changes. When another `apply` has made them already there is nothing to do.
///
/// # Errors
/// Nothing has changed then, unless it is [`ApplyError::Unknown`].
pub async fn apply(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
    model: &AccessModel,
    agreed: Agreed<'_>,
    patience: Patience,
    overseer: &dyn Overseer,
) -> Result<Receipt, ApplyError> {
    let mut cluster = locks::connect_for_cluster(options).await?;
    let order = Order { model, agreed, patience, overseer };
    let mut pause = patience.pause;
    let mut attempts = 1;
    loop {
        let blocker = match attempt(connection, &mut cluster, order).await {
            Ok(receipt) => return Ok(receipt),
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Busy(blocker)) => blocker,
            Err(Failure::Blocked(tables)) => locks::blocker(connection, &tables).await?,
        };
        if attempts >= patience.attempts {
            return Err(ApplyError::Busy { attempts, blocker });
        }
        overseer.step(Progress::Waiting(&blocker));
        tokio::time::sleep(pause).await;
        pause *= 2;
        attempts += 1;
    }
}
