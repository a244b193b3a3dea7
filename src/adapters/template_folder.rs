//! The files of a template: of a folder, or of a git repository that is fetched for the moment.

use super::files::{Found, Links, read_regular};
use super::git::{self, GitError};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const MOST_FILES: usize = 2_000;
const MOST_BYTES: u64 = 16 << 20;
const MOST_BYTES_OF_ONE: u64 = 1 << 20;
const MOST_FOLDERS_DEEP: usize = 16;

/// What is read of a template.
#[derive(Debug)]
pub struct FetchedTemplate {
    /// As the project remembers it.
    pub source: String,
    /// The commit, of a repository.
    pub revision: Option<String>,
    /// Every file by its path, with `/` between the parts, in their order.
    pub files: Vec<(String, Vec<u8>)>,
}

#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("there is no template folder `{0}`")]
    NoFolder(String),
    #[error("the template's `{0}` is a link, and a template has none: it could lead anywhere")]
    Link(String),
    #[error("the template's `{path}` is {what}, and a template has files alone")]
    NotAFile { path: String, what: &'static str },
    #[error("the template's `{path}` has {bytes} bytes; {} are the most", MOST_BYTES_OF_ONE)]
    TooLarge { path: String, bytes: u64 },
    #[error("the template has more than {MOST_FILES} files, or more than {} MiB", MOST_BYTES >> 20)]
    TooMuch,
    #[error("the template's `{path}` cannot be read: {source}")]
    Io { path: String, source: io::Error },
    #[error("the template's address holds a password, which the project would remember")]
    Password,
    #[error(transparent)]
    Git(#[from] GitError),
}

/// Reads the template that `named` means: a folder, or the address of a git repository, with `#BRANCH` or `#TAG` behind it.
///
/// # Errors
/// It is not there, or holds what a template must not hold.
pub fn fetch(named: &str) -> Result<FetchedTemplate, FetchError> {
    if !is_repository(named) {
        let folder = Path::new(named).canonicalize().map_err(|_| FetchError::NoFolder(named.to_owned()))?;
        if !folder.is_dir() {
            return Err(FetchError::NoFolder(named.to_owned()));
        }
        let files = files_of(&folder)?;
        return Ok(FetchedTemplate { source: folder.display().to_string(), revision: None, files });
    }
    let (address, branch) = named.split_once('#').map_or((named, None), |(address, branch)| (address, Some(branch)));
    if has_password(address) {
        return Err(FetchError::Password);
    }
    let temporary = TempDir::with_prefix("portalctl-template-");
    let temporary = temporary.map_err(|source| FetchError::Io { path: named.to_owned(), source })?;
    let clone = temporary.path().join("template");
    git::fetch(address, branch, &clone)?;
    let revision = git::revision(&clone)?;
    Ok(FetchedTemplate { source: named.to_owned(), revision: Some(revision), files: files_of(&clone)? })
}

/// `https://…`, `ssh://…`, `file://…`, `git@host:path`, or whatever ends in `.git` and is no folder with files in it.
fn is_repository(named: &str) -> bool {
    let address = named.split_once('#').map_or(named, |(address, _)| address);
    let is_scp = || {
        address
            .split_once(':')
            .is_some_and(|(host, _)| host.contains('@') && !host.contains('/') && !Path::new(named).exists())
    };
    address.contains("://") || address.contains("::") || is_scp() || address.ends_with(".git")
}

fn has_password(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| url.password().is_some())
}

fn files_of(root: &Path) -> Result<Vec<(String, Vec<u8>)>, FetchError> {
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    let mut open = vec![(String::new(), root.to_owned(), 0)];
    while let Some((above, folder, depth)) = open.pop() {
        let shown = if above.is_empty() { ".".to_owned() } else { above.clone() };
        let failed = |source| FetchError::Io { path: shown.clone(), source };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if above.is_empty() { name.clone() } else { format!("{above}/{name}") };
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_symlink() {
                return Err(FetchError::Link(path));
            }
            if kind.is_dir() {
                // What git keeps of the template is none of its files.
                if name == ".git" {
                    continue;
                }
                if depth + 1 > MOST_FOLDERS_DEEP {
                    return Err(FetchError::TooMuch);
                }
                open.push((path, entry.path(), depth + 1));
            } else if !(above.is_empty() && name == ".git") {
                found.push((path, entry.path()));
            }
            if found.len() > MOST_FILES {
                return Err(FetchError::TooMuch);
            }
        }
    }
    found.sort();
    let mut bytes_of_all = 0;
    let mut files = Vec::new();
    for (path, place) in found {
        let bytes = match read_regular(&place, MOST_BYTES_OF_ONE, Links::Refused) {
            Ok(Found::Bytes(bytes)) => bytes,
            Ok(Found::NotAFile(what)) => return Err(FetchError::NotAFile { path, what }),
            Ok(Found::TooLarge(bytes)) => return Err(FetchError::TooLarge { path, bytes }),
            Err(source) => return Err(FetchError::Io { path, source }),
        };
        bytes_of_all += bytes.len() as u64;
        if bytes_of_all > MOST_BYTES {
            return Err(FetchError::TooMuch);
        }
        files.push((path, bytes));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_folder() {
        for address in
            ["https://h/x", "ssh://h/x", "git@host:me/x.git", "file:///x", "me/x.git", "ext::sh -c x", "https://h/x#v2"]
        {
            assert!(is_repository(address), "{address}");
        }
        for folder in ["templates/harbour", "./x", "/srv/template", "a:b"] {
            assert!(!is_repository(folder), "{folder}");
        }
        assert!(has_password("https://me:secret@host/x.git") && !has_password("ssh://git@host/x.git"));
    }

    #[test]
    fn a_link_in_a_template_is_refused_wherever_it_leads() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        fs::write(folder.path().join("in/a"), "a").unwrap();
        assert_eq!(fetch(folder.path().to_str().unwrap()).unwrap().files, [("in/a".to_owned(), b"a".to_vec())]);
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("in/link")).unwrap();
        let error = fetch(folder.path().to_str().unwrap()).unwrap_err();
        assert!(matches!(&error, FetchError::Link(path) if path == "in/link"), "{error}");
    }
}
