//! Reading a [`DatabaseState`] from a live database, in one snapshot and a handful of round trips.

mod control;
mod reach;
mod relations;
mod roles;
mod structures;
mod triggers;
mod views;
mod wire;

use super::PgError;
use crate::names::SchemaName;
use crate::plan::Touched;
use crate::state::{DatabaseState, GrantOption, Securable, Server};
use reach::Reach;
pub(super) use relations::relation_kind;
use roles::Names;
use sqlx::{Connection, PgConnection};

/// Expressions are shown with every name outside `pg_catalog` qualified, whatever the
/// administrator's own settings are. JIT would take fifty times longer than the queries.
const SETTINGS: &str = "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL jit = off; \
    SET LOCAL quote_all_identifiers = off; SET LOCAL bytea_output = hex";

/// Reads what `touched` needs in a snapshot of its own. The connection must not be inside a transaction.
///
/// # Errors
/// When the server cannot be asked, or answers what cannot be read.
pub async fn inspect(connection: &mut PgConnection, touched: &Touched) -> Result<DatabaseState, PgError> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let mut snapshot = connection.begin_with(begin).await.map_err(PgError::query("begin a transaction"))?;
    let state = inspect_within(&mut snapshot, touched).await?;
    snapshot.rollback().await.map_err(PgError::query("end a transaction"))?;
    Ok(state)
}

/// The same inside the transaction that is open, which keeps `search_path` pinned from here on.
///
/// # Errors
/// As [`inspect`].
pub async fn inspect_within(connection: &mut PgConnection, touched: &Touched) -> Result<DatabaseState, PgError> {
    sqlx::raw_sql(SETTINGS).execute(&mut *connection).await.map_err(PgError::query("pin the session's settings"))?;
    let cluster = ask_cluster(connection, touched).await?;
    let facts = ask_facts(connection, touched, &cluster).await?;

    let marker = touched.marker(&cluster.database);
    let names = Names::of(&cluster);
    let schemas = roles::schemas(&cluster, &names);
    let is_ours = schemas.get(&touched.control_schema).is_some_and(|schema| schema.marker.as_ref() == Some(&marker));
    let control = if is_ours {
        control::read(connection, &touched.control_schema, &cluster.control_tables).await?
    } else {
        control::Control::default()
    };
    let reach = Reach::of(&cluster, &marker);
    let roles = roles::roles(&cluster, &names);
    let grant_options = grant_options(&cluster, &facts, &names, touched)
        .filter(|option| roles.get(&option.role).is_some_and(|role| role.marker.as_ref() == Some(&marker)))
        .collect();
    Ok(DatabaseState {
        server: Server {
            version: cluster.version,
            database: cluster.database.clone(),
            system_identifier: cluster.system_identifier.clone(),
        },
        roles,
        acl: names.acl(&cluster.database_acl),
        schemas,
        grant_options,
        default_privileges: roles::default_privileges(&cluster, &names),
        relations: relations::relations(&facts, &names, &reach),
        sequences: triggers::sequences(&facts, &names),
        views: views::views(&facts, &names, &touched.control_schema),
        functions: relations::functions(&facts, &names),
        control_version: control.version,
        one_key_one_tenant: control.one_key_one_tenant,
        applied_spec: control.applied_spec,
        tenants: control.tenants,
    })
}

/// Functions of the business are not ours to grant on; the `foreign-grant` check names who may call them.
fn grant_options<'a>(
    cluster: &'a wire::Cluster,
    facts: &'a wire::Facts,
    names: &'a Names<'_>,
    touched: &'a Touched,
) -> impl Iterator<Item = GrantOption> + 'a {
    let database = names.grant_options(&Securable::Database, cluster.database_acl.iter().flatten());
    let schemas = cluster.schemas.iter().flat_map(|schema| {
        names.grant_options(&Securable::Schema(SchemaName::new(&schema.name)), schema.acl.iter().flatten())
    });
    let functions = facts.functions.iter().filter(|function| function.schema == touched.control_schema.as_str());
    let functions = functions.flat_map(|function| {
        let name = relations::function_name(function);
        names.grant_options(&Securable::Function(name), function.acl.iter().flatten())
    });
    let views = views::grant_options(facts, names, &touched.control_schema);
    database.into_iter().chain(schemas).chain(functions).chain(views).chain(relations::grant_options(facts, names))
}

async fn ask_cluster(connection: &mut PgConnection, touched: &Touched) -> Result<wire::Cluster, PgError> {
    let (schemas, names): (Vec<_>, Vec<_>) =
        touched.relations.iter().map(|table| (table.schema.as_str().to_owned(), table.name.clone())).unzip();
    let answer: String = sqlx::query_scalar(include_str!("cluster.sql"))
        .bind(touched.project.as_str())
        .bind(schemas)
        .bind(names)
        .bind(touched.control_schema.as_str())
        .persistent(false)
        .fetch_one(connection)
        .await
        .map_err(PgError::query("read the roles and schemas"))?;
    parse("roles and schemas", &answer)
}

async fn ask_facts(
    connection: &mut PgConnection,
    touched: &Touched,
    cluster: &wire::Cluster,
) -> Result<wire::Facts, PgError> {
    let answer: String = sqlx::query_scalar(include_str!("relations.sql"))
        .bind(&cluster.relations)
        .bind(touched.control_schema.as_str())
        .bind(touched.marker(&cluster.database).to_string())
        .persistent(false)
        .fetch_one(connection)
        .await
        .map_err(PgError::query("read the tables and their row policies"))?;
    parse("tables", &answer)
}

pub(super) fn parse<'a, T: serde::Deserialize<'a>>(what: &'static str, answer: &'a str) -> Result<T, PgError> {
    serde_json::from_str(answer).map_err(|source| PgError::Answer { what, source })
}
