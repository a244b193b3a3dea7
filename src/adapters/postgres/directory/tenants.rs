//! What an administrator changes of a tenant.

use super::super::PgError;
use super::{Directory, Tenant, record};
use sqlx::AssertSqlSafe;

/// What is to be otherwise of a tenant of the control schema; `None`: it stays.
#[derive(Debug, Clone, Copy)]
pub struct TenantFields<'a> {
    pub title: Option<&'a str>,
    pub tier: Option<Option<&'a str>>,
    pub parent_key: Option<Option<&'a str>>,
}

impl Directory<'_> {
    /// Changes a tenant that neither a document nor a table of the business says; false: there is no such one any more.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn change_tenant(&mut self, tenant: &Tenant, fields: &TenantFields<'_>) -> Result<bool, PgError> {
        let sql = format!(
            "UPDATE {}.tenant SET title = coalesce($3, title), tier = CASE WHEN $4 THEN $5 ELSE tier END, \
             parent_key = CASE WHEN $6 THEN $7 ELSE parent_key END \
             WHERE tenant_kind = $1 AND key = $2 AND origin NOT IN ('table', 'spec')",
            self.control
        );
        let event = self.event("tenant.change");
        let mut transaction = self.begin().await?;
        let changed = sqlx::query(AssertSqlSafe(sql))
            .bind(&tenant.tenant_kind)
            .bind(&tenant.key)
            .bind(fields.title)
            .bind(fields.tier.is_some())
            .bind(fields.tier.flatten())
            .bind(fields.parent_key.is_some())
            .bind(fields.parent_key.flatten())
            .execute(&mut *transaction)
            .await
            .map_err(PgError::query("change the tenant"))?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        record(&mut transaction, event, &tenant.tenant_kind, &tenant.key).await?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(true)
    }

    /// Suspends or resumes a tenant: from the next request on nobody, or everybody again, gets a context.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn set_suspended(&mut self, tenant: &Tenant, suspended: bool) -> Result<(), PgError> {
        let sql = format!(
            "INSERT INTO {}.tenant AS t (tenant_kind, key, name, title, status, origin) \
             VALUES ($1, $2, $2, $3, $4, 'table') \
             ON CONFLICT (tenant_kind, key) DO UPDATE SET status = excluded.status",
            self.control
        );
        let status = if suspended { "suspended" } else { "active" };
        let event = self.event(if suspended { "tenant.suspend" } else { "tenant.resume" });
        let mut transaction = self.begin().await?;
        sqlx::query(AssertSqlSafe(sql))
            .bind(&tenant.tenant_kind)
            .bind(&tenant.key)
            .bind(&tenant.title)
            .bind(status)
            .execute(&mut *transaction)
            .await
            .map_err(PgError::query("change the tenant's status"))?;
        record(&mut transaction, event, &tenant.tenant_kind, &tenant.key).await?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))
    }

    /// Says until when a tenant's people are of their audience; `None`: nobody has said, and they have lapsed.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn set_paid_until(&mut self, tenant: &Tenant, day: Option<&str>) -> Result<(), PgError> {
        let sql = format!(
            "UPDATE {}.tenant SET paid_until = $3::date WHERE tenant_kind = $1 AND key = $2 AND origin <> 'table'",
            self.control
        );
        let event = self.event("tenant.paid-until");
        let mut transaction = self.begin().await?;
        sqlx::query(AssertSqlSafe(sql))
            .bind(&tenant.tenant_kind)
            .bind(&tenant.key)
            .bind(day)
            .execute(&mut *transaction)
            .await
            .map_err(PgError::query("change the tenant"))?;
        record(&mut transaction, event, &tenant.tenant_kind, &tenant.key).await?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))
    }
}
