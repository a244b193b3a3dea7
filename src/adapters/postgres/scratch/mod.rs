//! A database for one run of access tests, beside the project's on the same server: the structure of its tables and
//! no rows, with roles of its own. It goes with the run, however that ends; what a killed run left, the next removes.

mod structure;

pub use structure::StructureError;

use super::PgError;
use super::connect::{ConnectError, DatabaseUrl};
use crate::adapters::local_postgres::Environment;
use crate::names::{Ident, ProjectName};
use crate::state::Marker;
use sqlx::{AssertSqlSafe, PgConnection};

#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Query(#[from] PgError),
    #[error(transparent)]
    Structure(#[from] StructureError),
    #[error("no random name can be made: {0}")]
    Random(String),
}

/// Exists until it is dropped.
#[derive(Debug)]
pub struct Scratch {
    /// What the project is called in it, so that no role is another's.
    pub project: ProjectName,
    /// The administrator's way to it.
    pub url: DatabaseUrl,
    of: DatabaseUrl,
    /// Holds the lock by which others see that the run lives.
    keeper: Option<PgConnection>,
}

impl Scratch {
    /// Removes what killed runs of this project left, and makes an empty database.
    ///
    /// # Errors
    /// The server cannot be asked, or the administrator may not create databases.
    pub async fn create(of: &DatabaseUrl, project: &ProjectName) -> Result<Self, ScratchError> {
        let mut keeper = of.connect().await?;
        let marker = marker(project, &of.database());
        remove_leftovers(&mut keeper, &marker).await?;
        let mut random = [0_u8; 6];
        getrandom::fill(&mut random).map_err(|error| ScratchError::Random(error.to_string()))?;
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = database_of(&id);
        sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))")
            .bind(&name)
            .persistent(false)
            .execute(&mut keeper)
            .await
            .map_err(PgError::query("note that this run lives"))?;
        let scratch =
            Self { project: project_of(&id), url: of.with_database(&name), of: of.clone(), keeper: Some(keeper) };
        scratch.made(&name, &marker).await
    }

    async fn made(mut self, name: &str, marker: &str) -> Result<Self, ScratchError> {
        if let Some(keeper) = &mut self.keeper {
            let database = Ident::new(name);
            execute(
                keeper,
                "create a database for the tests",
                &format!("CREATE DATABASE {database} TEMPLATE template0"),
            )
            .await?;
            let comment = format!("COMMENT ON DATABASE {database} IS {}", Ident::literal(marker));
            execute(keeper, "mark the database for the tests", &comment).await?;
        }
        Ok(self)
    }

    /// Gives it the structure of the project's database: everything but rows, rights and what is portalctl's.
    ///
    /// # Errors
    /// PostgreSQL's own programs are not there or fail; their own words say why.
    pub async fn copy_structure(&mut self, environment: &Environment) -> Result<(), ScratchError> {
        let Some(keeper) = &mut self.keeper else { return Ok(()) };
        let ours = structure::Ours::read(keeper).await?;
        Ok(structure::copy(&self.of, &self.url, &ours, environment).await?)
    }

    /// Removes it with its roles.
    ///
    /// # Errors
    /// The server cannot be asked; the next run removes what is left.
    pub async fn remove(mut self) -> Result<(), PgError> {
        match self.keeper.take() {
            Some(mut keeper) => remove(&mut keeper, &self.url.database()).await,
            None => Ok(()),
        }
    }
}

/// A run that is interrupted is dropped where it stands. Its own connection may be in the middle of something, so another
/// one does it.
impl Drop for Scratch {
    fn drop(&mut self) {
        let Some(keeper) = self.keeper.take() else { return };
        drop(keeper);
        let (of, name) = (self.of.clone(), self.url.database());
        let cleaner = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                if let Ok(mut connection) = of.connect().await {
                    let _ = remove(&mut connection, &name).await;
                }
            });
        });
        let _ = cleaner.join();
    }
}

fn database_of(id: &str) -> String {
    format!("portalctl_test_{id}")
}

fn project_of(id: &str) -> ProjectName {
    ProjectName::new(format!("pt_{id}"))
}

/// Only what says this is ever removed.
fn marker(project: &ProjectName, database: &str) -> String {
    format!("portalctl scratch project={project} of={database}")
}

/// Databases that say so, and those that are gone while their roles are not, which say whose they were.
const LEFT: &str = "
    SELECT d.datname::text AS name FROM pg_database AS d
    WHERE shobj_description(d.oid, 'pg_database') = $1 AND d.datname LIKE 'portalctl\\_test\\_%'
    UNION
    SELECT 'portalctl_test_' || m.id FROM pg_roles AS r,
        LATERAL (SELECT substring(r.rolname FROM '^pt_([0-9a-f]+)__')) AS m (id)
    WHERE shobj_description(r.oid, 'pg_authid') = 'portalctl project=pt_' || m.id || ' database=portalctl_test_' || m.id
        AND NOT EXISTS (SELECT FROM pg_database AS d WHERE d.datname = 'portalctl_test_' || m.id)
    ORDER BY name";

/// A run that lives holds the lock of its database's name.
async fn remove_leftovers(connection: &mut PgConnection, marker: &str) -> Result<(), PgError> {
    let left: Vec<String> = sqlx::query_scalar(LEFT)
        .bind(marker)
        .persistent(false)
        .fetch_all(&mut *connection)
        .await
        .map_err(PgError::query("look for what killed runs left"))?;
    for name in left {
        let dead: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended($1, 0))")
            .bind(&name)
            .persistent(false)
            .fetch_one(&mut *connection)
            .await
            .map_err(PgError::query("see whether another run lives"))?;
        if dead {
            remove(connection, &name).await?;
            execute(connection, "let go of a lock", "SELECT pg_advisory_unlock_all()").await?;
        }
    }
    Ok(())
}

/// The database first: with it goes all that its roles own and hold.
async fn remove(connection: &mut PgConnection, name: &str) -> Result<(), PgError> {
    let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", Ident::new(name));
    execute(connection, "remove the database of the tests", &drop).await?;
    let id = name.strip_prefix("portalctl_test_").unwrap_or_default();
    let marker = Marker { project: project_of(id), database: name.to_owned() };
    let roles: Vec<String> = sqlx::query_scalar(
        "SELECT rolname::text FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = $1 ORDER BY rolname",
    )
    .bind(marker.to_string())
    .persistent(false)
    .fetch_all(&mut *connection)
    .await
    .map_err(PgError::query("list the roles of the tests"))?;
    if roles.is_empty() {
        return Ok(());
    }
    let roles: Vec<String> = roles.iter().map(|role| Ident::new(role).to_string()).collect();
    execute(connection, "remove the roles of the tests", &format!("DROP ROLE IF EXISTS {}", roles.join(", "))).await
}

async fn execute(connection: &mut PgConnection, doing: &'static str, sql: &str) -> Result<(), PgError> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.map(drop).map_err(PgError::query(doing))
}
