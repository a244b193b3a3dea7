//! What to do with each file: the regeneration contract, decided without touching a file.

use super::manifest::{FileRecord, Manifest, content_hash};
use super::merge::{Conflicts, Merge, first_marker, merge};
use super::{FileClass, FileTree, GeneratedFile};
use std::borrow::Cow;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Goes on where it would refuse.
    pub force: bool,
    pub conflicts: Conflicts,
}

/// A file as it lies on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDisk {
    pub bytes: Vec<u8>,
    /// Holds changes that version control does not have.
    pub uncommitted: bool,
}

/// What to do with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAction {
    pub path: String,
    pub decision: Decision,
    /// What the manifest says of the file afterwards; `None`: nothing.
    pub record: Option<FileRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Keep(Kept),
    /// The file is new.
    Create(String),
    /// Replaces a file that holds nothing of the project's own, or any with `force`.
    Rewrite(String),
    /// Replaces a file that the project changed, with both changes in it.
    Merge(Merge),
    /// The file is generated no longer, and nobody changed it.
    Remove,
    Refuse(Refusal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    UpToDate,
    /// Seeded and written already, or merged with nothing new to merge.
    Yours,
    DeletedByYou,
    /// Generated no longer, but changed by the project, whose file it is from now on.
    NoLongerGenerated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("it was changed by hand, and it is rewritten as a whole; undo the change, or overwrite it with `--force`")]
    Edited,
    #[error("it is there and portalctl has no record of writing it; move it away, or overwrite it with `--force`")]
    Unknown,
    #[error("it has changes that are not committed; commit them, or go on with `--force`")]
    Uncommitted,
    #[error("a conflict of an earlier run is not resolved in it; resolve it and take the markers out")]
    Unresolved,
    #[error("a conflict of an earlier run is not resolved: take over what you want from the `.rej` file and delete it")]
    Rejected,
    #[error("it is not UTF-8 text, so nothing can be merged into it")]
    NotText,
}

impl Decision {
    /// Whether the files would be other ones afterwards, or should be and may not.
    pub fn is_drift(&self) -> bool {
        !matches!(self, Self::Keep(_))
    }

    /// What the file holds afterwards; `None` where it is not written.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Create(text) | Self::Rewrite(text) | Self::Merge(Merge { text, .. }) => Some(text),
            Self::Keep(_) | Self::Remove | Self::Refuse(_) => None,
        }
    }
}

impl FileAction {
    fn new(path: &str, decision: Decision, record: Option<FileRecord>) -> Self {
        Self { path: path.to_owned(), decision, record }
    }
}

/// Decides for every file of `tree` and of `manifest`, in the order of their paths. `on_disk` answers
/// `None` for a file that is not there; it is asked for the `.rej` files of merged ones too.
pub fn reconcile(
    tree: &FileTree,
    manifest: &Manifest,
    on_disk: impl Fn(&str) -> Option<OnDisk>,
    options: Options,
) -> Vec<FileAction> {
    let generated = tree.iter().map(|(path, file)| {
        let situation = Situation {
            path,
            file,
            record: manifest.files.get(path),
            disk: on_disk(path),
            rejected: on_disk(&reject_path(path)).is_some(),
            options,
        };
        situation.decide()
    });
    let stale = manifest
        .files
        .iter()
        .filter(|(path, _)| tree.get(path).is_none())
        .filter_map(|(path, record)| on_disk(path).map(|disk| stale(path, record, &disk)));
    let mut actions: Vec<FileAction> = generated.chain(stale).collect();
    actions.sort_by(|a, b| a.path.cmp(&b.path));
    actions
}

/// Where the lines of `path` go that [`Conflicts::Reject`] keeps out of it.
pub fn reject_path(path: &str) -> String {
    format!("{path}.rej")
}

/// The manifest after the actions were carried out.
pub fn manifest_after(actions: &[FileAction], spec_hash: &str) -> Manifest {
    let mut manifest = Manifest::new(spec_hash);
    for action in actions {
        if let Some(record) = &action.record {
            manifest.files.insert(action.path.clone(), record.clone());
        }
    }
    manifest
}

