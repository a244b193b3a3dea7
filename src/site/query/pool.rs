use super::QueryError;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, Row};
use std::time::Duration;

/// Where the two logins connect to, each in the driver's own form. They may hold passwords: they are never shown.
#[derive(Clone)]
pub struct Database {
    pub gateway: PgConnectOptions,
    pub issuer: PgConnectOptions,
    pub gateway_connections: u32,
    pub issuer_connections: u32,
    /// How long a request waits for a free connection before it is told to come back.
    pub patience: Duration,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// How long an answer about readiness stands, which anybody may ask for.
    pub readiness_stands: Duration,
}

impl Database {
    /// The usual sizes for one machine.
    pub fn new(gateway: PgConnectOptions, issuer: PgConnectOptions) -> Self {
        Self {
            gateway,
            issuer,
            gateway_connections: 16,
            issuer_connections: 4,
            patience: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(5),
            readiness_stands: Duration::from_secs(1),
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

#[derive(Debug, Clone)]
pub struct Pools {
    pub(super) gateway: PgPool,
    pub(super) issuer: PgPool,
}

impl Pools {
    /// Both pools, each proved by a first connection.
    ///
    /// # Errors
    /// Where an address cannot be read, the server cannot be reached or refuses, or a login is one
    /// that row policies do not bind.
    pub async fn open(database: &Database) -> Result<Self, QueryError> {
        let timeout = database.statement_timeout;
        let gateway = options(&database.gateway, timeout).statement_cache_capacity(0);
        let issuer = options(&database.issuer, timeout);
        let pool = |most: u32| {
            // A connection is known to be good when it comes back, and `Reader` takes another where
            // one has died since: asking first would be a round trip for every page.
            PgPoolOptions::new()
                .max_connections(most)
                .acquire_timeout(database.patience)
                .test_before_acquire(false)
                .idle_timeout(Duration::from_mins(10))
                .max_lifetime(Duration::from_mins(30))
        };
        let pools = Self {
            gateway: pool(database.gateway_connections)
                .after_release(|connection, _| {
                    Box::pin(async move {
                        connection.execute("ROLLBACK").await?;
                        connection.execute("DISCARD ALL").await?;
                        Ok(true)
                    })
                })
                .connect_lazy_with(gateway),
            issuer: pool(database.issuer_connections).connect_lazy_with(issuer),
        };
        refuse_powerful(&pools.gateway, "gateway").await?;
        refuse_powerful(&pools.issuer, "issuer").await?;
        Ok(pools)
    }

    /// Waits for what is under way, then closes every connection.
    pub async fn close(&self) {
        self.gateway.close().await;
        self.issuer.close().await;
    }
}

pub(super) fn options(login: &PgConnectOptions, statement_timeout: Duration) -> PgConnectOptions {
    let timeout = statement_timeout.as_millis().to_string();
    login.clone().application_name("portalctl site").disable_statement_logging().options([
        ("search_path", "pg_catalog"),
        ("timezone", "UTC"),
        ("datestyle", "ISO"),
        ("intervalstyle", "iso_8601"),
        ("bytea_output", "hex"),
        ("row_security", "on"),
        // A role may alter its own settings; these keep a planted one from spoiling every new connection.
        ("role", "none"),
        ("local_preload_libraries", ""),
        ("exit_on_error", "off"),
        ("statement_timeout", timeout.as_str()),
        ("idle_in_transaction_session_timeout", "15000"),
        ("lock_timeout", "2000"),
        ("jit", "off"),
        ("default_transaction_isolation", "read committed"),
    ])
}

/// A superuser or a role with BYPASSRLS passes by every row policy.
async fn refuse_powerful(pool: &PgPool, which: &str) -> Result<(), QueryError> {
    let row = sqlx::query(
        "SELECT r.rolname::text, r.rolsuper OR r.rolbypassrls FROM pg_catalog.pg_roles AS r WHERE r.rolname = session_user",
    )
    .persistent(false)
    .fetch_one(pool)
    .await?;
    let (name, powerful): (String, bool) = (row.try_get(0)?, row.try_get(1)?);
    if powerful {
        return Err(QueryError::TooPowerful { login: which.to_owned(), role: name });
    }
    Ok(())
}
