//! One database for one test.

use crate::run_cluster;
use portalctl::adapters::local_postgres::{Running, SUPERUSER};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, raw_sql};
use std::path::Path;
use std::process::Command;

/// A database of its own, dropped with its roles when the test is done.
pub struct TestDatabase {
    project: String,
    running: &'static Running,
}

impl TestDatabase {
    /// An empty database.
    pub async fn new() -> Self {
        Self::copy_of("template0").await
    }

    /// A copy of what `load` made, on its first call in this run, in an empty database. `name` must be unique to
    /// what is loaded. Roles that `load` makes stay until the end of the run; name them after `name`.
    pub async fn from_template<F>(name: &str, load: F) -> Self
    where
        F: AsyncFnOnce(&TemplateDatabase),
    {
        let template = format!("tpl_{}", &blake3::hash(name.as_bytes()).to_hex()[..12]);
        let running = run_cluster::running().await;
        let mut maintenance = connect(running, SUPERUSER, "postgres").await;
        run(&mut maintenance, &format!("select pg_advisory_lock(hashtext('{template}'))")).await;
        let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(&template)
            .fetch_one(&mut maintenance)
            .await
            .unwrap();
        if !exists {
            let building = format!("{template}_building");
            run(&mut maintenance, &format!("drop database if exists {building} with (force)")).await;
            run(&mut maintenance, &format!("create database {building} template template0")).await;
            load(&TemplateDatabase { name: building.clone(), running }).await;
            // What `load` forgot to close must not stop the copies.
            run(
                &mut maintenance,
                &format!("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{building}'"),
            )
            .await;
            run(&mut maintenance, &format!("alter database {building} rename to {template}")).await;
        }
        maintenance.close().await.unwrap();
        Self::copy_of(&template).await
    }

    async fn copy_of(template: &str) -> Self {
        let running = run_cluster::running().await;
        let project = format!("t{}", &uuid::Uuid::new_v4().simple().to_string()[..10]);
        let mut maintenance = connect(running, SUPERUSER, "postgres").await;
        run(&mut maintenance, &format!("create database {project} template {template}")).await;
        maintenance.close().await.unwrap();
        Self { project, running }
    }

    /// The name of the database, and a project name that no other test has: 11 bytes, `[a-z0-9]`.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// `<project>_<name>`: a role name that no other test has, for roles that the test makes itself.
    pub fn role(&self, name: &str) -> String {
        format!("{}_{name}", self.project)
    }

    /// For `--database-url`, without a password: the socket admits every role.
    pub fn url(&self, role: &str) -> String {
        self.running.url(role, &self.project)
    }

    /// The URL of the superuser.
    pub fn admin_url(&self) -> String {
        self.url(SUPERUSER)
    }

    pub async fn admin(&self) -> PgConnection {
        self.connect_as(SUPERUSER).await
    }

    pub async fn connect_as(&self, role: &str) -> PgConnection {
        connect(self.running, role, &self.project).await
    }

    /// Connection options, for pools or other settings.
    pub fn options(&self, role: &str) -> PgConnectOptions {
        options(self.running, role, &self.project)
    }

    /// Runs an SQL file as psql does, as the superuser; panics with psql's message where it fails.
    pub fn load(&self, file: &Path) {
        load(self.running, &self.project, file);
    }

    /// A client program that lies beside psql, such as `pg_dump`, as the superuser of this database.
    pub fn client(&self, program: &str) -> Command {
        let psql = self.running.psql(&self.project).expect("psql beside the server");
        let mut command = Command::new(Path::new(psql.get_program()).with_file_name(program));
        for (name, value) in psql.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.args(psql.get_args());
        command
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (running, project) = (self.running, self.project.clone());
        // The test's own runtime cannot be blocked on from within; a thread can.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(drop_database(running, &project)).map_err(std::io::Error::other)
        });
        let result = dropped.join();
        if !std::thread::panicking() {
            result.expect("a thread").expect("the database and its roles can be dropped");
        }
    }
}

async fn drop_database(running: &Running, project: &str) -> Result<(), sqlx::Error> {
    let mut maintenance = options(running, SUPERUSER, "postgres").connect().await?;
    let drop = format!("drop database if exists {project} with (force)");
    raw_sql(AssertSqlSafe(drop)).execute(&mut maintenance).await?;
    let roles: Vec<String> =
        sqlx::query_scalar("select quote_ident(rolname) from pg_roles where starts_with(rolname, $1 || '_')")
            .bind(project)
            .fetch_all(&mut maintenance)
            .await?;
    // In one statement: one of them may have granted the others to each other.
    if !roles.is_empty() {
        raw_sql(AssertSqlSafe(format!("drop role {}", roles.join(", ")))).execute(&mut maintenance).await?;
    }
    maintenance.close().await
}

/// The database that a template is loaded into.
pub struct TemplateDatabase {
    name: String,
    running: &'static Running,
}

impl TemplateDatabase {
    pub async fn admin(&self) -> PgConnection {
        connect(self.running, SUPERUSER, &self.name).await
    }

    /// Runs an SQL file as psql does, as the superuser; panics with psql's message where it fails.
    pub fn load(&self, file: &Path) {
        load(self.running, &self.name, file);
    }
}

fn options(running: &Running, role: &str, database: &str) -> PgConnectOptions {
    running.url(role, database).parse().expect("the URL of the cluster")
}

async fn connect(running: &Running, role: &str, database: &str) -> PgConnection {
    let connected = options(running, role, database).connect().await;
    connected.unwrap_or_else(|error| panic!("cannot connect to `{database}` as `{role}`: {error}"))
}

async fn run(connection: &mut PgConnection, sql: &str) {
    let done = raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn load(running: &Running, database: &str, file: &Path) {
    let mut psql = running.psql(database).expect("psql beside the server");
    let output = psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"]).arg(file).output().expect("psql runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
