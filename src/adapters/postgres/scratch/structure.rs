//! From one database to another: types, tables, functions, no rows. PostgreSQL's own programs do it.

use super::super::PgError;
use super::super::connect::DatabaseUrl;
use crate::adapters::local_postgres::{Environment, program};
use crate::names::Ident;
use sqlx::{PgConnection, Row as _};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

#[derive(Debug, thiserror::Error)]
pub enum StructureError {
    #[error("`{0}` is not there, by which the structure of the tables is copied")]
    NoProgram(&'static str),
    #[error("`{program}` does not run: {reason}")]
    NotRun { program: &'static str, reason: String },
    #[error("the structure of the tables cannot be copied: {0}")]
    Failed(String),
}

/// What portalctl made in the database: `apply` makes its like in the copy.
#[derive(Debug)]
pub struct Ours {
    server_major: u32,
    schemas: Vec<String>,
    /// Patterns of pg_dump.
    tables: Vec<String>,
    /// Catalog and oid, as the contents of a dump name them.
    entries: BTreeSet<(String, String)>,
}

const MARKED: &str = "
    SELECT 'schema' AS what, n.nspname::text AS one, '' AS other FROM pg_namespace AS n
    WHERE obj_description(n.oid, 'pg_namespace') LIKE 'portalctl project=%'
    UNION ALL
    SELECT 'table', n.nspname::text, c.relname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'S') AND obj_description(c.oid, 'pg_class') LIKE 'portalctl project=%'
    UNION ALL
    SELECT 'entry', 'pg_policy'::regclass::oid::text, p.oid::text FROM pg_policy AS p
    WHERE obj_description(p.oid, 'pg_policy') LIKE 'portalctl project=%'
    UNION ALL
    SELECT 'entry', 'pg_trigger'::regclass::oid::text, t.oid::text FROM pg_trigger AS t
    WHERE obj_description(t.oid, 'pg_trigger') LIKE 'portalctl project=%'
    UNION ALL
    SELECT 'version', current_setting('server_version_num'), ''";

impl Ours {
    /// # Errors
    /// The server cannot be asked.
    pub async fn read(connection: &mut PgConnection) -> Result<Self, PgError> {
        let doing = "read what portalctl made in the database";
        let rows = sqlx::query(MARKED).persistent(false).fetch_all(connection).await.map_err(PgError::query(doing))?;
        let mut ours = Self { server_major: 0, schemas: Vec::new(), tables: Vec::new(), entries: BTreeSet::new() };
        for row in rows {
            let text = |at: usize| row.try_get::<String, _>(at).map_err(PgError::query(doing));
            let (what, one, other) = (text(0)?, text(1)?, text(2)?);
            match what.as_str() {
                "schema" => ours.schemas.push(Ident::new(&one).to_string()),
                "table" => ours.tables.push(format!("{}.{}", Ident::new(&one), Ident::new(&other))),
                "entry" => drop(ours.entries.insert((one, other))),
                _ => ours.server_major = one.parse::<u32>().unwrap_or_default() / 10_000,
            }
        }
        Ok(ours)
    }

    /// Whether a line of a dump's contents is about something of ours: `17; 3256 16405 POLICY crm cases x owner`.
    fn is_ours(&self, line: &str) -> bool {
        let Some((_, rest)) = line.split_once("; ") else { return false };
        let mut words = rest.split(' ');
        let entry = words.next().zip(words.next());
        entry.is_some_and(|(catalog, oid)| self.entries.contains(&(catalog.to_owned(), oid.to_owned())))
    }
}

pub(super) async fn copy(
    from: &DatabaseUrl,
    to: &DatabaseUrl,
    ours: &Ours,
    environment: &Environment,
) -> Result<(), StructureError> {
    let folder = tempfile::tempdir().map_err(|error| StructureError::Failed(error.to_string()))?;
    let (dump, contents) = (folder.path().join("structure"), folder.path().join("contents"));
    let mut dumping = Run::new("pg_dump", from, environment, ours.server_major)?;
    dumping.args(&["--format=custom", "--schema-only", "--no-comments", "--no-publications", "--no-subscriptions"]);
    for schema in &ours.schemas {
        dumping.args(&["--exclude-schema", schema]);
    }
    for table in &ours.tables {
        dumping.args(&["--exclude-table", table]);
    }
    dumping.path("--file", &dump).run().await?;

    let mut listing = Run::new("pg_restore", from, environment, ours.server_major)?;
    listing.args(&["--list", &dump.to_string_lossy()]);
    let list = listing.run().await?;
    let kept: Vec<&str> = list.lines().filter(|line| !ours.is_ours(line) && !is_left_out(line)).collect();
    std::fs::write(&contents, kept.join("\n") + "\n").map_err(|error| StructureError::Failed(error.to_string()))?;

    let mut restoring = Run::new("pg_restore", to, environment, ours.server_major)?;
    restoring.args(&["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]);
    let database = to.database();
    restoring.args(&["--dbname", &database]);
    restoring.path("--use-list", &contents).args(&[&dump.to_string_lossy()]).run().await.map(drop)
}

/// What every database has; and foreign keys, since a test gives no more rows than it is about.
fn is_left_out(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').skip(3).take(3).collect();
    words.starts_with(&["SCHEMA", "-", "public"]) || words.starts_with(&["FK", "CONSTRAINT"])
}

struct Run {
    program: &'static str,
    command: tokio::process::Command,
}

impl Run {
    fn new(
        program_name: &'static str,
        url: &DatabaseUrl,
        environment: &Environment,
        server_major: u32,
    ) -> Result<Self, StructureError> {
        let path = program(environment, program_name, server_major).ok_or(StructureError::NoProgram(program_name))?;
        let mut command = tokio::process::Command::new(path);
        for name in ["PGHOSTADDR", "PGSERVICE", "PGOPTIONS"] {
            command.env_remove(name);
        }
        command.envs(url.client_environment()).env("LC_ALL", "C").arg("--no-password");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        Ok(Self { program: program_name, command })
    }

    fn args(&mut self, args: &[&str]) -> &mut Self {
        self.command.args(args);
        self
    }

    fn path(&mut self, name: &str, path: &Path) -> &mut Self {
        self.command.arg(name).arg(path);
        self
    }

    /// What it writes to its standard output.
    async fn run(&mut self) -> Result<String, StructureError> {
        let output = self.command.output().await;
        let output =
            output.map_err(|error| StructureError::NotRun { program: self.program, reason: error.to_string() })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = said.lines().filter(|line| line.contains("error:") || line.contains("ERROR:")).collect();
        let words = if lines.is_empty() { said.trim().to_owned() } else { lines.join("; ") };
        Err(StructureError::Failed(words))
    }
}
