//! Files and folders that somebody names, with the care that those of a project are read with.

use super::{FilesError, Gathering, Met, is_yaml};
use crate::spec::{PROJECT_FILE, RawContent, RawFile};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Files with the folder that their paths start from, and that no link leads out of.
#[derive(Debug)]
pub struct NamedFiles {
    pub folder: PathBuf,
    pub files: Vec<RawFile>,
}

/// A YAML file, or all of them below a folder. Those of a project are called as they are called in it, whatever folder they
/// are named from.
///
/// # Errors
/// There is no such file, it is none of YAML, or a folder cannot be listed.
pub fn named_files(path: &Path) -> Result<NamedFiles, FilesError> {
    let failed = |source| FilesError::Folder { path: path.to_owned(), source };
    let whole = std::path::absolute(path).map_err(failed)?;
    let is_folder = whole.is_dir();
    if !is_folder && !whole.file_name().is_some_and(|name| name.to_str().is_some_and(is_yaml)) {
        return Err(FilesError::NotYaml(path.to_owned()));
    }
    let beside = if is_folder { whole.as_path() } else { whole.parent().unwrap_or(&whole) };
    let beside = beside.canonicalize().map_err(failed)?;
    let project = beside.ancestors().find(|folder| folder.join(PROJECT_FILE).symlink_metadata().is_ok());
    let root = project.unwrap_or(&beside).to_owned();
    let within = beside.strip_prefix(&root).unwrap_or(&beside);
    let within = match whole.file_name().filter(|_| !is_folder) {
        Some(name) => within.join(name),
        None => within.to_owned(),
    };
    let within = within.to_str().filter(|path| !path.is_empty()).unwrap_or(".").to_owned();
    let mut gathering = Gathering { root, files: Vec::new(), seen: HashSet::new() };
    match gathering.meet(&within) {
        Met::Folder(real) => gathering.folder(&within, &real, 1)?,
        Met::File(_) => gathering.file(&within)?,
        Met::Refused(RawContent::Missing) => return Err(failed(std::io::ErrorKind::NotFound.into())),
        Met::Refused(content) => gathering.known(&within, content)?,
    }
    Ok(NamedFiles { folder: gathering.root.clone(), files: gathering.read()? })
}
