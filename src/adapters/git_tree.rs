//! The documents of a project as they were in a revision, read from the repository's objects: the work tree is neither
//! read nor touched.
//!
//! What a revision holds is somebody's word, too. Only regular files are taken, by names that stay below the project's
//! folder; they are laid out in a folder of their own, and read from there like any project.

use super::files::{FilesError, project_files};
use super::git::alone;
use crate::diagnostic::closest;
use crate::spec::{MAX_FILE_BYTES, PROJECT_FILE, RawContent, RawFile};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path};
use std::process::Stdio;

/// Far more than any project has.
const MAX_FILES: usize = 20_000;

#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    #[error("git cannot be started: {0}")]
    Start(io::Error),
    #[error("`{0}` is in no git repository, so it has no revisions")]
    NoRepository(String),
    #[error("there is no revision `{revision}`")]
    Unknown { revision: String, hint: String },
    #[error("there is no project in `{0}`: it has no `{PROJECT_FILE}` in this folder")]
    NoProject(String),
    #[error("`{path}` of `{revision}` is a symbolic link: what it leads to is not part of the revision")]
    Link { revision: String, path: String },
    #[error("`{revision}` holds more than {MAX_FILES} documents")]
    TooMany { revision: String },
    #[error("git cannot read `{revision}`: {said}")]
    Failed { revision: String, said: String },
    #[error("the documents of a revision cannot be laid out: {0}")]
    Lay(#[from] io::Error),
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// Fetches what [`crate::spec::read`] takes, of the project that lies in `folder`, as it was in `revision`.
///
/// # Errors
/// There is no such revision, no project in it, or git cannot be asked.
pub fn project_at(folder: &Path, revision: &str) -> Result<Vec<RawFile>, RevisionError> {
    let commit = commit(folder, revision)?;
    let entries = entries(folder, revision, &commit)?;
    if !entries.iter().any(|entry| entry.path == PROJECT_FILE) {
        return Err(RevisionError::NoProject(revision.to_owned()));
    }
    let laid = tempfile::tempdir()?;
    let too_large = lay(folder, revision, &entries, laid.path())?;
    let mut files = project_files(laid.path())?;
    for file in &mut files {
        let is_read = !matches!(file.content, RawContent::PassedOver(_));
        if let Some(entry) = too_large.iter().find(|entry| is_read && entry.path == file.path) {
            file.content = RawContent::TooLarge { bytes: entry.bytes };
        }
    }
    Ok(files)
}

/// The full name of the commit that `revision` names, of the repository that `folder` lies in.
///
/// # Errors
/// As [`project_at`].
pub fn commit_of(folder: &Path, revision: &str) -> Result<String, RevisionError> {
    commit(folder, revision)
}

/// Whether `text` may be a revision here.
pub fn is_in_a_repository(folder: &Path) -> bool {
    folder.ancestors().any(|folder| folder.join(".git").symlink_metadata().is_ok())
}

fn run(folder: &Path, args: &[&str]) -> Result<Result<Vec<u8>, String>, RevisionError> {
    let mut command = alone();
    // A partial clone fetches nothing for us.
    command.env("GIT_NO_LAZY_FETCH", "1").arg("--no-optional-locks").arg("-C").arg(folder).args(args);
    let output = command.output().map_err(RevisionError::Start)?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Ok(Err(said.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned()))
}

/// The full name of the commit that `revision` names.
fn commit(folder: &Path, revision: &str) -> Result<String, RevisionError> {
    if let Err(said) = run(folder, &["rev-parse", "--git-dir"])? {
        return Err(match said.contains("not a git repository") {
            true => RevisionError::NoRepository(folder.display().to_string()),
            false => RevisionError::Failed { revision: revision.to_owned(), said },
        });
    }
    let wanted = format!("{revision}^{{commit}}");
    // What begins with a dash would be an option, and what holds a line break is no revision.
    let plain = !revision.starts_with('-') && !revision.is_empty() && !revision.contains(char::is_control);
    if plain && let Ok(found) = run(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])? {
        return Ok(String::from_utf8_lossy(&found).trim().to_owned());
    }
    Err(RevisionError::Unknown { revision: revision.to_owned(), hint: hint(folder, revision)? })
}

