//! Several files that are written all or not at all.

use super::whole::write_whole;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// One file to be written.
#[derive(Debug, Clone)]
pub struct FileChange {
    pub path: PathBuf,
    /// What was read there; `None`: there was no file.
    pub before: Option<String>,
    pub after: String,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum SeveralError {
    #[error("`{}` changed while portalctl looked at it; nothing was written", .0.display())]
    Raced(PathBuf),
    #[error("`{}` cannot be written: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Writes them in their order. Everything is on the disk before the first file takes its place; where one then cannot, those
/// before it become what they were.
///
/// # Errors
/// A file is not what it was any more, or cannot be written.
pub fn write_several(changes: &[FileChange]) -> Result<(), SeveralError> {
    let mut folders = Vec::new();
    let outcome = write(changes, &mut folders);
    if outcome.is_err() {
        // Only those that are empty go.
        for folder in folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
    outcome
}

fn write(changes: &[FileChange], folders: &mut Vec<PathBuf>) -> Result<(), SeveralError> {
    let failed = |change: &FileChange| {
        let path = change.path.clone();
        move |source| SeveralError::Io { path, source }
    };
    let mut staged = Vec::new();
    for change in changes {
        staged.push((change, stage(change, folders).map_err(failed(change))?));
    }
    for change in changes {
        let now = match fs::read(&change.path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(change)(error)),
        };
        if now.as_deref() != change.before.as_ref().map(String::as_bytes) {
            return Err(SeveralError::Raced(change.path.clone()));
        }
    }
    let mut done: Vec<&FileChange> = Vec::new();
    for (change, file) in staged {
        let persisted = match change.before {
            Some(_) => file.persist(&change.path),
            None => file.persist_noclobber(&change.path),
        };
        if let Err(error) = persisted {
            done.into_iter().rev().for_each(undo);
            return Err(match error.error.kind() {
                io::ErrorKind::AlreadyExists => SeveralError::Raced(change.path.clone()),
                _ => failed(change)(error.error),
            });
        }
        done.push(change);
    }
    Ok(())
}

/// As well as it can be: there is nobody to tell but whoever hears of the first failure.
fn undo(change: &FileChange) {
    let _ = match &change.before {
        Some(text) => write_whole(&change.path, text),
        None => fs::remove_file(&change.path),
    };
}

fn stage(change: &FileChange, folders: &mut Vec<PathBuf>) -> io::Result<NamedTempFile> {
    let folder = change.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let missing: Vec<&Path> =
        folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder)?;
        folders.push(folder.to_owned());
    }
    // What the umask leaves of this is what any new file has.
    let like_any = Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new().prefix(".portalctl-").permissions(like_any).tempfile_in(folder)?;
    file.write_all(change.after.as_bytes())?;
    if let Ok(found) = fs::symlink_metadata(&change.path) {
        if !found.is_file() {
            return Err(io::Error::other("there is something else than a file"));
        }
        file.as_file().set_permissions(found.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(path: PathBuf, text: &str) -> FileChange {
        FileChange { path, before: None, after: text.to_owned() }
    }

    #[test]
    fn all_are_written_or_none() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        write_several(&[new(at("a/b/one"), "1"), new(at("two"), "2")]).unwrap();
        assert_eq!(fs::read_to_string(at("a/b/one")).unwrap(), "1");

        // The second is there by now, and is not what was read.
        let changed = FileChange { before: Some("1".to_owned()), ..new(at("a/b/one"), "changed") };
        let raced = write_several(&[changed.clone(), new(at("c/three"), "3"), new(at("two"), "other")]);
        assert!(matches!(raced, Err(SeveralError::Raced(path)) if path == at("two")));
        assert_eq!(fs::read_to_string(at("a/b/one")).unwrap(), "1");
        assert!(!at("c").exists());

        fs::create_dir(at("folder")).unwrap();
        write_several(&[changed, new(at("folder"), "x")]).unwrap_err();
        assert_eq!(fs::read_to_string(at("a/b/one")).unwrap(), "1");
        assert_eq!(fs::read_dir(at("a/b")).unwrap().count(), 1, "nothing is left beside it");
    }
}
