//! What an administrator changes of a tenant.

use super::super::PgError;
use super::{Directory, Tenant, record};
use sqlx::{AssertSqlSafe, Postgres, Transaction};
use std::collections::BTreeMap;

/// What is to be otherwise of a tenant; `None`, and a setting that is not named: it stays.
#[derive(Debug, Clone, Copy)]
pub struct TenantFields<'a> {
    pub title: Option<&'a str>,
    pub tier: Option<Option<&'a str>>,
    pub parent_key: Option<Option<&'a str>>,
    /// Until when its people are of their audience; `Some(None)`: nobody has said, and they have lapsed.
    pub paid_until: Option<Option<&'a str>>,
    /// Those without a value are removed.
    pub settings: &'a BTreeMap<String, Option<String>>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// A document or a table of the business says it now, or it was taken away.
    NotOurs,
    /// It would be below itself.
    InACircle,
}

type Ours<'t> = Transaction<'t, Postgres>;

impl Directory<'_> {
    /// Changes all of it or nothing. Title, tier and parent are changed of a tenant that neither a document nor a table of
    /// the business says.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn change_tenant(&mut self, tenant: &Tenant, fields: &TenantFields<'_>) -> Result<Changed, PgError> {
        let control = self.control.clone();
        let events = ["tenant.change", "tenant.paid-until", "tenant.set"].map(|action| self.event(action));
        let [changed, paid, set] = events;
        let mut transaction = self.begin().await?;
        let (kind, key) = tenant.id();
        if fields.is_row() {
            match change_row(&mut transaction, &control, tenant, fields).await? {
                Changed::Done => record(&mut transaction, changed, kind, key).await?,
                other => return Ok(other),
            }
        }
        if let Some(day) = fields.paid_until {
            set_paid_until(&mut transaction, &control, tenant, day).await?;
            record(&mut transaction, paid, kind, key).await?;
        }
        if !fields.settings.is_empty() {
            set_settings(&mut transaction, &control, tenant, fields.settings).await?;
            record(&mut transaction, set, kind, key).await?;
        }
        transaction.commit().await.map_err(PgError::query("end a transaction"))?;
        Ok(Changed::Done)
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
}

impl TenantFields<'_> {
    fn is_row(&self) -> bool {
        self.title.is_some() || self.tier.is_some() || self.parent_key.is_some()
    }
}

async fn change_row(
    transaction: &mut Ours<'_>,
    control: &str,
    tenant: &Tenant,
    fields: &TenantFields<'_>,
) -> Result<Changed, PgError> {
    if fields.parent_key.is_some() {
        // Two that put each of two tenants below the other would each see the tree as it was without the other.
        let lock = format!("LOCK TABLE {control}.tenant IN SHARE ROW EXCLUSIVE MODE");
        let locked = sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut **transaction).await;
        locked.map_err(PgError::query("wait for other changes of tenants"))?;
    }
    let sql = format!(
        "UPDATE {control}.tenant SET title = coalesce($3, title), tier = CASE WHEN $4 THEN $5 ELSE tier END, \
         parent_key = CASE WHEN $6 THEN $7 ELSE parent_key END \
         WHERE tenant_kind = $1 AND key = $2 AND origin NOT IN ('table', 'spec')",
    );
    let changed = sqlx::query(AssertSqlSafe(sql))
        .bind(&tenant.tenant_kind)
        .bind(&tenant.key)
        .bind(fields.title)
        .bind(fields.tier.is_some())
        .bind(fields.tier.flatten())
        .bind(fields.parent_key.is_some())
        .bind(fields.parent_key.flatten())
        .execute(&mut **transaction)
        .await
        .map_err(PgError::query("change the tenant"))?;
    if changed.rows_affected() == 0 {
        return Ok(Changed::NotOurs);
    }
    let is_moved = fields.parent_key.flatten().is_some();
    let in_a_circle = is_moved && is_below_itself(transaction, control, tenant).await?;
    Ok(if in_a_circle { Changed::InACircle } else { Changed::Done })
}

async fn is_below_itself(transaction: &mut Ours<'_>, control: &str, tenant: &Tenant) -> Result<bool, PgError> {
    let sql = format!(
        "WITH RECURSIVE above AS (\
             SELECT t.parent_key FROM {control}.tenants() AS t WHERE t.tenant_kind = $1 AND t.key = $2 \
             UNION SELECT t.parent_key FROM above JOIN {control}.tenants() AS t \
                 ON t.tenant_kind = $1 AND t.key = above.parent_key) \
         SELECT EXISTS (SELECT FROM above WHERE parent_key = $2)"
    );
    sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(&tenant.tenant_kind)
        .bind(&tenant.key)
        .fetch_one(&mut **transaction)
        .await
        .map_err(PgError::query("look at what is above the tenant"))
}

async fn set_paid_until(
    transaction: &mut Ours<'_>,
    control: &str,
    tenant: &Tenant,
    day: Option<&str>,
) -> Result<(), PgError> {
    let sql = format!(
        "UPDATE {control}.tenant SET paid_until = $3::date WHERE tenant_kind = $1 AND key = $2 AND origin <> 'table'"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(&tenant.tenant_kind)
        .bind(&tenant.key)
        .bind(day)
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(PgError::query("change the tenant"))
}

async fn set_settings(
    transaction: &mut Ours<'_>,
    control: &str,
    tenant: &Tenant,
    settings: &BTreeMap<String, Option<String>>,
) -> Result<(), PgError> {
    let sql = format!(
        "INSERT INTO {control}.tenant AS t (tenant_kind, key, name, title, settings, origin) \
         VALUES ($1, $2, $2, $3, $4, 'table') \
         ON CONFLICT (tenant_kind, key) DO UPDATE SET settings = (t.settings || excluded.settings) - $5::text[]",
    );
    let put: BTreeMap<&String, &String> =
        settings.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))).collect();
    let removed: Vec<&String> = settings.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
    sqlx::query(AssertSqlSafe(sql))
        .bind(&tenant.tenant_kind)
        .bind(&tenant.key)
        .bind(&tenant.title)
        .bind(sqlx::types::Json(&put))
        .bind(&removed)
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(PgError::query("change the tenant's settings"))
}
