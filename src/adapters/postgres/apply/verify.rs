//! What is still different after every statement succeeded, and why.

use super::super::PgError;
use crate::names::{Ident, RoleName, TableName};
use crate::plan::{Change, ChangeKind, describe};
use sqlx::{PgConnection, Row};
use std::collections::BTreeSet;

/// A line for each change that had no effect. REVOKE passes in silence over what another grantor gave.
pub async fn explain(connection: &mut PgConnection, residual: &[Change]) -> Result<Vec<String>, PgError> {
    let mut lines: Vec<String> = residual
        .iter()
        .map(|change| {
            let (sign, what) = describe(&change.kind);
            format!("{sign} {what}")
        })
        .collect();
    let mut tables = BTreeSet::new();
    let mut roles = BTreeSet::new();
    for change in residual {
        if let ChangeKind::RevokeTable { table, roles: from, .. }
        | ChangeKind::RevokeColumns { table, roles: from, .. } = &change.kind
        {
            tables.insert(table);
            roles.extend(from);
        }
    }
    if !tables.is_empty() {
        lines.extend(other_grantors(connection, &tables, &roles).await?);
    }
    Ok(lines)
}

async fn other_grantors(
    connection: &mut PgConnection,
    tables: &BTreeSet<&TableName>,
    roles: &BTreeSet<&RoleName>,
) -> Result<Vec<String>, PgError> {
    let doing = "find out who granted what could not be revoked";
    let rows = sqlx::query(
        "SELECT g.rolname::text, r.rolname::text, c.oid::regclass::text, string_agg(DISTINCT held.privilege_type, ', ')
         FROM pg_class AS c
         CROSS JOIN LATERAL (
             SELECT * FROM aclexplode(c.relacl)
             UNION ALL
             SELECT held.* FROM pg_attribute AS a CROSS JOIN LATERAL aclexplode(a.attacl) AS held
             WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL
         ) AS held
         JOIN pg_roles AS g ON g.oid = held.grantor JOIN pg_roles AS r ON r.oid = held.grantee
         WHERE c.oid IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS name)
             AND r.rolname = ANY ($2::text[]) AND held.grantor <> c.relowner
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    )
    .bind(tables.iter().map(|table| table.sql()).collect::<Vec<_>>())
    .bind(roles.iter().map(|role| role.as_str().to_owned()).collect::<Vec<_>>())
    .persistent(false)
    .fetch_all(connection)
    .await
    .map_err(PgError::query(doing))?;
    let mut lines = Vec::new();
    for row in rows {
        let text = |at: usize| row.try_get::<String, _>(at).map_err(PgError::query(doing));
        let (grantor, role, table, privileges) = (text(0)?, text(1)?, text(2)?, text(3)?);
        lines.push(format!(
            "`{grantor}` granted {privileges} on {table} to `{role}`, and only `{grantor}` can take it back: \
             SET ROLE {}; REVOKE {privileges} ON {table} FROM {}",
            Ident::new(&grantor),
            Ident::new(&role)
        ));
    }
    Ok(lines)
}
