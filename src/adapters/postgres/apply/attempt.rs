//! One attempt at a plan, from BEGIN to COMMIT.

use super::super::PgError;
use super::super::canonical::Canonical;
use super::super::inspect::inspect_within;
use super::super::planning::{make_plan_with, residual, tell};
use super::{Agreed, ApplyError, Overseer, Patience, Progress, Receipt, locks, verify};
use crate::model::AccessModel;
use crate::names::TableName;
use crate::plan::change::join;
use crate::plan::{Hazard, Phase, Plan, Touched, sql};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::collections::BTreeSet;

pub enum Failure {
    /// Somebody was in the way; another attempt may succeed.
    Busy(String),
    /// A lock on one of these tables could not be had. Who holds it can be asked after the rollback.
    Blocked(BTreeSet<TableName>),
    Final(ApplyError),
}

impl<E: Into<ApplyError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Final(error.into())
    }
}

/// What an attempt is made for and with.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub model: &'a AccessModel,
    pub agreed: Agreed<'a>,
    pub patience: Patience,
    pub overseer: &'a dyn Overseer,
}

pub async fn attempt(
    connection: &mut PgConnection,
    cluster: &mut PgConnection,
    order: Order<'_>,
) -> Result<Receipt, Failure> {
    locks::take_cluster(cluster, order.patience.turn).await?.map_err(Failure::Busy)?;
    let outcome = in_turn(connection, order).await;
    // The turn ends with the session at the latest, and what became of the plan is known already.
    let _ = locks::give_back_cluster(cluster).await;
    outcome
}

async fn in_turn(connection: &mut PgConnection, order: Order<'_>) -> Result<Receipt, Failure> {
    let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
    let mut transaction = connection.begin_with(begin).await.map_err(PgError::query("begin a transaction"))?;
    match in_transaction(&mut transaction, order).await {
        Ok(receipt) => {
            order.overseer.step(Progress::Committing);
            match transaction.commit().await {
                Ok(()) => Ok(receipt),
                Err(error @ sqlx::Error::Database(_)) => Err(PgError::query("commit")(error).into()),
                Err(error) => Err(ApplyError::Unknown(error).into()),
            }
        }
        Err(failure) => {
            // What cannot be rolled back any more, the server rolls back when the session ends. Why it was to be is
            // what somebody wants to know.
            let _ = transaction.rollback().await;
            Err(failure)
        }
    }
}

async fn in_transaction(connection: &mut PgConnection, order: Order<'_>) -> Result<Receipt, Failure> {
    let timeouts = format!(
        "SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; {}",
        order.patience.lock.as_millis(),
        sql::SETTINGS
    );
    sqlx::raw_sql(AssertSqlSafe(timeouts))
        .execute(&mut *connection)
        .await
        .map_err(PgError::query("pin the session's settings"))?;
    locks::take_database(connection, order.patience.turn).await?.map_err(Failure::Busy)?;

    order.overseer.step(Progress::Reading);
    let touched = Touched::of(order.model);
    let live = inspect_within(connection, &touched).await?;
    if !order.overseer.accepts(&live) {
        return Err(Failure::Final(ApplyError::NotLetPass));
    }
    let mut canonical = Canonical::default();
    let destroyed = match order.agreed {
        Agreed::Plan(plan) => plan.destroyed.clone(),
        Agreed::Saved(saved, _) => saved.destroyed().clone(),
        Agreed::Found => order.overseer.destroys(),
    };
    let mut plan = make_plan_with(connection, order.model, &live, &destroyed, &mut canonical).await?;
    // Of a plan that somebody has read, the statements decide; of the others somebody is still told.
    if !matches!(order.agreed, Agreed::Plan(_)) || plan.changes.is_empty() {
        tell(connection, order.model, &live, &mut plan, &mut canonical).await?;
    }
    if !order.overseer.lets_pass(&plan) {
        return Err(Failure::Final(ApplyError::NotLetPass));
    }
    if plan.changes.is_empty() {
        if plan.is_other_state() {
            keep_documents(connection, order).await?;
        }
        return Ok(Receipt { changes: 0 });
    }
    agree(&plan, order)?;
    lock_tables(connection, &plan).await?;
    run(connection, &plan, order).await?;

    order.overseer.step(Progress::Verifying);
    let after = inspect_within(connection, &touched).await?;
    let residual = residual(connection, order.model, &after, &plan, &mut canonical).await?;
    if !residual.is_empty() {
        return Err(Failure::Final(ApplyError::Residual(verify::explain(connection, &residual).await?)));
    }
    Ok(Receipt { changes: plan.changes.len() })
}

