//! Counts whom a plan takes access from at once, on the database as it is.

use super::PgError;
use crate::model::AccessModel;
use crate::names::Ident;
use crate::plan::control::ProjectRoles;
use crate::plan::{Lapse, LapseQuestion, Plan, told};
use crate::state::DatabaseState;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use std::collections::BTreeMap;

/// By audience. Within the transaction that is open; what is made for the question is gone afterwards.
///
/// # Errors
/// The server cannot be asked.
pub async fn lapsing(
    connection: &mut PgConnection,
    model: &AccessModel,
    live: &DatabaseState,
    plan: &Plan,
) -> Result<BTreeMap<String, Lapse>, PgError> {
    let Some(question) = plan.lapse_function().and_then(|function| LapseQuestion::of(model, live, function)) else {
        return Ok(BTreeMap::new());
    };
    // Row security that hides rows from whoever asks is an error here, not a smaller number.
    let by_dates = ["SET LOCAL row_security = off".to_owned(), question.trial];
    let asked =
        if reads_tables_alone(model, live) { Some(ask(connection, &by_dates, &question.by_dates).await) } else { None };
    match asked {
        None => perhaps(connection, model, &question.everybody).await,
        Some(Ok(rows)) => Ok(told(model, rows, true)),
        // The tables or columns with the dates are made by this plan: nobody has one.
        Some(Err(error)) if is_new(&error) => {
            let rows = ask(connection, &[], &question.everybody).await.map_err(PgError::query("count who lapses"))?;
            Ok(told(model, rows, true))
        }
        Some(Err(sqlx::Error::Database(_))) => perhaps(connection, model, &question.everybody).await,
        Some(Err(error)) => Err(PgError::query("count who lapses")(error)),
    }
}

/// At most so many, without a look at the dates.
async fn perhaps(
    connection: &mut PgConnection,
    model: &AccessModel,
    everybody: &str,
) -> Result<BTreeMap<String, Lapse>, PgError> {
    let owner = Ident::new(ProjectRoles::of(&model.project).owner.as_str()).to_string();
    let rows = ask(connection, &[format!("SET LOCAL ROLE {owner}")], everybody).await;
    Ok(told(model, rows.map_err(PgError::query("count who may lapse"))?, false))
}

/// Whether nothing but tables is read: a view runs what its owner wrote with the rights of whoever asks, who here may do
/// everything.
fn reads_tables_alone(model: &AccessModel, live: &DatabaseState) -> bool {
    let objects = model.objects.values().map(|object| &object.table);
    let tenants = model.tenant_sources.iter().map(|source| &source.table);
    let people = model.people.iter().map(|source| &source.table);
    let mut all = objects.chain(tenants).chain(people);
    // What is not there yet runs nothing.
    all.all(|table| live.relations.get(table).is_none_or(|relation| relation.kind.takes_row_security()))
}

fn is_new(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| matches!(code.as_ref(), "42P01" | "42703" | "3F000"))
}

async fn ask(
    connection: &mut PgConnection,
    before: &[String],
    question: &str,
) -> Result<Vec<(String, i64, i64, Vec<String>)>, sqlx::Error> {
    let mut point = connection.begin().await?;
    let answer = async {
        for statement in before {
            sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&mut *point).await?;
        }
        let rows = sqlx::query(AssertSqlSafe(question.to_owned())).persistent(false).fetch_all(&mut *point).await?;
        let read =
            |row: &sqlx::postgres::PgRow| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?));
        rows.iter().map(read).collect()
    }
    .await;
    point.rollback().await?;
    answer
}
