//! A report as workflow commands of GitHub Actions, which shows them beside the lines of a change.

use crate::diagnostic::escape::one_line;
use crate::diagnostic::{Report, Severity};
use std::fmt::Write as _;

/// A line for each finding. `folder` is put before every path: where the project lies below the folder that the
/// workflow runs in, with `/` at its end, or nothing.
pub fn render_github(report: &Report, folder: &str) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warn => "warning",
            Severity::Info => "notice",
        };
        let _ = write!(text, "::{command} title={}", property(finding.id));
        if let Some(span) = finding.span {
            let place = report.sources.location(span);
            let file = property(&one_line(&format!("{folder}{}", place.file)));
            let _ = write!(text, ",file={file},line={},endLine={}", place.line, place.end_line);
            // Columns are taken only where both are on one line.
            if place.line == place.end_line {
                let _ = write!(text, ",col={},endColumn={}", place.column, place.end_column);
            }
        }
        let _ = writeln!(text, "::{}", data(&finding.told().join("\n")));
    }
    text
}

/// As the runner reads what stands after `::`: it knows three escapes, and nothing else ends a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
