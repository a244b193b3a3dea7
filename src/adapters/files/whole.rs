//! Files that are written whole or not at all, and read only up to a size.

use super::regular::{Found, Links, read_regular};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// As many links as the system itself follows.
const MOST_LINKS: usize = 40;

/// Puts `text` in place of the file that `path` is or leads to, so that nobody ever sees half of it. Who may read one
/// that was there stays; a new one is its owner's alone.
///
/// # Errors
/// The folder is not there or cannot be written, or there is something that is no file.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let path = real(path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let kept = match fs::symlink_metadata(&path) {
        Ok(found) if !found.is_file() => return Err(io::Error::other("there is something else than a file")),
        Ok(found) => Some(found.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Some(permissions) = kept {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

/// Where the links end, whether or not there is a file yet.
fn real(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(to) => path = path.parent().unwrap_or(Path::new("")).join(to),
            // It is no link, or nothing is there.
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("it is a link that leads nowhere"))
}

/// The text of a regular file of at most `most` bytes.
///
/// # Errors
/// There is none, or it is something else, larger, or no UTF-8.
pub fn read_whole(path: &Path, most: u64) -> io::Result<String> {
    match read_regular(path, most, Links::Followed)? {
        Found::Bytes(bytes) => String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8")),
        Found::NotAFile(what) => Err(io::Error::other(format!("it is {what}, not a file"))),
        Found::TooLarge(_) => Err(io::Error::other(format!("it is larger than {} MiB", most >> 20))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    use std::time::Duration;

    fn pipe(path: &Path) {
        nix::unistd::mkfifo(path, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    }

    #[test]
    fn a_link_is_followed_and_what_is_no_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        symlink("file", &link).unwrap();
        // Where the link leads there is nothing yet.
        write_whole(&link, "one").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "one");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        write_whole(&link, "two").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640, "who may read it stays");

        let pipe_path = folder.path().join("pipe");
        pipe(&pipe_path);
        let to_pipe = folder.path().join("to-pipe");
        symlink("pipe", &to_pipe).unwrap();
        for path in [&pipe_path, &to_pipe, &folder.path().to_owned()] {
            write_whole(path, "three").unwrap_err();
        }
        assert!(pipe_path.symlink_metadata().unwrap().file_type().is_fifo());
        assert!(to_pipe.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "nothing is left beside it");
    }

    #[test]
    fn a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        pipe(&path);
        let (tell, told) = std::sync::mpsc::channel();
        let reader = path.clone();
        std::thread::spawn(move || tell.send(read_whole(&reader, 10).map_err(|error| error.to_string())));
        let said = told.recv_timeout(Duration::from_secs(10)).expect("an answer");
        assert!(said.unwrap_err().contains("a pipe, a socket or a device"));
    }
}
