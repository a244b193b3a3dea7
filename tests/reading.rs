//! Reading documents: what is accepted, and what is said about everything else.

use portalctl::diagnostic::{Finding, Report};
use portalctl::spec::{RawContent, RawFile, document::SpecSet, read};
use std::sync::Arc;

fn file(path: &str, text: &str) -> RawFile {
    RawFile { path: path.to_owned(), content: RawContent::Bytes(text.as_bytes().to_vec()) }
}

fn shown(set: &SpecSet, findings: Vec<Finding>) -> String {
    let report = Report::new(Arc::clone(&set.sources), findings);
    let line = |finding: &Finding| {
        let at = finding.span.map(|span| set.sources.location(span));
        let place = at.map_or_else(String::new, |at| {
            format!("{}:{}:{}-{}:{}", at.file, at.line, at.column, at.end_line, at.end_column)
        });
        format!("{place} {} {} | {}\n", finding.id, finding.message, finding.hint.as_deref().unwrap_or_default())
    };
    report.findings.iter().map(line).collect()
}

#[test]
fn the_whole_portal_of_the_reference_reads() {
    let (set, findings) = read(vec![file("portalctl.yaml", include_str!("good/whole.yaml"))]);
    assert_eq!(shown(&set, findings), "");
}
