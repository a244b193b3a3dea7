//! What a tenant has of its own.

use super::{Directory, PgError, Tenant, record};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// The settings of the control schema's row `o`, where there is one and it holds texts.
pub(super) const TEXTS: &str = "coalesce((SELECT jsonb_object_agg(s.key, s.value) FROM \
    jsonb_each_text(CASE jsonb_typeof(o.settings) WHEN 'object' THEN o.settings ELSE '{}' END) AS s \
    WHERE s.value IS NOT NULL), '{}')";

impl Directory<'_> {
    /// Sets settings of a tenant, and removes those without a value.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn set_settings(
        &mut self,
        tenant: &Tenant,
        settings: &BTreeMap<String, Option<String>>,
    ) -> Result<(), PgError> {
        let sql = format!(
            "INSERT INTO {}.tenant AS t (tenant_kind, key, name, title, settings, origin) \
             VALUES ($1, $2, $2, $3, $4, 'table') \
             ON CONFLICT (tenant_kind, key) DO UPDATE SET settings = (t.settings || excluded.settings) - $5::text[]",
            self.control
        );
        let put: BTreeMap<&String, &String> =
            settings.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))).collect();
        let removed: Vec<&String> =
            settings.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        let event = self.event("tenant.set");
        let mut transaction = self.begin().await?;
        sqlx::query(AssertSqlSafe(sql))
            .bind(&tenant.tenant_kind)
            .bind(&tenant.key)
            .bind(&tenant.title)
            .bind(sqlx::types::Json(&put))
            .bind(&removed)
            .execute(&mut *transaction)
            .await
            .map_err(PgError::query("change the tenant's settings"))?;
        record(&mut transaction, event, &tenant.tenant_kind, &tenant.key).await?;
        transaction.commit().await.map_err(PgError::query("end a transaction"))
    }
}
