//! Asks the database what stands in the way of a change of a table, before anything is done.

use super::PgError;
use crate::names::{Ident, RoleName};
use crate::plan::control::ProjectRoles;
use crate::plan::{ChangeKind, Plan, Refusal, sql};
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
    let added = sql::Added::of(plan.changes.iter().map(|change| &change.kind));
    let superuser = plan.administrator.superuser;
    for change in &plan.changes {
        let Some(preflight) = sql::preflight(&change.kind, renames, &added) else { continue };
        let mut asked = change.kind.table().into_iter().chain(preflight.also.as_ref());
        let readable = asked.all(|table| {
            let was = renames.tables.iter().find(|(_, to)| to == table).map_or(table, |(from, _)| from);
            let relation = live.relations.get(was);
            relation.is_some_and(|relation| relation.acl.has(&Grantee::Role(operator.clone()), Privilege::Select))
        });
        if change.kind.table().is_none()
            || !(superuser || readable && plan.administrator.may_become.contains(&operator))
        {
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

/// Tenants that have one key, where rows name tenants of any kind by their keys alone. Where nobody may ask, the change
/// itself says it.
pub async fn one_key(
    connection: &mut PgConnection,
    model: &AccessModel,
    live: &DatabaseState,
    plan: &Plan,
) -> Result<Vec<Refusal>, PgError> {
    let owner = ProjectRoles::of(&model.project).owner;
    let may_ask = plan.administrator.superuser || plan.administrator.may_become.contains(&owner);
    if !model.one_key_one_tenant || live.control_version == 0 || !may_ask {
        return Ok(Vec::new());
    }
    let mut coming = Vec::new();
    let mut is_asked = false;
    for change in &plan.changes {
        match &change.kind {
            ChangeKind::PutTenants { tenants, .. } => coming.extend(tenants.keys()),
            ChangeKind::TenantKeys { .. } => is_asked = true,
            _ => {}
        }
    }
    if !is_asked && coming.is_empty() {
        return Ok(Vec::new());
    }
    let failed = || PgError::query("look for tenants that have one key");
    let coming: Vec<_> = coming.iter().map(|(kind, key)| serde_json::json!({"kind": kind, "key": key})).collect();
    let question = format!(
        "SELECT string_agg('`' || t.kind || ':' || t.key || '`', ' and ' ORDER BY t.kind) FROM (\
         SELECT tenant_kind AS kind, key FROM {}.tenant UNION SELECT kind, key FROM jsonb_to_recordset($1) AS r (kind text, key text)\
         ) AS t GROUP BY t.key HAVING count(*) > 1 ORDER BY t.key LIMIT 5",
        Ident::new(model.project.control_schema.as_str())
    );
    let become_owner = format!("SET LOCAL ROLE {}", Ident::new(owner.as_str()));
    sqlx::raw_sql(AssertSqlSafe(become_owner)).execute(&mut *connection).await.map_err(failed())?;
    let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(question))
        .bind(sqlx::types::Json(coming))
        .persistent(false)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed())?;
    sqlx::raw_sql("RESET ROLE").execute(&mut *connection).await.map_err(failed())?;
    let hint = "rows name tenants of any kind by their keys alone: give each its own key, or say in each tenant path of which `kind` its tenants are";
    let refusal = |tenants| Refusal { message: format!("the tenants {tenants} have one key"), hint: hint.to_owned() };
    Ok(found.into_iter().map(refusal).collect())
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
