//! Running the program.

use portalctl_test_support::PrivateProject;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// What a run of the program gave.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The program in `folder`, with nothing of the caller's own settings for PostgreSQL.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portalctl"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    for name in ["DATABASE_URL", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGSSLMODE", "PGOPTIONS"] {
        command.env_remove(name);
    }
    command
}

pub fn run(folder: &Path, args: &[&str]) -> Ran {
    ended(command(folder, args).output().unwrap())
}

pub fn spawn(folder: &Path, args: &[&str]) -> Child {
    command(folder, args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

pub fn ended(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// A project that says no more than its name, with its cluster made.
pub fn minimal_project() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\n");
    project.make_cluster();
    project
}

/// A project with a table and two roles that its own SQL makes.
pub fn project_with_setup() -> PrivateProject {
    let project = PrivateProject::new();
    project.write("portalctl.yaml", "version: 1\nkind: project\nname: acme\ndatabase: {setup: [db/*.sql]}\n");
    project.write("db/01-roles.sql", "create role crm_app login;\ncreate role crm_owner;\n");
    let tables = "create schema crm authorization crm_owner;\nset search_path = crm;\ncreate table t (id int, name text);\ncopy t from stdin;\n1\tanna\n2\tboris\n\\.\n";
    project.write("db/02-tables.sql", tables);
    project.write("db/03-more.sql", "insert into crm.t values (3, 'çağla');\n");
    project
}

pub fn psql(project: &PrivateProject, sql: &str) -> Ran {
    run(project.path(), &["db", "psql", "--", "-AtXc", sql])
}
