//! From a path in the project to a file on disk, never outside the project.

use super::ProjectFilesError;
use std::fs::{self, File};
use std::io::{self, Read};
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
        let metadata = match fs::symlink_metadata(&place) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ProjectFilesError::io(path, "read")(error)),
        };
        // Asked before opening, since opening a pipe would wait for somebody to write into it.
        if !metadata.is_file() {
            let what = if metadata.is_dir() { "a folder" } else { "a pipe, a socket or a device" };
            return Err(ProjectFilesError::NotAFile { path: path.to_owned(), what });
        }
        let mut bytes = Vec::new();
        File::open(&place)
            .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
            .map_err(ProjectFilesError::io(path, "read"))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(ProjectFilesError::TooLarge { path: path.to_owned(), bytes: metadata.len(), most: MAX_BYTES });
        }
        Ok(Some(bytes))
    }
}
