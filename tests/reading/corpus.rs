//! Documents that lead a reader in circles, out of its depth or astray, in `tests/reading/corpus/`, and whatever else
//! hostile runs come upon: each goes through reading, the model and the checks, as a project and as a file of one, and
//! everything that is said of it can be shown.

use crate::{PROJECT, file};
use portalctl::catalog;
use portalctl::check::run;
use portalctl::diagnostic::{RenderOptions, Report, render_json, render_sarif, render_text};
use portalctl::model::resolve;
use portalctl::spec::{Catalogue, PROJECT_FILE, RawFile, holds_documents, outline, read_with};
use std::path::Path;
use std::sync::Arc;
use time::macros::date;

fn told(files: Vec<RawFile>) -> usize {
    let catalogue = Catalogue::new(catalog::modules(), catalog::types());
    let (set, mut findings) = read_with(files, &catalogue);
    let (model, more) = resolve(&set);
    findings.extend(more);
    findings.extend(model.iter().flat_map(|model| run(model, date!(2026 - 06 - 15))));
    let report = Report::new(Arc::clone(&set.sources), findings);
    let text = render_text(&report, RenderOptions::default());
    assert!(!text.is_empty() && !render_json(&report).is_empty() && !render_sarif(&report, &[], "").is_empty());
    report.findings.len()
}

#[test]
fn whatever_was_come_upon_is_read_to_its_end() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading/corpus");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 20, "{} of them", paths.len());
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let _ = (outline(&bytes), holds_documents(&bytes));
        let alone = told(vec![file(PROJECT_FILE, bytes.clone())]);
        let beside = told(vec![file(PROJECT_FILE, PROJECT), file("objects/more.yaml", bytes)]);
        assert!(alone + beside > 0, "{}: nobody finds anything in it, as a whole project or as a part", path.display());
    }
}
