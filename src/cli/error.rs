//! The one error type of the command line.

use super::ExitCode;
use crate::adapters::files::{FilesError, SetupError, SeveralError};
use crate::adapters::git_tree::RevisionError;
use crate::adapters::local_postgres::LocalError;
use crate::adapters::postgres::PgError;
use crate::adapters::postgres::connect::{ConnectError, UrlError};
use crate::adapters::postgres::local_database::PrepareError;
use crate::adapters::postgres::scratch::{ScratchError, StructureError};
use crate::adapters::project_files::ProjectFilesError;
use crate::adapters::state_folder;
use crate::adapters::terminal::Terminal;
use crate::scaffold::ManifestError;
use std::io;

/// Which exit code an error stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command cannot be carried out as given; also an invalid spec, or a file that cannot be written.
    Usage,
    /// The database could not be reached, or refused.
    Database,
    /// Refused for safety.
    Refused,
    /// A question was left with Escape or Ctrl-C.
    Interrupted,
    /// Nobody reads stdout any more, as in `portalctl … | head`: they have what they wanted.
    OutputClosed,
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CliError {
    pub kind: ErrorKind,
    pub message: String,
    pub hint: Option<String>,
}

impl CliError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }
    pub fn database(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Database, message)
    }
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Refused, message)
    }
    /// Whoever was asked went away, and knows it.
    pub fn interrupted() -> Self {
        Self::new(ErrorKind::Interrupted, "interrupted: nothing was done")
    }
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// For writing files: what could not be done, with the system's reason.
    pub fn file(what: &str, path: &std::path::Path, error: &io::Error) -> Self {
        Self::usage(format!("cannot {what} `{}`: {error}", path.display()))
    }

    pub fn exit_code(&self) -> ExitCode {
        match self.kind {
            ErrorKind::Usage => ExitCode::Usage,
            ErrorKind::Database => ExitCode::Database,
            ErrorKind::Refused => ExitCode::Refused,
            ErrorKind::Interrupted => ExitCode::Interrupted,
            ErrorKind::OutputClosed => ExitCode::Done,
        }
    }

    pub(super) fn tell(&self, terminal: &Terminal) {
        if self.kind != ErrorKind::OutputClosed {
            terminal.error(&self.message, self.hint.as_deref());
        }
    }
}

/// Of writing to stdout.
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(ErrorKind::OutputClosed, "nobody reads the output"),
            _ => Self::usage(format!("cannot write to the standard output: {error}")),
        }
    }
}

impl From<LocalError> for CliError {
    fn from(error: LocalError) -> Self {
        Self { kind: ErrorKind::Database, hint: error.hint(), message: error.to_string() }
    }
}

impl From<ConnectError> for CliError {
    fn from(error: ConnectError) -> Self {
        Self { kind: ErrorKind::Database, message: error.to_string(), hint: error.hint }
    }
}

impl From<PgError> for CliError {
    fn from(error: PgError) -> Self {
        Self::database(error.to_string())
    }
}

impl From<ScratchError> for CliError {
    fn from(error: ScratchError) -> Self {
        match error {
            ScratchError::Connect(error) => error.into(),
            ScratchError::Query(error) => error.into(),
            ScratchError::Structure(StructureError::NoProgram(_)) => Self::database(error.to_string())
                .hint("install PostgreSQL's client programs, or set `PG_BINDIR` to the folder that has them"),
            ScratchError::Structure(_) | ScratchError::Random(_) => Self::database(error.to_string()),
        }
    }
}

impl From<UrlError> for CliError {
    fn from(error: UrlError) -> Self {
        Self::usage(error.to_string()).hint("write it as `postgresql://user@host:5432/database`, a socket as `postgresql://user@/database?host=/run/postgresql`")
    }
}

impl From<PrepareError> for CliError {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Local(error) => error.into(),
            PrepareError::Connect(error) => error.into(),
            PrepareError::Query(error) => error.into(),
            PrepareError::Setup(_) => Self::database(error.to_string())
                .hint("mend the file and run the command again; nothing of the database was kept"),
        }
    }
}

impl From<FilesError> for CliError {
    fn from(error: FilesError) -> Self {
        let told = Self::usage(error.to_string());
        match error {
            FilesError::NoProject(_) => told.hint("go to the project's folder, or name it with `-C DIR`"),
            FilesError::TooMany | FilesError::TooMuch => {
                told.hint("name the folders with documents under `specs:` in `portalctl.yaml`")
            }
            FilesError::Folder { .. } | FilesError::NotYaml(_) => told,
        }
    }
}

impl From<RevisionError> for CliError {
    fn from(error: RevisionError) -> Self {
        let told = Self::usage(error.to_string());
        match error {
            RevisionError::Unknown { hint, .. } => told.hint(hint),
            RevisionError::NoRepository(_) => told.hint("name two folders, or go to a project that git keeps"),
            RevisionError::Link { .. } => told.hint("put the file itself there"),
            RevisionError::Files(error) => error.into(),
            _ => told,
        }
    }
}

impl From<SeveralError> for CliError {
    fn from(error: SeveralError) -> Self {
        match error {
            SeveralError::Raced(_) => Self::refused(error.to_string()).hint("run the command again"),
            SeveralError::Io { .. } => Self::usage(error.to_string()),
        }
    }
}

impl From<SetupError> for CliError {
    fn from(error: SetupError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<ProjectFilesError> for CliError {
    fn from(error: ProjectFilesError) -> Self {
        let message = error.to_string();
        match error {
            ProjectFilesError::Raced { .. } => Self::refused(message).hint("run the command again"),
            ProjectFilesError::Outside { .. } => Self::refused(message),
            ProjectFilesError::Git(_) => Self::refused(message).hint("`--force` goes on without asking git"),
            ProjectFilesError::Manifest { source: ManifestError::Newer(_), .. } => {
                Self::refused(message).hint("use that version or a newer one")
            }
            ProjectFilesError::Manifest { .. } => Self::usage(message).hint(
                "bring it back from version control; or delete it: then files that you changed are refused until \
                 `--force` overwrites them",
            ),
            ProjectFilesError::Io { source, .. } if state_folder::is_closed(&source) => {
                Self::usage(message).hint("the files are written into the project folder: let yourself write there")
            }
            ProjectFilesError::NotAFile { .. } | ProjectFilesError::TooLarge { .. } | ProjectFilesError::Io { .. } => {
                Self::usage(message)
            }
        }
    }
}
