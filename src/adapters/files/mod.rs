//! The project folder: which files belong to a project, and their content.
//!
//! Whatever lies in the folder is hostile until proved otherwise. Nothing is opened that is not a regular
//! file inside the project, nothing is read beyond the size limit, and nothing is read twice.

mod named;
mod regular;
mod secret;
mod setup;
mod several;
mod sharing;
mod snapshot;
mod whole;

pub use named::{NamedFiles, named_files};
pub use regular::{Found, Links, read_regular};
pub use secret::{NotPut, SecretFile, openness};
pub use setup::{SetupError, SetupFile, setup_files};
pub use several::{FileChange, SeveralError, write_several};
pub use snapshot::Snapshot;
pub use whole::{read_whole, write_whole};

use crate::spec::{MAX_FILE_BYTES, PROJECT_FILE, RawContent, RawFile, holds_documents, outline};
use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Folders that hold no documents, at any depth, unless the project names them.
const SKIPPED: &[&str] = &["node_modules", "target"];
/// Folders of the project folder itself that hold no documents, unless the project names them.
const SKIPPED_AT_THE_TOP: &[&str] = &["site"];
/// Far more than any project has; a folder with more is not one.
const MAX_FILES: usize = 20_000;
/// All of them are held at once.
const MAX_BYTES: u64 = 64 << 20;
const MAX_FOLDER_DEPTH: usize = 32;

#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("there is no project in `{}`: it has no `{PROJECT_FILE}`", .0.display())]
    NoProject(PathBuf),
    #[error("`{}` is no YAML file: its name ends neither in `.yaml` nor in `.yml`", .0.display())]
    NotYaml(PathBuf),
    #[error("`{}` cannot be read: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("the folders of the project hold more than {MAX_FILES} documents")]
    TooMany,
    #[error("the documents of the project are larger than {} MiB together", MAX_BYTES >> 20)]
    TooMuch,
}

/// Fetches what [`crate::spec::read`] takes: `portalctl.yaml`, every `.yaml` and `.yml` file under the folders
/// of `specs:` (where unwritten, every folder, and files with documents beside `portalctl.yaml`), and the CSV files of
/// tenants.
///
/// What cannot be read is in the answer too, with the reason, so that it is reported with everything else.
///
/// # Errors
/// Where `folder` holds no `portalctl.yaml` or cannot be listed.
pub fn project_files(folder: &Path) -> Result<Vec<RawFile>, FilesError> {
    let no_project = || FilesError::NoProject(folder.to_owned());
    fs::symlink_metadata(folder.join(PROJECT_FILE)).map_err(|_| no_project())?;
    let root = folder.canonicalize().map_err(|source| FilesError::Folder { path: folder.to_owned(), source })?;
    let mut gathering = Gathering { root, files: Vec::new(), seen: HashSet::new() };
    gathering.file(PROJECT_FILE)?;
    let outline = match gathering.read_first() {
        Some(RawContent::Bytes(bytes)) => outline(bytes),
        _ => return gathering.read(),
    };
    if outline.specs.is_empty() {
        gathering.folders_of_the_project()?;
    }
    for spec in &outline.specs {
        gathering.named_folder(spec)?;
    }
    for file in &outline.tenant_files {
        gathering.file(file)?;
    }
    gathering.read()
}

struct Gathering {
    /// Canonical.
    root: PathBuf,
    files: Vec<Gathered>,
    /// Canonical paths of folders and files already met, by whatever name.
    seen: HashSet<PathBuf>,
}

/// A file of the project, by the path that it has there.
struct Gathered {
    path: String,
    content: Content,
}

enum Content {
    Known(RawContent),
    /// To be read from here: canonical, inside the project.
    At(PathBuf),
}

/// What a path turned out to be.
enum Met {
    /// Canonical path, inside the project.
    Folder(PathBuf),
    File(PathBuf),
    Refused(RawContent),
}

impl Gathering {
    fn folders_of_the_project(&mut self) -> Result<(), FilesError> {
        for Entry { name, .. } in self.entries(&self.root.clone())? {
            let is_skipped =
                is_hidden(&name) || SKIPPED.contains(&name.as_str()) || SKIPPED_AT_THE_TOP.contains(&name.as_str());
            if is_skipped {
                continue;
            }
            match self.meet(&name) {
                Met::Folder(real) => self.folder(&name, &real, 1)?,
                Met::File(real) if is_yaml(&name) && name != PROJECT_FILE => self.file_beside(&name, &real)?,
                // A stray link at the top is none of the project's business.
                Met::Refused(RawContent::SymlinkOutside) if is_yaml(&name) => {
                    self.known(&name, RawContent::PassedOver("a link that leads out of the project"))?;
                }
                Met::Refused(_) if is_yaml(&name) => {
                    self.known(&name, RawContent::PassedOver("no file that can be read"))?;
                }
                Met::File(_) | Met::Refused(_) => {}
            }
        }
        Ok(())
    }

    /// Beside `portalctl.yaml` lie the files of other tools, too. One that cannot be read is told: left out without a
    /// word, a document that takes rights away would leave them.
    fn file_beside(&mut self, name: &str, real: &Path) -> Result<(), FilesError> {
        let content = content_of(real);
        let is_ours = match &content {
            RawContent::Bytes(bytes) => holds_documents(bytes),
            RawContent::TooLarge { .. } => holds_documents(&beginning_of(real)),
            _ => true,
        };
        if !is_ours {
            return self.known(name, RawContent::PassedOver("no `kind` of portalctl's"));
        }
        if self.seen.insert(real.to_owned()) { self.known(name, content) } else { Ok(()) }
    }

