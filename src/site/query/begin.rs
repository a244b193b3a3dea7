use super::{Pools, QueryError, Refusal};
use crate::names::RoleName;
use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Postgres, Row as _};

/// Begins the transaction of a request.
#[derive(Debug, Clone)]
pub struct Reader {
    pools: Pools,
}

/// One request's transaction on one gateway connection. Until [`Reading::act_as`] it may do nothing.
/// Dropped, it rolls back and cleans the connection in the background.
#[derive(Debug)]
pub struct Reading {
    pub(super) connection: PoolConnection<Postgres>,
    pid: i32,
    token: String,
    role: Option<RoleName>,
}

/// One request's transaction that may change rows. Nothing has happened until [`Writing::commit`]:
/// dropped, it rolls back as [`Reading`] does. Who reads within it may do so; only what changes rows
/// asks for the `Writing` itself.
#[derive(Debug)]
pub struct Writing {
    pub(super) reading: Reading,
}

impl Reader {
    pub fn new(pools: Pools) -> Self {
        Self { pools }
    }

    /// Takes a free connection and begins to read.
    ///
    /// # Errors
    /// [`QueryError::Unavailable`] where none becomes free in time or the server is away.
    pub async fn begin(&self) -> Result<Reading, QueryError> {
        self.start("BEGIN READ ONLY; SELECT pg_catalog.pg_backend_pid()").await
    }

    /// Takes a free connection and begins what may change rows. How long a statement may run and a lock
    /// may be waited for are start-up options of the connection, for this as for reading.
    ///
    /// # Errors
    /// As [`Reader::begin`].
    pub async fn begin_writing(&self) -> Result<Writing, QueryError> {
        let reading = self.start("BEGIN READ WRITE; SELECT pg_catalog.pg_backend_pid()").await?;
        Ok(Writing { reading })
    }

    async fn start(&self, begin: &'static str) -> Result<Reading, QueryError> {
        // Connections that died while they lay idle are found here, as many as there may be.
        let mut attempts = self.pools.gateway.options().get_max_connections();
        loop {
            let mut connection = self.pools.gateway.acquire().await?;
            let begun = sqlx::raw_sql(begin).fetch_one(&mut *connection).await.and_then(|row| row.try_get::<i32, _>(0));
            match begun {
                Ok(pid) => return Ok(Reading { connection, pid, token: String::new(), role: None }),
                Err(error) if attempts > 0 && is_dead(&error) => {
                    attempts -= 1;
                    let _ = connection.detach().close_hard().await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Whether the connection itself is at fault: lost, or ended by the server.
pub(super) fn is_dead(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(refusal) => {
            refusal.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("08") || code == "25P03")
        }
        _ => false,
    }
}

impl Reading {
    /// The backend a context must be signed for.
    pub fn backend(&self) -> i32 {
        self.pid
    }

    /// The signed context for everything that follows.
    pub fn identify(&mut self, token: String) {
        self.token = token;
        self.role = None;
    }

    /// Takes the role of a facet, with the signed context; nothing where it is taken already.
    ///
    /// # Errors
    /// Where the gateway may not take the role.
    pub async fn act_as(&mut self, role: &RoleName) -> Result<(), QueryError> {
        if self.role.as_ref() == Some(role) {
            return Ok(());
        }
        // Bound, not written out: sessions of one login read each other's statements.
        sqlx::query(
            "SELECT pg_catalog.set_config('role', $1, true), pg_catalog.set_config('portal.context', $2, true)",
        )
        .persistent(false)
        .bind(role.as_str())
        .bind(&self.token)
        .execute(&mut *self.connection)
        .await?;
        self.role = Some(role.clone());
        Ok(())
    }
}

impl Writing {
    /// The transaction, to read in.
    pub fn reading(&mut self) -> &mut Reading {
        &mut self.reading
    }

    /// Makes everything happen at once; constraints that waited for the end are checked here.
    ///
    /// # Errors
    /// Where such a constraint refuses, or the connection is lost: then it may or may not have happened.
    pub async fn commit(mut self) -> Result<(), Refusal> {
        sqlx::raw_sql("COMMIT").execute(&mut *self.reading.connection).await?;
        Ok(())
    }
}
