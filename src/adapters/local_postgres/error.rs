//! What can go wrong with the private cluster, each with what to do about it.

use crate::adapters::state_folder;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

/// A folder that was looked at for server binaries, and why it will not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    pub folder: PathBuf,
    pub reason: String,
}

#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    #[error("no PostgreSQL server was found{}", list(rejected))]
    NoBinaries { rejected: Vec<Rejected>, install: String },
    #[error("`PG_BINDIR` is `{}`, {}", .0.folder.display(), .0.reason)]
    BinDir(Rejected),
    #[error("no `psql` was found beside the server in `{}` or on the `PATH`", folder.display())]
    NoPsql { folder: PathBuf, install: String },
    #[error("the private database in `{}` was made by PostgreSQL {data}, and there is only {}", folder.display(), versions(found))]
    OtherVersion { folder: PathBuf, data: u32, found: Vec<u32>, install: String },
    #[error("PostgreSQL refuses to run as root, and this system has no user `postgres` or `nobody`")]
    NoServerUser,
    #[error("`{}` belongs to user `{owner}`", folder.display())]
    BelongsToOther { folder: PathBuf, owner: String },
    #[error("the server runs as `{user}`, who cannot reach `{}`", path.display())]
    Unreachable { path: PathBuf, user: String },
    #[error("`{}` is not a folder of its own", .0.display())]
    NotAFolder(PathBuf),
    #[error("the socket path `{}` is {} bytes long, a socket takes 107", .0.display(), .0.as_os_str().len())]
    SocketPathTooLong(PathBuf),
    #[error("`initdb` failed{}", output(.0))]
    InitDb(String),
    #[error("the private PostgreSQL did not start{}", output(.0))]
    Start(String),
    #[error("the private PostgreSQL is not ready after {0} seconds")]
    StartTimeout(u64),
    #[error("a server holds `{}` and does not answer", folder.display())]
    Unresponsive { folder: PathBuf, pid: Option<i32> },
    #[error("the private PostgreSQL (process {0}) did not stop")]
    Stop(i32),
    #[error("cannot {what} `{}`: {source}", path.display())]
    Io { what: &'static str, path: PathBuf, source: io::Error },
}

impl LocalError {
    /// For `map_err`: what was being done, and to which path.
    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }

    /// What the user can do; lowercase, without a final period, as every hint.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoBinaries { install, .. } | Self::NoPsql { install, .. } => {
                format!(
                    "{install}, or set `PG_BINDIR` to a folder with `initdb`, `postgres` and `psql`, version 15 or newer"
                )
            }
            Self::BinDir(_) => {
                "point it at a folder with `initdb`, `postgres` and `psql`, version 15 or newer".to_owned()
            }
            Self::OtherVersion { folder, data, install, .. } => format!(
                "set `PG_BINDIR` to the binaries of PostgreSQL {data}, or dump with those and remove `{}` to begin anew ({install})",
                folder.display()
            ),
            Self::NoServerUser => "run as another user than root".to_owned(),
            Self::BelongsToOther { owner, .. } => format!("run as `{owner}`, or as root"),
            Self::Unreachable { path, user } => {
                format!("let `{user}` enter the folders above `{}` (`chmod o+x`)", path.display())
            }
            Self::NotAFolder(path) => format!("remove `{}`", path.display()),
            Self::Unresponsive { pid: Some(pid), .. } => {
                format!("look at process {pid}, or at other containers that use this folder, and end the server there")
            }
            Self::Unresponsive { pid: None, .. } => {
                "end the server that uses this folder, perhaps in another container".to_owned()
            }
            Self::Stop(_) => {
                "look at its connections with `portalctl db psql -- -c 'table pg_stat_activity'`".to_owned()
            }
            Self::Start(output) => return hint_of_output(output),
            Self::InitDb(output) => return hint_of_output(output),
            Self::Io { source, .. } if state_folder::is_closed(source) => {
                "the private database lies in the project folder: let yourself write there, or name another database \
                 with `--database-url`"
                    .to_owned()
            }
            Self::SocketPathTooLong(_) | Self::StartTimeout(_) | Self::Io { .. } => return None,
        })
    }
}

/// The few failures of a starting server that have a usual cause.
fn hint_of_output(output: &str) -> Option<String> {
    let known = [
        ("No space left on device", "free some disk space"),
        ("could not map anonymous shared memory", "free some memory"),
        ("Is another postmaster", "another server was started by hand on this folder: stop it"),
        ("pre-existing shared memory block", "another server was started by hand on this folder: stop it"),
    ];
    known.iter().find(|(text, _)| output.contains(text)).map(|(_, hint)| (*hint).to_owned())
}

fn list(rejected: &[Rejected]) -> String {
    rejected.iter().fold(String::new(), |mut text, one| {
        let _ = write!(text, "\n  `{}`: {}", one.folder.display(), one.reason);
        text
    })
}

fn versions(found: &[u32]) -> String {
    found.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

fn output(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() { " and said nothing".to_owned() } else { format!(":\n{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_folder_that_is_closed_is_named_as_the_cause() {
        for (kind, says) in [
            (io::ErrorKind::PermissionDenied, true),
            (io::ErrorKind::ReadOnlyFilesystem, true),
            (io::ErrorKind::StorageFull, false),
        ] {
            let error = LocalError::io("make", Path::new("/srv/acme/.portalctl"))(kind.into());
            assert!(error.to_string().starts_with("cannot make `/srv/acme/.portalctl`: "), "{error}");
            assert_eq!(error.hint().is_some_and(|hint| hint.contains("let yourself write there")), says, "{kind}");
        }
    }
}