fn stale(path: &str, record: &FileRecord, disk: &OnDisk) -> FileAction {
    // A merged file that was written last time may hold what the project changed before that.
    let untouched = match record.base() {
        Some(base) => content_hash(base.as_bytes()),
        None => record.hash.clone(),
    };
    let decision =
        if content_hash(&disk.bytes) == untouched { Decision::Remove } else { Decision::Keep(Kept::NoLongerGenerated) };
    FileAction::new(path, decision, None)
}

struct Situation<'a> {
    path: &'a str,
    file: &'a GeneratedFile,
    record: Option<&'a FileRecord>,
    disk: Option<OnDisk>,
    rejected: bool,
    options: Options,
}

impl Situation<'_> {
    fn decide(&self) -> FileAction {
        match (&self.disk, self.record) {
            (None, None) => self.write(Decision::Create(self.file.text.clone())),
            (None, Some(_)) => self.keep(Kept::DeletedByYou),
            (Some(disk), _) if self.is_generated(disk) => {
                let record = FileRecord::new(self.file.class, &self.file.text, &self.file.text);
                FileAction::new(self.path, Decision::Keep(Kept::UpToDate), Some(record))
            }
            (Some(_), _) if self.file.class == FileClass::Seeded => self.keep(Kept::Yours),
            (Some(disk), Some(record)) => match (self.file.class, record.base()) {
                (FileClass::Merged, Some(base)) => self.merged(disk, record, &base),
                _ if content_hash(&disk.bytes) == record.hash => self.rewrite(),
                _ => self.unless_forced(Refusal::Edited),
            },
            (Some(_), None) => self.unless_forced(Refusal::Unknown),
        }
    }

    fn merged(&self, disk: &OnDisk, record: &FileRecord, base: &str) -> FileAction {
        if self.file.text == base {
            return self.keep(Kept::Yours);
        }
        let hash = content_hash(&disk.bytes);
        if hash == content_hash(base.as_bytes()) {
            return self.rewrite();
        }
        let Ok(yours) = std::str::from_utf8(&disk.bytes) else { return self.refuse(Refusal::NotText) };
        if !self.options.force {
            if first_marker(yours).is_some() {
                return self.refuse(Refusal::Unresolved);
            }
            if self.rejected {
                return self.refuse(Refusal::Rejected);
            }
            // What the last run left is all that would change hands: nothing of the project's is at risk.
            if disk.uncommitted && hash != record.hash {
                return self.refuse(Refusal::Uncommitted);
            }
        }
        let (yours, crlf) = unix(yours);
        let mut merged = merge(self.path, base, &yours, &self.file.text, self.options.conflicts);
        if merged.conflicts == 0 && merged.text == *yours {
            let record = FileRecord::new(FileClass::Merged, &yours, &self.file.text);
            return FileAction::new(self.path, Decision::Keep(Kept::Yours), Some(record));
        }
        let record = FileRecord::new(FileClass::Merged, &merged.text, &self.file.text);
        if crlf {
            merged.text = merged.text.replace('\n', "\r\n");
        }
        FileAction::new(self.path, Decision::Merge(merged), Some(record))
    }

    fn is_generated(&self, disk: &OnDisk) -> bool {
        content_hash(&disk.bytes) == content_hash(self.file.text.as_bytes())
    }

    fn rewrite(&self) -> FileAction {
        self.write(Decision::Rewrite(self.file.text.clone()))
    }

    fn write(&self, decision: Decision) -> FileAction {
        let record = FileRecord::new(self.file.class, &self.file.text, &self.file.text);
        FileAction::new(self.path, decision, Some(record))
    }

    fn unless_forced(&self, refusal: Refusal) -> FileAction {
        if self.options.force { self.rewrite() } else { self.refuse(refusal) }
    }

    fn keep(&self, kept: Kept) -> FileAction {
        FileAction::new(self.path, Decision::Keep(kept), self.record.cloned())
    }

    fn refuse(&self, refusal: Refusal) -> FileAction {
        FileAction::new(self.path, Decision::Refuse(refusal), self.record.cloned())
    }
}

/// With `\n` as line end, and whether it had `\r\n` before.
fn unix(text: &str) -> (Cow<'_, str>, bool) {
    if text.contains("\r\n") { (Cow::Owned(text.replace("\r\n", "\n")), true) } else { (Cow::Borrowed(text), false) }
}
