//! The generated files of a project on disk: what lies there, and writing all of them or none.
//!
//! Writing is a small transaction. A journal, the manifest as it will be, comes first; then the files, each
//! through a temporary one beside it that is renamed; the manifest itself comes last. Interrupted anywhere,
//! the next run tells by the journal which files are already as they were going to be.

mod error;
mod place;
mod write;

pub use error::ProjectFilesError;

use super::git;
use crate::scaffold::{
    Decision, FileAction, FileRecord, FileTree, MANIFEST_PATH, Manifest, OnDisk, Options, Refusal,
    TEMPLATE_MANIFEST_PATH, content_hash, manifest_after, reconcile, reject_path,
};
use place::Root;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where it is written down what a run has made, and what it is about to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ledger {
    manifest: &'static str,
    journal: &'static str,
}

impl Ledger {
    /// Of the files that `scaffold` makes from the documents.
    pub const SITE: Self = Self { manifest: MANIFEST_PATH, journal: ".portalctl/manifest.next.json" };
    /// Of the files that `new` makes from a template.
    pub const TEMPLATE: Self = Self { manifest: TEMPLATE_MANIFEST_PATH, journal: ".portalctl/template.next.json" };
}

/// Everything that writing needs, decided and not yet done.
#[derive(Debug)]
pub struct Prepared {
    root: Root,
    actions: Vec<FileAction>,
    /// What was read, by path; `None`: no file.
    disk: BTreeMap<String, Option<Vec<u8>>>,
    manifest: Manifest,
    ledger: Ledger,
    interrupted: bool,
}

/// Reads what lies in the folder `project` and decides what to do with each file.
///
/// # Errors
/// Where a file or the manifest cannot be read, or a path leads out of the project.
pub fn prepare(
    project: &Path,
    tree: &FileTree,
    spec_hash: &str,
    options: Options,
) -> Result<Prepared, ProjectFilesError> {
    prepare_in(Ledger::SITE, project, tree, spec_hash, options)
}

/// The same for files that are written down elsewhere: what one ledger knows is none of the other's business.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_in(
    ledger: Ledger,
    project: &Path,
    tree: &FileTree,
    spec_hash: &str,
    options: Options,
) -> Result<Prepared, ProjectFilesError> {
    let root = Root::open(project)?;
    let mut disk = BTreeMap::from([(ledger.manifest.to_owned(), root.read(ledger.manifest)?)]);
    let mut manifest = match &disk[ledger.manifest] {
        Some(bytes) => parse(ledger.manifest, bytes)?,
        None => Manifest::new(spec_hash),
    };
    let journal = root.read(ledger.journal)?.map(|bytes| parse(ledger.journal, &bytes)).transpose()?;
    let journaled = journal.iter().flat_map(|journal| journal.files.keys().map(String::as_str));
    let known: BTreeSet<&str> =
        tree.iter().map(|(path, _)| path).chain(manifest.files.keys().map(String::as_str)).chain(journaled).collect();
    for path in known {
        for path in [path.to_owned(), reject_path(path)] {
            let bytes = root.read(&path)?;
            disk.insert(path, bytes);
        }
    }
    let mut foreseen = BTreeSet::new();
    if let Some(journal) = &journal {
        foreseen = overlay(&mut manifest, journal, &disk);
    }
    let decide = |uncommitted: &BTreeSet<&str>| {
        let on_disk = |path: &str| {
            let bytes = disk.get(path)?.clone().filter(|_| !foreseen.contains(path))?;
            Some(OnDisk { bytes, uncommitted: uncommitted.contains(path) })
        };
        reconcile(tree, &manifest, on_disk, options)
    };
    let mut actions = decide(&BTreeSet::new());
    // Git is asked only where the answer matters: it takes longer than everything else here.
    let at_risk: Vec<String> = actions.iter().filter(|action| is_merge(action)).map(|a| a.path.clone()).collect();
    if !options.force && !at_risk.is_empty() {
        let uncommitted = git::uncommitted(root.path(), at_risk.iter().map(String::as_str))?;
        actions = decide(&uncommitted);
    }
    let manifest = manifest_after(&actions, spec_hash);
    Ok(Prepared { root, actions, disk, manifest, ledger, interrupted: journal.is_some() })
}

impl Prepared {
    /// In the order of their paths.
    pub fn actions(&self) -> &[FileAction] {
        &self.actions
    }

    /// The files that cannot be written as they should be, with the reason.
    pub fn refused(&self) -> impl Iterator<Item = (&str, Refusal)> {
        self.actions.iter().filter_map(|action| match action.decision {
            Decision::Refuse(refusal) => Some((action.path.as_str(), refusal)),
            _ => None,
        })
    }

    /// Whether the files are not what they should be.
    pub fn is_drift(&self) -> bool {
        self.actions.iter().any(|action| action.decision.is_drift())
    }

    /// What lies on disk; `None` where there is no file.
    pub fn before(&self, path: &str) -> Option<&[u8]> {
        self.disk.get(path)?.as_deref()
    }

    /// Carries out every action that is not refused: all of them or, with an error, none.
    ///
    /// # Errors
    /// Where a file cannot be written, or is not what it was any more.
    pub fn write(&self) -> Result<(), ProjectFilesError> {
        write::write(self)
    }
}

fn is_merge(action: &FileAction) -> bool {
    matches!(action.decision, Decision::Merge(_))
}

fn parse(path: &'static str, bytes: &[u8]) -> Result<Manifest, ProjectFilesError> {
    // Bytes that are not UTF-8 are no JSON either, and are reported as that.
    Manifest::parse(&String::from_utf8_lossy(bytes)).map_err(|source| ProjectFilesError::Manifest { path, source })
}

/// Brings `manifest` to where an interrupted run came. Answers the `.rej` files that it may have written for
/// files that it did not come to: they are its own, and nobody has seen them.
fn overlay(manifest: &mut Manifest, journal: &Manifest, disk: &BTreeMap<String, Option<Vec<u8>>>) -> BTreeSet<String> {
    let bytes = |path: &str| disk.get(path).and_then(Option::as_deref);
    let reached = |path: &str, record: &FileRecord| bytes(path).is_some_and(|bytes| content_hash(bytes) == record.hash);
    manifest.files.retain(|path, _| journal.files.contains_key(path) || bytes(path).is_some());
    let mut foreseen = BTreeSet::new();
    for (path, record) in &journal.files {
        if reached(path, record) {
            manifest.files.insert(path.clone(), record.clone());
        } else {
            foreseen.insert(reject_path(path));
        }
    }
    foreseen
}
