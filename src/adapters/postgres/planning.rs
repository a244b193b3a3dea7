//! From a live state to a plan: the steps that need the server.

use super::super::clock;
use super::administrator::administrator;
use super::canonical::Canonical;
use super::inspect::inspect_within;
use super::lapsing::lapsing;
use super::preflight::{in_the_way, one_key};
use super::{PgError, applied};
use crate::model::AccessModel;
use crate::names::Ident;
use crate::plan::control::newest_version;
use crate::plan::{
    Administrator, Change, CompileError, Former, MissingRight, Plan, Refusal, Since, Touched, desired, diff, leftovers,
    missing_rights, renames, since,
};
use crate::state::DatabaseState;
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;

/// The oldest server whose row security and role switching are as everything here expects.
const OLDEST: u32 = 150_000;

#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error(transparent)]
    Server(#[from] PgError),
    #[error("the server is PostgreSQL {}; portalctl needs 15 or newer", version / 10_000)]
    TooOld { version: u32 },
    /// The live checks report these at their places.
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error("something stands in the way: {}", .0.iter().map(|refusal| refusal.message.as_str()).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Refusal>),
    /// The control schema is newer than this binary.
    #[error("the control schema is at version {live}, this portalctl knows versions up to {known}")]
    NewerControl { live: u32, known: u32 },
    #[error("the administrator lacks rights: {}", .0.iter().map(|right| right.message.as_str()).collect::<Vec<_>>().join("; "))]
    Rights(Vec<MissingRight>),
}

/// What one snapshot of a database holds, and what would be done to it.
#[derive(Debug)]
pub struct Survey {
    pub live: DatabaseState,
    pub plan: Result<Plan, PlanError>,
}

/// Reads the database in one snapshot and says what would be done, where what `destroyed` names and no document does goes.
/// Changes nothing.
///
/// # Errors
/// The server cannot be asked.
pub async fn survey(
    connection: &mut PgConnection,
    model: &AccessModel,
    destroyed: &BTreeSet<String>,
) -> Result<Survey, PgError> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE";
    let mut snapshot = connection.begin_with(begin).await.map_err(PgError::query("begin a transaction"))?;
    let live = inspect_within(&mut snapshot, &Touched::of(model)).await?;
    let mut canonical = Canonical::default();
    let mut plan = make_plan_with(&mut snapshot, model, &live, destroyed, &mut canonical).await;
    if let Ok(plan) = &mut plan {
        tell(&mut snapshot, model, &live, plan, &mut canonical).await?;
    }
    snapshot.rollback().await.map_err(PgError::query("end a transaction"))?;
    Ok(Survey { live, plan })
}

/// Plans from `live`, which was read in the transaction that is open on `connection`.
///
/// # Errors
/// The server is too old or cannot be asked, the model does not fit the tables, something that is not
/// ours is in the way, or the administrator may not do what the plan needs.
pub async fn make_plan(
    connection: &mut PgConnection,
    model: &AccessModel,
    live: &DatabaseState,
) -> Result<Plan, PlanError> {
    make_plan_with(connection, model, live, &BTreeSet::new(), &mut Canonical::default()).await
}

