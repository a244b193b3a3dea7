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
    #[error("git cannot be started: {0}")]
    Fetch(io::Error),
    #[error("git cannot fetch the template: {0}")]
    NotFetched(String),
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

/// Fetches one commit of a repository into `folder`, which is not there yet.
///
/// The address is somebody else's word: git may neither ask for a password, nor run anything of the repository, nor
/// speak another protocol than these, nor fetch what the repository names in its turn.
///
/// # Errors
/// git cannot be started, or cannot fetch it.
pub fn fetch(address: &str, branch: Option<&str>, folder: &Path) -> Result<(), GitError> {
    let mut command = alone();
    command.args(["-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never", "-c", "core.symlinks=true"]);
    for protocol in ["https", "ssh", "file"] {
        command.args(["-c", &format!("protocol.{protocol}.allow=always")]);
    }
    command.args([
        "clone",
        "--quiet",
        "--depth=1",
        "--single-branch",
        "--no-tags",
        "--no-recurse-submodules",
        "--template=",
    ]);
    if let Some(branch) = branch {
        command.arg(format!("--branch={branch}"));
    }
    command.arg("--").arg(address).arg(folder);
    finished(&command.output().map_err(GitError::Fetch)?).map(drop)
}

/// Which git there is.
///
/// # Errors
/// None can be started.
pub fn version() -> Result<String, GitError> {
    let mut command = alone();
    command.arg("--version");
    let said = finished(&command.output().map_err(GitError::Fetch)?)?;
    Ok(said.trim_start_matches("git version ").to_owned())
}

/// The commit that `folder` is at.
///
/// # Errors
/// git cannot say.
pub fn revision(folder: &Path) -> Result<String, GitError> {
    let mut command = alone();
    command.arg("-C").arg(folder).args(["rev-parse", "--verify", "HEAD"]);
    finished(&command.output().map_err(GitError::Fetch)?)
}

/// git that asks nobody, and knows nothing of the repository that we may stand in.
pub(super) fn alone() -> Command {
    let mut command = Command::new("git");
    command.stdin(std::process::Stdio::null());
    command.envs([
        ("LC_ALL", "C"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_ASKPASS", "true"),
        ("SSH_ASKPASS", "true"),
        ("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
        ("GIT_LFS_SKIP_SMUDGE", "1"),
    ]);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_CONFIG_COUNT"] {
        command.env_remove(name);
    }
    command
}

fn finished(output: &std::process::Output) -> Result<String, GitError> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|line| line.starts_with("fatal: ")).or(said.lines().next());
    Err(GitError::NotFetched(line.unwrap_or("it ended without a word").trim_start_matches("fatal: ").to_owned()))
}

/// The commit that `folder` is at, where nothing in the folder differs from it; `None` too where git cannot say.
pub fn clean_commit(folder: &Path) -> Option<String> {
    if !is_in_a_repository(folder) {
        return None;
    }
    let mut command = alone();
    // What runs is git, and nothing that the repository names.
    command.args(["--no-optional-locks", "-c", "core.fsmonitor=false", "-C"]).arg(folder);
    command.args(["status", "--porcelain", "--untracked-files=normal", "--", "."]);
    let status = finished(&command.output().ok()?).ok()?;
    if status.is_empty() { revision(folder).ok() } else { None }
}
