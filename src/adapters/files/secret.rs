//! Files that hold secrets: for their owner alone, and never in place of another unless that was asked for.

use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A secret that lies on the disk under another name, until what it opens is there.
#[derive(Debug)]
pub struct SecretFile {
    written: NamedTempFile,
    path: PathBuf,
    replaces: bool,
}

/// What others than its owner may do with `path`, as the bits of its mode; none where there is nothing, or a link.
#[must_use]
pub fn openness(path: &Path) -> u32 {
    let found = path.symlink_metadata().ok().filter(|found| !found.is_symlink());
    found.map_or(0, |found| found.mode() & 0o077)
}

/// The secret is in use and could not be put where it belongs.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`: {source}; what was to be in it lies in `{}`", path.display(), kept.display())]
pub struct NotPut {
    path: PathBuf,
    kept: PathBuf,
    source: io::Error,
}

impl SecretFile {
    /// Writes `text` beside `path`, mode 0600.
    ///
    /// # Errors
    /// The folder cannot be written, or there is something at `path` that may not be replaced.
    pub fn write(path: &Path, text: &str, replaces: bool) -> io::Result<Self> {
        if !replaces && path.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut written = NamedTempFile::new_in(folder)?;
        written.write_all(text.as_bytes())?;
        written.as_file().sync_all()?;
        Ok(Self { written, path: path.to_owned(), replaces })
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// It stays where it is, so that the secret is not lost.
    pub fn put(self) -> Result<(), NotPut> {
        let Self { written, path, replaces } = self;
        let outcome = if replaces { written.persist(&path) } else { written.persist_noclobber(&path) };
        outcome.map(|_| ()).map_err(|error| {
            let kept = error.file.path().to_owned();
            // Kept even where that fails to be noted: the file is closed, not removed.
            let _ = error.file.keep();
            NotPut { path, kept, source: error.error }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_for_its_owner_and_replaces_nothing_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        SecretFile::write(&path, "one", false).unwrap().put().unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(SecretFile::write(&path, "two", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        SecretFile::write(&path, "three", true).unwrap().put().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
        // One that is dropped before it got its name was never there.
        drop(SecretFile::write(&path, "four", true).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
    }

    #[test]
    fn one_that_came_between_is_left_and_nothing_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let late = SecretFile::write(&path, "mine", false).unwrap();
        std::fs::write(&path, "theirs").unwrap();
        let not_put = late.put().unwrap_err();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
        assert_eq!(std::fs::read_to_string(&not_put.kept).unwrap(), "mine");
    }
}
