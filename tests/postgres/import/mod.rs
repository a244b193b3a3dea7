//! Databases that were there before: what an import makes of them, and that what people then see is what plain joins say.

mod chinook;
mod guide;
mod harbour;
mod kinds;
mod northwind;

use portalctl_test_support::TestDatabase;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A folder to import into.
struct Workplace {
    folder: TempDir,
    url: String,
}

/// How a run of the program ended.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Workplace {
    fn new(db: &TestDatabase) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: db.admin_url() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portalctl"));
        let output = command.args(args).current_dir(self.path()).env("DATABASE_URL", &self.url).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn import(&self, args: &[&str]) -> Ran {
        let ran = self.run(&[&["import"], args].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn write(&self, path: &str, text: &str) {
        let place = self.path().join(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, text).unwrap();
    }

    fn add(&self, path: &str, text: &str) {
        self.write(path, &(self.read(path) + text));
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} holds no `{from}`:\n{text}");
        self.write(path, &text.replace(from, to));
    }

    /// Every file, hidden ones too.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn below(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    below(&path, files);
                } else {
                    files.insert(path.clone(), std::fs::read(&path).unwrap());
                }
            }
        }
        let mut files = BTreeMap::new();
        below(self.path(), &mut files);
        files
    }

    /// A second import finds everything as it is.
    fn changes_nothing(&self, args: &[&str]) {
        let before = self.files();
        let again = self.import(args);
        assert_eq!(again.stdout, "", "{}", again.stderr);
        assert!(before == self.files(), "a second import changed something");
    }
}
