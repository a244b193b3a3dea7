//! What the connected role may do.

use super::PgError;
use crate::names::RoleName;
use crate::plan::Administrator;
use serde::Deserialize;
use sqlx::PgConnection;
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct Answer {
    name: String,
    superuser: bool,
    create_role: bool,
    creates_schemas: bool,
    grants_connect: bool,
    creates_temporary: bool,
    may_become: Vec<String>,
    inherits: Vec<String>,
    administers: Vec<String>,
}

/// A superuser needs no list. $1: how a server calls the right to SET a role: plain membership before 16.
const QUESTION: &str = "
SELECT json_build_object(
    'name', current_user, 'superuser', me.rolsuper, 'create_role', me.rolcreaterole,
    'creates_schemas', has_database_privilege(current_database(), 'CREATE'),
    'grants_connect', has_database_privilege(current_database(), 'CONNECT WITH GRANT OPTION'),
    'creates_temporary', has_database_privilege(current_database(), 'TEMPORARY'),
    'may_become', coalesce((SELECT json_agg(r.rolname) FROM pg_roles AS r WHERE NOT me.rolsuper AND pg_has_role(r.oid, $1)), '[]'),
    'inherits', coalesce((SELECT json_agg(r.rolname) FROM pg_roles AS r WHERE NOT me.rolsuper AND pg_has_role(r.oid, 'USAGE')), '[]'),
    'administers', coalesce((SELECT json_agg(r.rolname) FROM pg_roles AS r
                             WHERE NOT me.rolsuper AND pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')), '[]')
)::text
FROM pg_roles AS me WHERE me.rolname = current_user";

/// # Errors
/// When the server cannot be asked.
pub async fn administrator(connection: &mut PgConnection, server_version: u32) -> Result<Administrator, PgError> {
    let become_privilege = if server_version >= 160_000 { "SET" } else { "MEMBER" };
    let answer: String = sqlx::query_scalar(QUESTION)
        .bind(become_privilege)
        .persistent(false)
        .fetch_one(connection)
        .await
        .map_err(PgError::query("read the rights of the connected role"))?;
    let answer: Answer =
        serde_json::from_str(&answer).map_err(|source| PgError::Answer { what: "the connected role", source })?;
    let roles = |names: Vec<String>| names.into_iter().map(RoleName::new).collect::<BTreeSet<_>>();
    Ok(Administrator {
        name: RoleName::new(answer.name),
        superuser: answer.superuser,
        create_role: answer.create_role,
        creates_schemas: answer.creates_schemas,
        grants_connect: answer.grants_connect,
        creates_temporary: answer.creates_temporary,
        may_become: roles(answer.may_become),
        inherits: roles(answer.inherits),
        administers: roles(answer.administers),
    })
}
