//! Regular files, read up to a size and never waited for.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// What was found where a file was looked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    Bytes(Vec<u8>),
    /// A folder, or what no bytes are read from.
    NotAFile(&'static str),
    /// It has so many bytes, as far as was looked.
    TooLarge(u64),
}

/// Whether the last part of a path may be a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    Followed,
    /// The path was worked out before, link by link.
    Refused,
}

/// Reads what `path` names, up to `most` bytes. The kind and size are asked of the open file, since what a path names
/// can change between looking and opening.
///
/// # Errors
/// There is nothing, or it cannot be opened or read.
pub fn read_regular(path: &Path, most: u64, links: Links) -> io::Result<Found> {
    let file = open(path, links)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(Found::NotAFile(if metadata.is_dir() { "a folder" } else { "a pipe, a socket or a device" }));
    }
    if metadata.len() > most {
        return Ok(Found::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    file.take(most + 1).read_to_end(&mut bytes)?;
    let length = bytes.len() as u64;
    Ok(if length > most { Found::TooLarge(length) } else { Found::Bytes(bytes) })
}

#[cfg(unix)]
pub(super) fn open(path: &Path, links: Links) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // Without blocking, or opening a pipe would wait for someone to write into it.
    let flags = libc::O_NONBLOCK | if links == Links::Refused { libc::O_NOFOLLOW } else { 0 };
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
pub(super) fn open(path: &Path, _links: Links) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}
