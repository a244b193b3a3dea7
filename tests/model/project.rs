//! Projects for tests: texts in, model and report out.

use portalctl::diagnostic::{RenderOptions, Report, render_text};
use portalctl::model::{AccessModel, resolve};
use portalctl::spec::{RawContent, RawFile, read};
use std::path::Path;
use std::sync::Arc;

/// The model of these files (name, text), and what is wrong with them.
pub fn of_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Option<AccessModel>, Report) {
    let raw = |(path, text): (&str, &str)| RawFile {
        path: path.to_owned(),
        content: RawContent::Bytes(text.as_bytes().to_vec()),
    };
    let (set, mut findings) = read(files.into_iter().map(raw).collect());
    let (model, more) = resolve(&set);
    findings.extend(more);
    (model, Report::new(Arc::clone(&set.sources), findings))
}

pub fn of_text(text: &str) -> (Option<AccessModel>, Report) {
    of_files([("portalctl.yaml", text)])
}

/// The YAML files of a folder below `tests/`.
pub fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let paths = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let yaml = paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    };
    let mut files: Vec<_> = yaml.map(read).collect();
    files.sort();
    files
}

pub fn of_folder(folder: &str) -> (Option<AccessModel>, Report) {
    let files = files(folder);
    of_files(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// The model of a project that is meant to be without errors.
pub fn good(text: &str) -> AccessModel {
    let (model, report) = of_text(text);
    assert!(!report.has_errors(), "{}", shown(&report));
    model.unwrap()
}

/// As on a terminal without colours.
pub fn shown(report: &Report) -> String {
    render_text(report, RenderOptions::default())
}
