use super::QueryError;
use super::pool::{Database, options};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Executor as _};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Whether both logins answer. Anybody may ask, so an answer stands for a while, and whoever asks takes nothing from
/// those who use the site: the question has a connection of its own to each login.
#[derive(Debug, Clone)]
pub struct Readiness {
    known: Arc<Mutex<Known>>,
    patience: Duration,
    stands: Duration,
}

#[derive(Debug)]
struct Known {
    ready: bool,
    since: Option<Instant>,
    logins: [Login; 2],
}

#[derive(Debug)]
struct Login {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl Readiness {
    pub fn new(database: &Database) -> Self {
        let login = |login| Login { options: options(login, database.patience), connection: None };
        let logins = [login(&database.gateway), login(&database.issuer)];
        let known = Arc::new(Mutex::new(Known { ready: false, since: None, logins }));
        Self { known, patience: database.patience, stands: database.readiness_stands }
    }

    /// What is known, or is found out now where that is too old. However many ask at once, the database is asked
    /// once, and goes on being asked when those who wanted to know have gone away.
    pub async fn ready(&self) -> bool {
        let mut known = Arc::clone(&self.known).lock_owned().await;
        if known.since.is_some_and(|since| since.elapsed() < self.stands) {
            return known.ready;
        }
        let patience = self.patience;
        let asked = tokio::spawn(async move {
            let answers = tokio::time::timeout(patience, known.ask()).await;
            known.ready = matches!(answers, Ok(Ok(())));
            known.since = Some(Instant::now());
            known.ready
        });
        asked.await.unwrap_or(false)
    }
}

impl Known {
    async fn ask(&mut self) -> Result<(), QueryError> {
        for login in &mut self.logins {
            login.ask().await?;
        }
        Ok(())
    }
}

impl Login {
    /// A connection that has died meanwhile says nothing about the server; a new one does. One whose answer did not
    /// come is not used again.
    async fn ask(&mut self) -> Result<(), QueryError> {
        if let Some(mut connection) = self.connection.take()
            && connection.execute("SELECT 1").await.is_ok()
        {
            self.connection = Some(connection);
            return Ok(());
        }
        let mut connection = self.options.connect().await?;
        connection.execute("SELECT 1").await?;
        self.connection = Some(connection);
        Ok(())
    }
}
