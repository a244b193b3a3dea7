//! Documents that lead a reader in circles, out of its depth or astray, in `tests/reading/corpus/`, and whatever the fuzz
//! targets came upon, in `tests/reading/met/`: each goes through what they go through.

use crate::{PROJECT, entries, file};
use portalctl::spec::PROJECT_FILE;
use std::path::Path;

fn each(folder: &str, least: usize, read: impl Fn(&Path, Vec<u8>)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading").join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= least, "{} of them", paths.len());
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        read(&path, bytes);
    }
}

#[test]
fn whatever_was_come_upon_is_read_to_its_end() {
    each("corpus", 20, |path, bytes| {
        entries::reading(&bytes);
        let alone = entries::checking(vec![file(PROJECT_FILE, bytes.clone())]);
        let beside = entries::checking(vec![file(PROJECT_FILE, PROJECT), file("objects/more.yaml", bytes)]);
        assert!(alone + beside > 0, "{}: nobody finds anything in it, as a whole project or as a part", path.display());
    });
}

#[test]
fn what_chance_came_upon_is_read_to_its_end() {
    each("met", 10, |_, bytes| {
        entries::reading(&bytes);
        entries::checking(entries::files(&bytes));
    });
}
