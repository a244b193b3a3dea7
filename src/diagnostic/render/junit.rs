//! A report as JUnit XML.

use crate::diagnostic::escape::one_line;
use crate::diagnostic::junit::{Case, render_junit_suite};
use crate::diagnostic::{Report, Severity, summary_line};

/// A case for each finding, which fails at `level` and above; one that holds where there is none.
pub fn render_junit(report: &Report, level: Severity) -> String {
    let mut cases: Vec<Case> = report
        .findings
        .iter()
        .map(|finding| {
            let place = finding.span.map(|span| report.sources.location(span));
            Case {
                class: finding.id.to_owned(),
                name: one_line(&finding.message),
                place: place.map(|place| (place.file, place.line)),
                failure: (finding.severity <= level).then(|| finding.told().join("; ")),
            }
        })
        .collect();
    if cases.is_empty() {
        let name = summary_line(report.summary());
        cases.push(Case { class: "portalctl".to_owned(), name, place: None, failure: None });
    }
    render_junit_suite("portalctl validate", &[], &cases)
}
