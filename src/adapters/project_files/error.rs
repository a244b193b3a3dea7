use crate::adapters::git::GitError;
use crate::scaffold::ManifestError;
use std::io;

/// Why the generated files of a project cannot be read or written. Whatever it is, nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ProjectFilesError {
    #[error("`{path}` leads out of the project folder by a link, and portalctl writes nothing outside")]
    Outside { path: String },
    #[error("`{path}` is in the way: a file is to be written there, and it is {what}")]
    NotAFile { path: String, what: &'static str },
    #[error("`{path}` has {bytes} bytes; portalctl reads no more than {most} of a generated file")]
    TooLarge { path: String, bytes: u64, most: u64 },
    #[error("`{path}` cannot be {done}: {source}")]
    Io { path: String, done: &'static str, source: io::Error },
    #[error("`{path}`: {source}")]
    Manifest { path: &'static str, source: ManifestError },
    #[error("`{path}` changed while portalctl looked at it; nothing was written")]
    Raced { path: String },
    #[error(transparent)]
    Git(#[from] GitError),
}

impl ProjectFilesError {
    pub(super) fn io(path: &str, done: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, done, source }
    }
}
