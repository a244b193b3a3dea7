use portalctl::adapters::project_files::{Prepared, ProjectFilesError, prepare};
use portalctl::scaffold::{Decision, FileClass, FileTree, Kept, MANIFEST_PATH, Options};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

pub(crate) fn tree(files: &[(&str, FileClass, &str)]) -> FileTree {
    let mut tree = FileTree::default();
    for (path, class, text) in files {
        tree.insert(*path, *class, *text);
    }
    tree
}

/// A project folder.
pub(crate) struct Project(TempDir);

impl Project {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn prepare(&self, tree: &FileTree, options: Options) -> Result<Prepared, ProjectFilesError> {
        prepare(self.path(), tree, "hash", options)
    }

    /// Generates and writes whatever is not refused; answers what was done to each file.
    pub(crate) fn scaffold(&self, tree: &FileTree, options: Options) -> BTreeMap<String, &'static str> {
        let prepared = self.prepare(tree, options).unwrap();
        prepared.write().unwrap();
        prepared.actions().iter().map(|action| (action.path.clone(), word(&action.decision))).collect()
    }

    pub(crate) fn generate(&self, tree: &FileTree) -> BTreeMap<String, &'static str> {
        self.scaffold(tree, Options::default())
    }

    pub(crate) fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path().join(path).parent().unwrap()).unwrap();
        fs::write(self.path().join(path), bytes).unwrap();
    }

    pub(crate) fn get(&self, path: &str) -> Option<String> {
        fs::read(self.path().join(path)).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).unwrap();
    }

    pub(crate) fn manifest(&self) -> String {
        self.get(MANIFEST_PATH).unwrap()
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .arg("-C")
            .arg(self.path())
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .status()
            .unwrap();
        assert!(status.success());
    }

    pub(crate) fn commit_all(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", "all"]);
    }

    /// Every file but the lock and git's, with its bytes.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(self.path()).unwrap().to_str().unwrap().to_owned();
                if path.is_dir() {
                    if name != ".git" {
                        folders.push(path);
                    }
                } else if name != ".portalctl/scaffold.lock" {
                    files.insert(name.clone(), self.get(&name).unwrap());
                }
            }
        }
        files
    }
}

pub(crate) fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Keep(Kept::UpToDate) => "up to date",
        Decision::Keep(Kept::Yours) => "yours",
        Decision::Keep(Kept::DeletedByYou) => "deleted by you",
        Decision::Keep(Kept::NoLongerGenerated) => "no longer generated",
        Decision::Create(_) => "created",
        Decision::Rewrite(_) => "rewritten",
        Decision::Merge(merge) if merge.conflicts > 0 => "conflict",
        Decision::Merge(_) => "merged",
        Decision::Remove => "removed",
        Decision::Refuse(_) => "refused",
    }
}
