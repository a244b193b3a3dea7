//! The folder with the bytes of attachments, as an administrator tidies it.

use std::io;
use std::path::Path;
use std::time::Duration;

/// What is younger may just be coming in.
const SETTLED: Duration = Duration::from_hours(1);

/// The names of all that lies in the folder long enough to belong to a record, if it belongs to one.
///
/// # Errors
/// The folder cannot be read; one that is not there holds nothing.
pub fn settled(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for part in entries(folder)? {
        let is_part = part.file_name().to_str().is_some_and(|name| name.len() == 2) && part.file_type()?.is_dir();
        if !is_part {
            continue;
        }
        for file in entries(&part.path())? {
            let age = file.metadata()?.modified()?.elapsed().unwrap_or_default();
            let name = file.file_name().into_string().unwrap_or_default();
            let is_ours = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_ours && age > SETTLED {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn entries(folder: &Path) -> io::Result<Vec<std::fs::DirEntry>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn path(folder: &Path, name: &str) -> std::path::PathBuf {
    folder.join(name.get(..2).unwrap_or_default()).join(name)
}

pub fn is_there(folder: &Path, name: &str) -> bool {
    path(folder, name).is_file()
}

/// # Errors
/// It cannot be removed; what is gone already is removed.
pub fn remove(folder: &Path, name: &str) -> io::Result<()> {
    match std::fs::remove_file(path(folder, name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