fn agree(plan: &Plan, order: Order<'_>) -> Result<(), ApplyError> {
    match order.agreed {
        Agreed::Found => Ok(()),
        Agreed::Plan(agreed) => agreed.agrees(plan, order.model).map_err(ApplyError::Stale),
        Agreed::Saved(saved, allowed) => {
            saved.agrees(plan, order.model).map_err(ApplyError::Stale)?;
            let refused: Vec<Hazard> = plan.not_allowed(allowed).into_iter().cloned().collect();
            if refused.is_empty() { Ok(()) } else { Err(ApplyError::NotAllowed(refused)) }
        }
    }
}

/// All at once and before anything else: a table that cannot be had stops nobody for longer than its
/// own wait, and the order by name cannot lock two of us into each other.
async fn lock_tables(connection: &mut PgConnection, plan: &Plan) -> Result<(), Failure> {
    let tables = plan.locked();
    if tables.is_empty() {
        return Ok(());
    }
    let names = join(tables.iter().map(|table| format!("ONLY {}", table.sql())));
    let statement = format!("LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE");
    let outcome = sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await;
    outcome.map(|_| ()).map_err(|error| failed(Phase::Policies, error, tables))
}

async fn run(connection: &mut PgConnection, plan: &Plan, order: Order<'_>) -> Result<(), Failure> {
    let phases = plan.statements(order.model);
    let of = phases.len();
    for (at, (phase, statements)) in phases.iter().enumerate() {
        order.overseer.step(Progress::Phase { phase: *phase, number: at + 1, of });
        sqlx::raw_sql(AssertSqlSafe(sql::script(statements)))
            .execute(&mut *connection)
            .await
            .map_err(|error| failed(*phase, error, business_tables(plan, *phase)))?;
    }
    let receipt = sql::receipt(&order.model.project, &plan.spec_hash, &plan.live_hash, plan.changes.len());
    sqlx::raw_sql(AssertSqlSafe(sql::script(&[receipt])))
        .execute(&mut *connection)
        .await
        .map_err(PgError::query("write the receipt"))?;
    keep_documents(connection, order).await
}

async fn keep_documents(connection: &mut PgConnection, order: Order<'_>) -> Result<(), Failure> {
    let statements = sql::applied_state(order.model, order.overseer.commit().as_deref());
    sqlx::raw_sql(AssertSqlSafe(sql::script(&statements)))
        .execute(connection)
        .await
        .map_err(PgError::query("keep the documents that are applied"))?;
    Ok(())
}

fn business_tables(plan: &Plan, phase: Phase) -> BTreeSet<TableName> {
    plan.changes
        .iter()
        .filter(|change| change.phase() == phase)
        .filter_map(|change| change.kind.table())
        .cloned()
        .collect()
}

/// A lock that was not had in time, a deadlock, and a catalog row that somebody else has just changed
/// are no reason to give up.
fn failed(phase: Phase, error: sqlx::Error, tables: BTreeSet<TableName>) -> Failure {
    match locks::code(&error).as_str() {
        "55P03" | "40P01" => Failure::Blocked(tables),
        "40001" => Failure::Busy("somebody else changes the same roles or privileges".to_owned()),
        "XX000" if error.to_string().contains("tuple concurrently") => {
            Failure::Busy("somebody else changes the same roles or privileges".to_owned())
        }
        _ => Failure::Final(ApplyError::Phase { phase, source: error }),
    }
}