/// The same, with what is known of texts already.
pub(super) async fn make_plan_with(
    connection: &mut PgConnection,
    model: &AccessModel,
    live: &DatabaseState,
    destroyed: &BTreeSet<String>,
    canonical: &mut Canonical,
) -> Result<Plan, PlanError> {
    if live.server.version < OLDEST {
        return Err(PlanError::TooOld { version: live.server.version });
    }
    let known = newest_version();
    if live.control_version > known {
        return Err(PlanError::NewerControl { live: live.control_version, known });
    }
    let administrator = administrator(connection, live.server.version).await?;
    if !administrator.creates_temporary {
        return Err(PlanError::Rights(vec![no_temporary_tables(&administrator, live)]));
    }
    let marker = Touched::of(model).marker(&live.server.database);
    let desired = canonical.bring(connection, live, desired(model, live, destroyed)?, &marker).await?;
    let mut plan = Plan::new(model, live, &desired, administrator).map_err(PlanError::Refused)?;
    let gone = leftovers(model, live);
    plan.guess_renames(live, &gone);
    plan.kept = gone.difference(destroyed).cloned().collect();
    plan.destroyed.clone_from(destroyed);
    let mut refusals = in_the_way(connection, model, live, &plan, &renames(&desired)).await?;
    refusals.extend(one_key(connection, model, live, &plan).await?);
    if !refusals.is_empty() {
        return Err(PlanError::Refused(refusals));
    }
    plan.lapsing(lapsing(connection, model, live, &plan).await?);
    let missing = missing_rights(&plan.changes, live, &plan.administrator);
    if missing.is_empty() { Ok(plan) } else { Err(PlanError::Rights(missing)) }
}

/// Has the plan tell access by what was applied last, where that is known.
///
/// # Errors
/// The server cannot be asked.
pub(super) async fn tell(
    connection: &mut PgConnection,
    model: &AccessModel,
    live: &DatabaseState,
    plan: &mut Plan,
    canonical: &mut Canonical,
) -> Result<(), PgError> {
    if live.control_version == 0 {
        return Ok(());
    }
    let unknown = |why: &str| Former::Unknown(why.to_owned());
    let former = match applied::last(connection, &model.project.control_schema).await? {
        None => unknown("they were applied by a version that did not keep them"),
        Some(state) if !state.is_current => unknown("something was applied by a script, which does not keep them"),
        Some(state) if state.spec_hash == model.spec_hash && plan.destroyed.is_empty() => {
            Former::Known(Box::new(Since::unchanged(state, plan)))
        }
        Some(state) => match state.resolve() {
            Err(why) => Former::Unknown(format!("{} cannot be read by this version: {why}", state.words())),
            Ok(former) => {
                let applied = as_applied(connection, &former, live, canonical).await?;
                let marker = Touched::of(model).marker(&live.server.database);
                let applied = applied.as_ref().map_err(Clone::clone);
                let today = clock::now().date();
                Former::Known(Box::new(since((state, &former), model, live, applied, (&marker, today))))
            }
        },
    };
    plan.tell(former);
    Ok(())
}

/// What the database would be if nobody had changed it since; or why nobody can say.
async fn as_applied(
    connection: &mut PgConnection,
    former: &AccessModel,
    live: &DatabaseState,
    canonical: &mut Canonical,
) -> Result<Result<DatabaseState, String>, PgError> {
    let marker = Touched::of(former).marker(&live.server.database);
    Ok(match desired(former, live, &BTreeSet::new()) {
        Ok(applied) => Ok(canonical.bring(connection, live, applied, &marker).await?),
        Err(error) => Err(error.to_string()),
    })
}

fn no_temporary_tables(administrator: &Administrator, live: &DatabaseState) -> MissingRight {
    let (database, name) = (Ident::new(&live.server.database), Ident::new(administrator.name.as_str()));
    MissingRight {
        message: format!("`{}` may not make temporary tables, by which row policies are compared", administrator.name),
        hint: format!("its owner runs: GRANT TEMPORARY ON DATABASE {database} TO {name}"),
    }
}

/// What is still to be done once `done` was made and `after` read.
pub(super) async fn residual(
    connection: &mut PgConnection,
    model: &AccessModel,
    after: &DatabaseState,
    done: &Plan,
    canonical: &mut Canonical,
) -> Result<Vec<Change>, PlanError> {
    canonical.learn(&done.changes, after);
    let marker = Touched::of(model).marker(&after.server.database);
    let desired = canonical.bring(connection, after, desired(model, after, &done.destroyed)?, &marker).await?;
    diff(after, &desired, &marker).map_err(PlanError::Refused)
}
