//! Where hostile input comes in. The fuzz targets feed it with whatever chance brings, `tests/reading/corpus.rs` with what
//! they came upon before.

use portalctl::catalog;
use portalctl::check::run;
use portalctl::diagnostic::{RenderOptions, Report, render_json, render_sarif, render_text};
use portalctl::model::resolve;
use portalctl::spec::format::formatted;
use portalctl::spec::{Catalogue, PROJECT_FILE, RawContent, RawFile, holds_documents, outline, read, read_with};
use std::sync::{Arc, LazyLock};
use time::macros::date;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(catalog::modules(), catalog::types()));

/// A project of two files, parted by the first zero byte, which no document holds.
pub fn files(bytes: &[u8]) -> Vec<RawFile> {
    let parts = bytes.splitn(2, |byte| *byte == 0);
    [PROJECT_FILE, "objects/more.yaml"].into_iter().zip(parts).map(|(path, bytes)| file(path, bytes)).collect()
}

pub fn file(path: &str, bytes: &[u8]) -> RawFile {
    RawFile { path: path.to_owned(), content: RawContent::Bytes(bytes.to_vec()) }
}

/// Any bytes as the files of a project: reading them ends, whatever is wrong can be shown, and what can be laid out anew
/// reads on.
pub fn reading(bytes: &[u8]) {
    let _ = (outline(bytes), holds_documents(bytes));
    let (set, findings) = read(files(bytes));
    let report = Report::new(Arc::clone(&set.sources), findings);
    let _ = (render_text(&report, RenderOptions::default()), render_json(&report));
    if let Ok(laid_out) = formatted(file(PROJECT_FILE, bytes)) {
        let again = formatted(file(PROJECT_FILE, laid_out.after.as_bytes()));
        assert_eq!(again.ok().map(|again| again.after), Some(laid_out.after), "laid out, it is laid out otherwise");
    }
}

/// A project through the model to every check that needs no database; how much is found.
pub fn checking(files: Vec<RawFile>) -> usize {
    let (set, mut findings) = read_with(files, &CATALOGUE);
    let (model, more) = resolve(&set);
    findings.extend(more);
    findings.extend(model.iter().flat_map(|model| run(model, Vec::new(), date!(2026 - 06 - 15))));
    let report = Report::new(Arc::clone(&set.sources), findings);
    let text = render_text(&report, RenderOptions::default());
    assert!(!text.is_empty() && !render_json(&report).is_empty() && !render_sarif(&report, &[], "").is_empty());
    report.findings.len()
}
