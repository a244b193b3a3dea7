//! What the documents of a project held at a moment, so that a later one can be told from it.

use super::{FilesError, project_files};
use crate::spec::RawContent;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The documents by their paths, each by a hash of what it holds. Times of files are not looked at: they repeat within
/// a moment, and a file that is saved as it was has not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, blake3::Hash>);

impl Snapshot {
    /// # Errors
    /// As [`project_files`].
    pub fn take(folder: &Path) -> Result<Self, FilesError> {
        let held = |content: &RawContent| match content {
            RawContent::Bytes(bytes) => blake3::hash(bytes),
            // The reason why it cannot be read is all there is of it.
            other => blake3::Hasher::new_derive_key("unreadable").update(format!("{other:?}").as_bytes()).finalize(),
        };
        Ok(Self(project_files(folder)?.iter().map(|file| (file.path.clone(), held(&file.content))).collect()))
    }

    /// What is different now, a phrase for each file.
    pub fn changes_since(&self, before: &Self) -> Vec<String> {
        let paths: BTreeSet<&String> = self.0.keys().chain(before.0.keys()).collect();
        let phrase = |path: &&String| match (before.0.get(*path), self.0.get(*path)) {
            (None, _) => Some(format!("`{path}` is new")),
            (_, None) => Some(format!("`{path}` is gone")),
            (before, now) => (before != now).then(|| format!("`{path}` changed")),
        };
        paths.iter().filter_map(phrase).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_changed_is_told_by_what_files_hold() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        fs::write(at("portalctl.yaml"), "version: 1\nkind: project\nname: acme\n").unwrap();
        fs::create_dir(at("objects")).unwrap();
        fs::write(at("objects/case.yaml"), "a").unwrap();
        let before = Snapshot::take(folder.path()).unwrap();

        // As some editors save: another file takes the place of the old one.
        fs::write(at("objects/.case.yaml.swp"), "a").unwrap();
        fs::rename(at("objects/.case.yaml.swp"), at("objects/case.yaml")).unwrap();
        fs::write(at("objects/notes.txt"), "no document").unwrap();
        assert_eq!(Snapshot::take(folder.path()).unwrap(), before);

        fs::write(at("objects/case.yaml"), "b").unwrap();
        let after = Snapshot::take(folder.path()).unwrap();
        assert_eq!(after.changes_since(&before), ["`objects/case.yaml` changed"]);
        fs::rename(at("objects/case.yaml"), at("objects/order.yaml")).unwrap();
        let moved = Snapshot::take(folder.path()).unwrap();
        assert_eq!(moved.changes_since(&after), ["`objects/case.yaml` is gone", "`objects/order.yaml` is new"]);
        fs::remove_dir_all(at("objects")).unwrap();
        assert_eq!(Snapshot::take(folder.path()).unwrap().changes_since(&moved), ["`objects/order.yaml` is gone"]);
        fs::remove_file(at("portalctl.yaml")).unwrap();
        Snapshot::take(folder.path()).unwrap_err();
    }
}
