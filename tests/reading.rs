//! Reading documents: what is accepted, and what is said about everything else.

use portalctl::diagnostic::{RenderOptions, Report, render_text};
use portalctl::spec::{PROJECT_FILE, RawContent, RawFile, read};
use std::path::Path;
use std::sync::Arc;

const PROJECT: &str = "version: 1\nkind: project\nname: acme\n";

fn file(path: &str, content: impl Into<Vec<u8>>) -> RawFile {
    RawFile { path: path.to_owned(), content: RawContent::Bytes(content.into()) }
}

fn report(files: Vec<RawFile>) -> Report {
    let (set, findings) = read(files);
    Report::new(Arc::clone(&set.sources), findings)
}

fn rendered(files: Vec<RawFile>) -> String {
    render_text(&report(files), RenderOptions::default())
}

/// The files of `tests/reading/<folder>`, by name.
fn fixtures(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading").join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap()))
        .collect()
}

/// Each file of `tests/reading/one` is read beside a project without fault, or is itself the project file.
#[test]
fn every_problem_is_told_at_its_place() {
    for (name, content) in fixtures("one") {
        let is_project = String::from_utf8_lossy(&content).contains("kind: project");
        let files = if is_project {
            vec![file(PROJECT_FILE, content)]
        } else {
            vec![file(PROJECT_FILE, PROJECT), file(&name, content)]
        };
        insta::with_settings!({ snapshot_path => "reading/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.trim_end_matches(".yaml"), rendered(files));
        });
    }
}
