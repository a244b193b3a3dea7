//! Reading documents: what is accepted, and what is said about everything else.

mod catalogue;
mod corpus;
mod entries;
mod files;
mod findings;
mod forms;
mod hostile;
mod many;
mod module_cases;
mod modules;
mod tenants;

use portalctl::diagnostic::{RenderOptions, Report, render_text};
use portalctl::spec::{RawContent, RawFile, read};
use std::sync::Arc;

const PROJECT: &str = "version: 1\nkind: project\nname: acme\n";

fn file(path: &str, content: impl Into<Vec<u8>>) -> RawFile {
    raw(path, RawContent::Bytes(content.into()))
}

fn raw(path: &str, content: RawContent) -> RawFile {
    RawFile { path: path.to_owned(), content }
}

fn report(files: Vec<RawFile>) -> Report {
    let (set, findings) = read(files);
    Report::new(Arc::clone(&set.sources), findings)
}

fn rendered(files: Vec<RawFile>) -> String {
    render_text(&report(files), RenderOptions::default())
}

/// `id file:line:column` of every finding.
fn told(files: Vec<RawFile>) -> Vec<String> {
    let report = report(files);
    let place = |span| {
        let at = report.sources.location(span);
        format!(" {}:{}:{}", at.file, at.line, at.column)
    };
    report
        .findings
        .iter()
        .map(|finding| format!("{}{}", finding.id, finding.span.map_or_else(String::new, place)))
        .collect()
}