    fn named_folder(&mut self, path: &str) -> Result<(), FilesError> {
        match self.meet(path) {
            Met::Folder(real) => self.folder(path.trim_start_matches("./").trim_end_matches('/'), &real, 1),
            Met::File(_) => self.file(path),
            // As it was written, so that the reader finds the place that names it.
            Met::Refused(content) => self.known(path, content),
        }
    }

    fn folder(&mut self, path: &str, real: &Path, depth: usize) -> Result<(), FilesError> {
        if !self.seen.insert(real.to_owned()) {
            return Ok(());
        }
        if depth > MAX_FOLDER_DEPTH {
            return self
                .known(path, RawContent::Unreadable(format!("folders nest deeper than {MAX_FOLDER_DEPTH} levels")));
        }
        let entries = match self.entries(real) {
            Ok(entries) => entries,
            Err(FilesError::Folder { source, .. }) => return self.known(path, RawContent::Unreadable(reason(&source))),
            Err(error) => return Err(error),
        };
        for Entry { name, is_plain } in entries {
            if is_hidden(&name) || SKIPPED.contains(&name.as_str()) {
                continue;
            }
            let path = if path == "." { name.clone() } else { format!("{path}/{name}") };
            if is_plain && !is_yaml(&name) {
                continue;
            }
            // What is no link is where it stands, and nothing has to be followed.
            let met = if is_plain { Met::File(real.join(&name)) } else { self.meet(&path) };
            match met {
                Met::Folder(real) => self.folder(&path, &real, depth + 1)?,
                Met::File(real) if is_yaml(&name) => self.file_at(&path, real)?,
                Met::Refused(content) if is_yaml(&name) || content == RawContent::SymlinkOutside => {
                    self.known(&path, content)?;
                }
                Met::File(_) | Met::Refused(_) => {}
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &str) -> Result<(), FilesError> {
        match self.meet(path) {
            Met::Folder(_) => self.known(path, RawContent::Directory),
            Met::Refused(content) => self.known(path, content),
            Met::File(real) => self.file_at(path, real),
        }
    }

    fn file_at(&mut self, path: &str, real: PathBuf) -> Result<(), FilesError> {
        if !self.seen.insert(real.clone()) {
            return Ok(());
        }
        self.push(path, Content::At(real))
    }

    fn known(&mut self, path: &str, content: RawContent) -> Result<(), FilesError> {
        self.push(path, Content::Known(content))
    }

    fn push(&mut self, path: &str, content: Content) -> Result<(), FilesError> {
        if self.files.len() == MAX_FILES {
            return Err(FilesError::TooMany);
        }
        self.files.push(Gathered { path: path.to_owned(), content });
        Ok(())
    }

    /// Follows links as far as they stay in the project.
    fn meet(&self, path: &str) -> Met {
        let real = match self.root.join(path).canonicalize() {
            Ok(real) => real,
            Err(error) => return Met::Refused(refused(&self.root.join(path), &error)),
        };
        if !real.starts_with(&self.root) {
            return Met::Refused(RawContent::SymlinkOutside);
        }
        match fs::symlink_metadata(&real) {
            Ok(metadata) if metadata.is_dir() => Met::Folder(real),
            Ok(metadata) if metadata.is_file() => Met::File(real),
            Ok(_) => Met::Refused(RawContent::Unreadable("it is a pipe, a socket or a device, not a file".to_owned())),
            Err(error) => Met::Refused(RawContent::Unreadable(reason(&error))),
        }
    }

    /// In the order of their names, so that the same folder is always read the same. A name that is not UTF-8
    /// cannot be told to anyone, and no document is named so.
    fn entries(&self, folder: &Path) -> Result<Vec<Entry>, FilesError> {
        let failed = |source| FilesError::Folder { path: folder.to_owned(), source };
        let entries = fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let entry = |entry: fs::DirEntry| {
            let is_plain = entry.file_type().is_ok_and(|kind| kind.is_file());
            Some(Entry { name: entry.file_name().into_string().ok()?, is_plain })
        };
        let mut entries: Vec<Entry> = entries.into_iter().filter_map(entry).collect();
        entries.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }
}

/// What a folder holds.
struct Entry {
    name: String,
    /// A file, and no link to one.
    is_plain: bool,
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

fn refused(path: &Path, error: &io::Error) -> RawContent {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    match error.kind() {
        io::ErrorKind::NotFound if is_link => RawContent::Unreadable("it is a link that leads nowhere".to_owned()),
        io::ErrorKind::NotFound => RawContent::Missing,
        _ if error.raw_os_error() == Some(libc::ELOOP) => RawContent::Unreadable(
            "it is a link that leads back to itself: remove it, or let it lead to a file".to_owned(),
        ),
        _ => RawContent::Unreadable(reason(error)),
    }
}

/// Without the number that the system adds.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

fn content_of(path: &Path) -> RawContent {
    match read_regular(path, MAX_FILE_BYTES, Links::Refused) {
        Ok(Found::Bytes(bytes)) => RawContent::Bytes(bytes),
        Ok(Found::NotAFile(what)) => RawContent::Unreadable(format!("it is {what}, not a file")),
        Ok(Found::TooLarge(bytes)) => RawContent::TooLarge { bytes },
        Err(error) => RawContent::Unreadable(reason(&error)),
    }
}

/// What a file that is too large begins with.
fn beginning_of(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What cannot be read now could be a moment ago: it is as if it were empty.
    let _ = regular::open(path, Links::Refused).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes));
    bytes
}
