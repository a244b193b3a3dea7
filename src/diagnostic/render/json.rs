//! A report as JSON.

use crate::diagnostic::{Finding, Location, Report, Severity, SourceMap, Span, Summary, escape};

#[derive(serde::Serialize)]
struct Root<'a> {
    findings: Vec<Entry<'a>>,
    summary: Summary,
}

#[derive(serde::Serialize)]
struct Entry<'a> {
    id: &'a str,
    severity: Severity,
    message: &'a str,
    why: &'a str,
    hint: Option<&'a str>,
    #[serde(flatten)]
    place: Place,
    labels: Vec<LabelEntry<'a>>,
    fix: Option<FixEntry<'a>>,
}

/// What `validate --fix` would do about it.
#[derive(serde::Serialize)]
struct FixEntry<'a> {
    title: &'a str,
    edits: Vec<LabelEntry<'a>>,
}

/// All `null` where a finding is about no place in particular.
#[derive(serde::Serialize)]
struct Place {
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
}

#[derive(serde::Serialize)]
struct LabelEntry<'a> {
    text: &'a str,
    #[serde(flatten)]
    place: Place,
}

/// `{"findings": [{"id", "severity", "message", "why", "hint", "file", "line", "column", "end_line", "end_column",
/// "labels", "fix"}], "summary": {"error", "warn", "info"}}`, ending in a line break.
pub fn render_json(report: &Report) -> String {
    let findings = report.findings.iter().map(|finding| entry(finding, &report.sources)).collect();
    spelled(&Root { findings, summary: report.summary() })
}

/// JSON that people can look at without harm, ending in a line break.
pub fn spelled(root: &impl serde::Serialize) -> String {
    // Strings and numbers always serialise; an empty object would be noticed by whoever reads it.
    let text = serde_json::to_string_pretty(root).unwrap_or_else(|_| "{}".to_owned());
    escape::json(&text) + "\n"
}

fn entry<'a>(finding: &'a Finding, sources: &SourceMap) -> Entry<'a> {
    fn label<'a>(span: Span, text: &'a str, sources: &SourceMap) -> LabelEntry<'a> {
        LabelEntry { text, place: place(Some(span), sources) }
    }
    Entry {
        id: finding.id,
        severity: finding.severity,
        message: &finding.message,
        why: &finding.why,
        hint: finding.hint.as_deref(),
        place: place(finding.span, sources),
        labels: finding.labels.iter().map(|entry| label(entry.span, &entry.text, sources)).collect(),
        fix: finding.fix.as_ref().map(|fix| FixEntry {
            title: &fix.title,
            edits: fix.edits.iter().map(|edit| label(edit.span, &edit.new, sources)).collect(),
        }),
    }
}

fn place(span: Option<Span>, sources: &SourceMap) -> Place {
    match span.map(|span| sources.location(span)) {
        Some(Location { file, line, column, end_line, end_column }) => Place {
            file: Some(file),
            line: Some(line),
            column: Some(column),
            end_line: Some(end_line),
            end_column: Some(end_column),
        },
        None => Place { file: None, line: None, column: None, end_line: None, end_column: None },
    }
}
