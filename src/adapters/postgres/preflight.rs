//! Asks the database what stands in the way of a change of a table, before anything is done.

use super::PgError;
use crate::names::{Ident, RoleName};
use crate::plan::control::ProjectRoles;
use crate::plan::{Plan, Refusal, sql};
use crate::state::{Grantee, Privilege, Renames};
use crate::{model::AccessModel, state::DatabaseState};
use sqlx::{AssertSqlSafe, PgConnection};

/// Everything in the way, with how many rows it is. Where nobody may ask, the change itself says it, without a number.
pub async fn in_the_way(
    connection: &mut PgConnection,
    model: &AccessModel,
    live: &DatabaseState,
    plan: &Plan,
    renames: &Renames,
) -> Result<Vec<Refusal>, PgError> {
    let operator = ProjectRoles::of(&model.project).operator;
    let mut refusals = Vec::new();
    for change in &plan.changes {
        let Some(preflight) = sql::preflight(&change.kind, renames) else { continue };
        let Some(table) = change.kind.table() else { continue };
        let was = renames.tables.iter().find(|(_, to)| to == table).map_or(table, |(from, _)| from);
        let readable = live
            .relations
            .get(was)
            .is_some_and(|relation| relation.acl.has(&Grantee::Role(operator.clone()), Privilege::Select));
        let superuser = plan.administrator.superuser;
        if !(superuser || readable && plan.administrator.may_become.contains(&operator)) {
            continue;
        }
        // The tables' owner would count no rows at all.
        let role = Some(&operator).filter(|_| !superuser);
        let rows = count(connection, role, preflight.question).await?;
        if rows > 0 {
            let counted = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
            let message = preflight.problem.replacen("{}", &counted, 1);
            refusals.push(Refusal { message, hint: preflight.hint });
        }
    }
    Ok(refusals)
}

async fn count(connection: &mut PgConnection, role: Option<&RoleName>, question: String) -> Result<i64, PgError> {
    let failed = || PgError::query("count the rows that stand in the way");
    if let Some(role) = role {
        let text = format!("SET LOCAL ROLE {}", Ident::new(role.as_str()));
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *connection).await.map_err(failed())?;
    }
    let rows = sqlx::query_scalar(AssertSqlSafe(question))
        .persistent(false)
        .fetch_one(&mut *connection)
        .await
        .map_err(failed())?;
    if role.is_some() {
        sqlx::raw_sql("RESET ROLE").execute(&mut *connection).await.map_err(failed())?;
    }
    Ok(rows)
}
