//! Which view a role reads in place of a relation; the catalog tells any login.

use super::PgError;
use crate::names::{RoleName, SchemaName, TableName};
use sqlx::{PgConnection, Row as _};
use std::collections::HashMap;

/// Views of the control schema, by who reads them and what they are of.
pub type Barriers = HashMap<(RoleName, TableName), TableName>;

const READ: &str = "
WITH RECURSIVE ours AS (
    SELECT v.oid, v.relname, v.relacl, v.relowner, v.relnamespace FROM pg_catalog.pg_class AS v
    JOIN pg_catalog.pg_namespace AS n ON n.oid = v.relnamespace AND n.nspname = $1
    WHERE v.relkind = 'v'
), below AS (
    SELECT ours.oid AS view, ours.oid AS reads FROM ours
    UNION
    SELECT below.view, d.refobjid
    FROM below JOIN ours ON ours.oid = below.reads
    JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = ours.oid
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass
)
SELECT DISTINCT r.rolname::text, bn.nspname::text, b.relname::text, v.relname::text
FROM ours AS v
JOIN below ON below.view = v.oid
JOIN pg_catalog.pg_class AS b ON b.oid = below.reads AND b.relnamespace <> v.relnamespace
JOIN pg_catalog.pg_namespace AS bn ON bn.oid = b.relnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(v.relacl) AS held
JOIN pg_catalog.pg_roles AS r ON r.oid = held.grantee
WHERE held.privilege_type = 'SELECT' AND held.grantee <> v.relowner";

/// Reads all of them.
///
/// # Errors
/// The server cannot be asked.
pub async fn barriers(connection: &mut PgConnection, control: &SchemaName) -> Result<Barriers, PgError> {
    let doing = "read which views stand before tables";
    let query = sqlx::query(READ).persistent(false).bind(control.as_str());
    let rows = query.fetch_all(connection).await.map_err(PgError::query(doing))?;
    let mut barriers = Barriers::new();
    for row in rows {
        let text = |at: usize| row.try_get::<String, _>(at).map_err(PgError::query(doing));
        let of = TableName::new(text(1)?, text(2)?);
        barriers.insert((RoleName::new(text(0)?), of), TableName::new(control.as_str(), text(3)?));
    }
    Ok(barriers)
}
