//! From a path in the project to a file on disk, never outside the project.

use super::ProjectFilesError;
use crate::adapters::files::{Found, Links, read_regular};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// The project folder, canonical.
#[derive(Debug, Clone)]
pub(super) struct Root(PathBuf);

impl Root {
    pub fn open(project: &Path) -> Result<Self, ProjectFilesError> {
        let shown = project.display().to_string();
        project.canonicalize().map(Self).map_err(ProjectFilesError::io(&shown, "opened"))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where `path` really lies, whether or not there is a file yet. Links are followed as far as they stay
    /// in the project.
    pub fn locate(&self, path: &str) -> Result<PathBuf, ProjectFilesError> {
        let outside = || ProjectFilesError::Outside { path: path.to_owned() };
        let mut place = self.0.clone();
        for part in path.split('/') {
            if matches!(part, "" | "." | "..") {
                return Err(outside());
            }
            place.push(part);
            match fs::symlink_metadata(&place) {
                Ok(metadata) if metadata.is_symlink() => {
                    // A link that leads nowhere would be written through to wherever it points.
                    place = place.canonicalize().map_err(|_| outside())?;
                    if !place.starts_with(&self.0) {
                        return Err(outside());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                    let what = "inside a file, not a folder";
                    return Err(ProjectFilesError::NotAFile { path: path.to_owned(), what });
                }
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(ProjectFilesError::io(path, "read")(error));
                }
                Ok(_) | Err(_) => {}
            }
        }
        Ok(place)
    }

    /// The file's bytes; `None` where there is none.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ProjectFilesError> {
        let place = self.locate(path)?;
        let path = path.to_owned();
        match read_regular(&place, MAX_BYTES, Links::Refused) {
            Ok(Found::Bytes(bytes)) => Ok(Some(bytes)),
            Ok(Found::NotAFile(what)) => Err(ProjectFilesError::NotAFile { path, what }),
            Ok(Found::TooLarge(bytes)) => Err(ProjectFilesError::TooLarge { path, bytes, most: MAX_BYTES }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ProjectFilesError::io(&path, "read")(error)),
        }
    }
}
