//! What the machine has: programs, and folders as private as they must be.

use super::Line;
use crate::adapters::files::openness;
use crate::adapters::git;
use crate::adapters::local_postgres::LocalCluster;
use crate::adapters::local_postgres::{Environment, ServerBinaries};
use crate::adapters::state_folder::STATE_FOLDER;
use crate::cli::CliError;
use crate::cli::project::Project;
use crate::cli::site_logins::CREDENTIALS;
use std::path::{Path, PathBuf};

/// A server to start is needed where the project's own local database is what is used.
pub fn programs(cluster: Option<&LocalCluster>, needed: bool) -> Line {
    let found = match cluster {
        Some(cluster) => cluster.binaries(),
        None => ServerBinaries::find(&Environment::of_process(), Path::new(""), None),
    };
    match found {
        Ok(found) => Line::ok("PostgreSQL programs", format!("{} in {}", found.version, found.folder.display())),
        Err(error) if needed => Line::failed("PostgreSQL programs", error.into()),
        Err(error) => {
            let error = CliError::from(error);
            let fix = "nothing to do for the database in use; `portalctl test` needs its client programs";
            Line::warning("PostgreSQL programs", error.message, fix)
        }
    }
}

pub fn git() -> Line {
    match git::version() {
        Ok(version) => Line::ok("git", version),
        Err(error) => Line::warning(
            "git",
            error.to_string(),
            "install git: `scaffold` asks it for what is not committed, and `new --template` fetches with it",
        ),
    }
}

/// The data of the local database, the passwords and the attachments are their owner's alone.
pub fn state_folder(project: &Project, cluster: Option<&LocalCluster>) -> Line {
    const ABOUT: &str = "private files";
    let state = project.folder.join(STATE_FOLDER);
    let mut private: Vec<PathBuf> = vec![state.join(CREDENTIALS)];
    private.extend(cluster.map(|cluster| cluster.folder().to_owned()));
    private.extend(project.model.iter().map(|model| project.folder.join(&model.project.storage.folder)));
    // The folder itself is entered by the user that the database server runs as.
    let open = [(state.as_path(), 0o022)].into_iter().chain(private.iter().map(|path| (path.as_path(), 0o077)));
    let open: Vec<&Path> = open.filter(|(path, mask)| openness(path) & mask != 0).map(|(path, _)| path).collect();
    if open.is_empty() {
        return Line::ok(ABOUT, "nobody else gets at them");
    }
    let quoted = |path: &&Path| format!("`{}`", path.display());
    let names: Vec<String> = open.iter().map(quoted).collect();
    let words: Vec<String> = open.iter().map(|path| format!("'{}'", path.display())).collect();
    let rights = if open.contains(&state.as_path()) { "go-w" } else { "go=" };
    Line::problem(
        ABOUT,
        format!("other users of this machine get at {}", names.join(", ")),
        format!("chmod {rights} {}", words.join(" ")),
    )
}
