//! A folder of files that appears whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[derive(Debug, thiserror::Error)]
pub enum NewFolderError {
    #[error("`{0}` is there and not empty, and nothing is ever overwritten")]
    NotEmpty(String),
    #[error("`{0}` is there and is no folder")]
    NotAFolder(String),
    #[error("`{path}` cannot be made: {source}")]
    Io { path: String, source: io::Error },
}

/// Says whether [`make`] would find the place free.
///
/// # Errors
/// Something is there that is more than an empty folder.
pub fn is_free(place: &Path) -> Result<(), NewFolderError> {
    let shown = || place.display().to_string();
    match fs::symlink_metadata(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(NewFolderError::Io { path: shown(), source }),
        Ok(found) if !found.is_dir() => Err(NewFolderError::NotAFolder(shown())),
        Ok(_) => {
            let mut inside = fs::read_dir(place).map_err(|source| NewFolderError::Io { path: shown(), source })?;
            if inside.next().is_some() { Err(NewFolderError::NotEmpty(shown())) } else { Ok(()) }
        }
    }
}

/// Makes `place` with these files, by their paths in it. They are written beside it first, under another name.
///
/// # Errors
/// It is not free, or cannot be written; then nothing of it is left.
pub fn make(place: &Path, files: &BTreeMap<String, String>) -> Result<(), NewFolderError> {
    is_free(place)?;
    let failed = |source| NewFolderError::Io { path: place.display().to_string(), source };
    let above = place.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // What the umask leaves of this is what any new folder has.
    let like_any = Permissions::from_mode(0o777);
    let beside = tempfile::Builder::new().prefix(".portalctl-new-").permissions(like_any).tempdir_in(above);
    let beside = beside.map_err(failed)?;
    for (path, text) in files {
        let file = beside.path().join(path);
        let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, text));
        written.map_err(|source| NewFolderError::Io { path: path.clone(), source })?;
    }
    // An empty folder gives way; one that somebody has filled meanwhile does not.
    fs::rename(beside.path(), place).map_err(failed)?;
    // It is at its place now, and nothing is to be removed under the old name.
    drop(beside.keep());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_whole_leaves_nothing() {
        let above = tempfile::tempdir().unwrap();
        let place = above.path().join("new");
        // A file where a folder must be.
        let files = BTreeMap::from([("a".to_owned(), "x".to_owned()), ("a/b".to_owned(), "y".to_owned())]);
        assert!(matches!(make(&place, &files), Err(NewFolderError::Io { .. })));
        assert_eq!(fs::read_dir(above.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_empty_folder_is_filled_and_a_full_one_refused() {
        let above = tempfile::tempdir().unwrap();
        let place = above.path().join("new");
        fs::create_dir(&place).unwrap();
        let files = BTreeMap::from([("a/b".to_owned(), "y".to_owned())]);
        make(&place, &files).unwrap();
        assert_eq!(fs::read_to_string(place.join("a/b")).unwrap(), "y");
        assert!(matches!(make(&place, &files), Err(NewFolderError::NotEmpty(_))));
        std::os::unix::fs::symlink("new", above.path().join("link")).unwrap();
        assert!(matches!(is_free(&above.path().join("link")), Err(NewFolderError::NotAFolder(_))));
        assert_eq!(fs::read_dir(above.path()).unwrap().count(), 2);
    }
}