/// What was perhaps meant.
fn hint(folder: &Path, revision: &str) -> Result<String, RevisionError> {
    let shallow = run(folder, &["rev-parse", "--is-shallow-repository"])?;
    if shallow.is_ok_and(|said| said.starts_with(b"true")) {
        return Ok("this is a shallow clone: fetch the whole history, or that revision".to_owned());
    }
    let names = run(folder, &["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"])?;
    let names = names.map(|names| String::from_utf8_lossy(&names).into_owned()).unwrap_or_default();
    Ok(match closest(revision, names.lines()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "name a branch, a tag, a commit, or a folder with a project".to_owned(),
    })
}

struct Entry {
    path: String,
    object: String,
    bytes: u64,
}

/// Documents and CSV files below the folder, where the project could name them.
fn entries(folder: &Path, revision: &str, commit: &str) -> Result<Vec<Entry>, RevisionError> {
    let failed = |said: String| RevisionError::Failed { revision: revision.to_owned(), said };
    let listed = run(folder, &["ls-tree", "-r", "-l", "-z", commit])?.map_err(failed)?;
    let mut entries = Vec::new();
    for line in listed.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
        // A name that is not UTF-8 is none that a document could have.
        let Some((head, path)) = std::str::from_utf8(line).ok().and_then(|line| line.split_once('\t')) else {
            continue;
        };
        let lower = path.to_ascii_lowercase();
        let wanted = [".yaml", ".yml", ".csv"].iter().any(|end| lower.ends_with(end));
        let hidden = path.split('/').any(|part| part.starts_with('.') || part == "node_modules");
        if !wanted || hidden {
            continue;
        }
        if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(failed(format!("it holds a file called `{}`", path.escape_debug())));
        }
        let parts: Vec<&str> = head.split_ascii_whitespace().collect();
        let [mode, kind, object, bytes] = parts[..] else { return Err(failed("its tree cannot be read".to_owned())) };
        match (mode, kind) {
            ("120000", _) => {
                return Err(RevisionError::Link {
                    revision: revision.to_owned(),
                    path: path.escape_debug().to_string(),
                });
            }
            (_, "blob") => {
                let bytes = bytes.parse().unwrap_or(u64::MAX);
                entries.push(Entry { path: path.to_owned(), object: object.to_owned(), bytes });
            }
            _ => {}
        }
        if entries.len() > MAX_FILES {
            return Err(RevisionError::TooMany { revision: revision.to_owned() });
        }
    }
    Ok(entries)
}

/// Writes the files; those that are too large are left empty, and told.
fn lay<'e>(folder: &Path, revision: &str, entries: &'e [Entry], to: &Path) -> Result<Vec<&'e Entry>, RevisionError> {
    let failed = |said: &str| RevisionError::Failed { revision: revision.to_owned(), said: said.to_owned() };
    let mut command = alone();
    command.env("GIT_NO_LAZY_FETCH", "1").arg("-C").arg(folder).args(["cat-file", "--batch"]);
    let mut git = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(RevisionError::Start)?;
    let (Some(mut ask), Some(answer)) = (git.stdin.take(), git.stdout.take()) else {
        return Err(failed("it cannot be asked"));
    };
    let mut answer = BufReader::new(answer);
    let mut too_large = Vec::new();
    for entry in entries {
        let place = to.join(&entry.path);
        if let Some(parent) = place.parent() {
            std::fs::create_dir_all(parent)?;
        }
        if entry.bytes > MAX_FILE_BYTES {
            std::fs::write(&place, [])?;
            too_large.push(entry);
            continue;
        }
        writeln!(ask, "{}", entry.object)?;
        ask.flush()?;
        let mut head = String::new();
        answer.read_line(&mut head)?;
        let size: u64 = match head.trim_end().rsplit_once(' ') {
            Some((_, size)) => size.parse().map_err(|_| failed(head.trim_end()))?,
            None => return Err(failed("it ended without a word")),
        };
        let mut bytes = Vec::new();
        // The content, and a line break behind it.
        (&mut answer).take(size + 1).read_to_end(&mut bytes)?;
        if bytes.pop().is_none() || bytes.len() as u64 != size {
            return Err(failed("it ended in the middle of a file"));
        }
        std::fs::write(&place, bytes)?;
    }
    drop(ask);
    git.wait()?;
    Ok(too_large)
}
