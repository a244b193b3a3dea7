//! What every command is given.

use super::GlobalArgs;
use super::error::CliError;
use super::interrupt::Interrupts;
use crate::adapters::postgres::connect::DatabaseUrl;
use crate::adapters::terminal::Terminal;
use crate::spec::PROJECT_FILE;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub struct Context {
    pub terminal: Terminal,
    pub interrupts: Interrupts,
    directory: Option<PathBuf>,
    environment: Option<String>,
    database_url: Option<String>,
    /// Whether the database URL stands on the command line, and not just in the surroundings.
    url_is_written: bool,
}

impl Context {
    pub(super) fn new(global: GlobalArgs, url_is_written: bool) -> Self {
        Self {
            terminal: Terminal::new(global.color(), global.talk()),
            interrupts: Interrupts::default(),
            directory: global.directory,
            environment: global.environment.filter(|name| !name.is_empty()),
            database_url: global.database_url.filter(|url| !url.is_empty()),
            url_is_written,
        }
    }

    /// Takes `-C` as git does: every relative path on the command line is meant from there.
    pub(super) fn enter_directory(&self) -> Result<(), CliError> {
        let Some(directory) = &self.directory else { return Ok(()) };
        std::env::set_current_dir(directory).map_err(|error| CliError::file("change to", directory, &error))
    }

    /// The nearest folder with a `portalctl.yaml`, from the present one upward.
    ///
    /// # Errors
    /// There is none: exit code 2.
    pub fn project_folder(&self) -> Result<PathBuf, CliError> {
        let here = std::env::current_dir().map_err(|error| CliError::file("open", Path::new("."), &error))?;
        let found = here.ancestors().find(|folder| folder.join(PROJECT_FILE).symlink_metadata().is_ok());
        found.map(Path::to_owned).ok_or_else(|| {
            let message = format!("there is no project here: no `{PROJECT_FILE}` in `{}` or above", here.display());
            CliError::usage(message).hint("name the project's folder with `-C DIR`")
        })
    }

    /// The environment of `--env` or `PORTALCTL_ENV`.
    pub fn environment(&self) -> Option<&str> {
        self.environment.as_deref()
    }

    /// The database of `--database-url` or `DATABASE_URL`; `None`: the project's private local one.
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn database_url(&self) -> Result<Option<DatabaseUrl>, CliError> {
        self.database_url.as_deref().map(DatabaseUrl::parse).transpose().map_err(CliError::from)
    }

    pub fn url_is_written(&self) -> bool {
        self.url_is_written
    }
}
