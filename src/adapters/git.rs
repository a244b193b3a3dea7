//! What version control knows, asked of the git binary.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::Command;

#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("this is a git repository, and git cannot be started to see what is not committed: {0}")]
    Start(io::Error),
    #[error("git cannot say what is not committed: {0}")]
    Failed(String),
}

/// Which of `paths`, relative to `folder`, hold changes that are not committed, new files included. None
/// where the folder is in no repository.
///
/// # Errors
/// Where there is a repository and git cannot be asked.
pub fn uncommitted<'a>(folder: &Path, paths: impl IntoIterator<Item = &'a str>) -> Result<BTreeSet<&'a str>, GitError> {
    let mut found = BTreeSet::new();
    for path in paths {
        let output = Command::new("git")
            .args(["--no-optional-locks", "--literal-pathspecs", "-C"])
            .arg(folder)
            .args(["status", "--porcelain", "--untracked-files=all", "--", path])
            .env("LC_ALL", "C")
            .output();
        match output {
            Ok(output) if output.status.success() && output.stdout.is_empty() => {}
            Ok(output) if output.status.success() => {
                found.insert(path);
            }
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                if said.contains("not a git repository") {
                    return Ok(found);
                }
                let line = said.lines().next().unwrap_or("it ended without a word");
                return Err(GitError::Failed(line.trim_start_matches("fatal: ").to_owned()));
            }
            Err(error) if is_in_a_repository(folder) => return Err(GitError::Start(error)),
            Err(_) => return Ok(found),
        }
    }
    Ok(found)
}

fn is_in_a_repository(folder: &Path) -> bool {
    folder.ancestors().any(|folder| folder.join(".git").symlink_metadata().is_ok())
}
