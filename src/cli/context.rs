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
    /// The folder in which the program was started; `None` where it is gone.
    start: Option<PathBuf>,
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
            start: std::env::current_dir().ok(),
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

    /// What leads from the folder that a code host reads paths from to `folder`: `a/b/`, or nothing where they are one
    /// or one cannot be told from the other. That is the workspace of a workflow, else where the program was started.
    pub fn path_to(&self, folder: &Path) -> String {
        let workspace = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
        let from = workspace.filter(|root| folder.starts_with(root)).or_else(|| self.start.clone());
        let path = from.and_then(|from| Some(folder.strip_prefix(from).ok()?.to_owned())).unwrap_or_default();
        path.components().map(|part| format!("{}/", part.as_os_str().to_string_lossy())).collect()
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
