//! The files of `site/<portal>/`, read by names that come from outside. Nothing outside the folder
//! is ever read, neither by `..` nor by a link that leads out of it.

use crate::adapters::files::{Found, Links, read_regular};
use std::io;
use std::path::{Component, Path, PathBuf};

/// A folder whose files may be asked for by name; it need not exist.
#[derive(Debug, Clone)]
pub struct Folder {
    root: Option<PathBuf>,
}

/// Larger files are no part of a site that is served from here.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

impl Folder {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: Some(root.into()) }
    }

    /// A folder without files.
    pub fn none() -> Self {
        Self { root: None }
    }

    /// The folder `name` in this one.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        Self { root: self.root.as_ref().map(|root| root.join(name)) }
    }

    /// The bytes of the file `name` (`icons/a.svg`); `None` where there is no such file.
    ///
    /// # Errors
    /// Where the file is there and cannot be read, or is larger than 8 MiB.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(path) = self.locate(name)? else { return Ok(None) };
        match read_regular(&path, MAX_BYTES, Links::Refused)? {
            Found::Bytes(bytes) => Ok(Some(bytes)),
            Found::NotAFile(_) => Ok(None),
            Found::TooLarge(size) => {
                Err(io::Error::other(format!("`{name}` has {size} bytes, the most is {MAX_BYTES}")))
            }
        }
    }

    /// Whether the file is there.
    pub fn has(&self, name: &str) -> bool {
        matches!(self.locate(name), Ok(Some(_)))
    }

    fn locate(&self, name: &str) -> io::Result<Option<PathBuf>> {
        let Some(root) = &self.root else { return Ok(None) };
        let plain = Path::new(name).components().all(|part| match part {
            Component::Normal(part) => !part.to_string_lossy().starts_with('.'),
            _ => false,
        });
        if name.is_empty() || !plain || name.contains(['\0', '\\']) {
            return Ok(None);
        }
        let absent = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => Ok(None),
            _ => Err(error),
        };
        let root = match root.canonicalize() {
            Ok(root) => root,
            Err(error) => return absent(error),
        };
        match root.join(name).canonicalize() {
            Ok(path) if path.starts_with(&root) && path.is_file() => Ok(Some(path)),
            Ok(_) => Ok(None),
            Err(error) => absent(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_inside_the_folder_are_read() {
        let base = tempfile::tempdir().unwrap();
        let root = base.path().join("static");
        std::fs::create_dir_all(root.join("a")).unwrap();
        std::fs::write(root.join("a/logo.svg"), "logo").unwrap();
        std::fs::write(root.join(".secret"), "secret").unwrap();
        std::fs::write(base.path().join("outside"), "outside").unwrap();
        std::os::unix::fs::symlink(base.path().join("outside"), root.join("link")).unwrap();
        let folder = Folder::new(&root);
        assert_eq!(folder.read("a/logo.svg").unwrap().unwrap(), b"logo");
        for name in ["", ".", "..", "../outside", "a/../../outside", "/etc/passwd", "link", ".secret", "a", "a\0b", "x"]
        {
            assert_eq!(folder.read(name).unwrap(), None, "{name}");
        }
        assert_eq!(folder.read(&"x".repeat(5000)).unwrap(), None);
        assert_eq!(Folder::new(base.path().join("absent")).read("a").unwrap(), None);
    }
}
