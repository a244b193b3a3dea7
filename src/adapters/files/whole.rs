//! Files that are written whole or not at all, and read only up to a size.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// Puts `text` in place of whatever `path` is, so that nobody ever sees half of it.
///
/// # Errors
/// The folder is not there, or cannot be written.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The text of a regular file of at most `most` bytes.
///
/// # Errors
/// There is none, or it is something else, larger, or no UTF-8.
pub fn read_whole(path: &Path, most: u64) -> io::Result<String> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    file.take(most + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > most {
        return Err(io::Error::other(format!("it is larger than {} MiB", most >> 20)));
    }
    Ok(text)
}
