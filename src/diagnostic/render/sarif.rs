//! A report as SARIF 2.1.0, the form in which code hosts take findings.

use super::json::spelled;
use crate::diagnostic::escape::one_line;
use crate::diagnostic::{Finding, Location, Report, Severity, SourceMap};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is to be known of a check beside its findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckAbout<'a> {
    pub id: &'a str,
    pub severity: Severity,
    /// What it does, in a sentence.
    pub summary: &'a str,
    /// Its page, in Markdown.
    pub page: &'a str,
}

const SPECIFICATION: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run with the rules that are known, sorted by id, and a result for each finding; ends in a line break.
///
/// `folder` is put before every path: where the project lies below the folder that paths are read from, with `/` at
/// its end, or nothing. Fingerprints are made from a finding's check, file and message, so that lines may move.
pub fn render_sarif(report: &Report, known: &[CheckAbout<'_>], folder: &str) -> String {
    let mut rules: BTreeMap<&str, Value> =
        report.findings.iter().map(|finding| (finding.id, json!({ "id": finding.id }))).collect();
    rules.extend(known.iter().map(|about| (about.id, described(about))));
    let numbers: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(number, id)| (*id, number)).collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let place = finding.span.map(|span| report.sources.location(span));
            let file = place.as_ref().map_or("", |place| place.file.as_str());
            let same = format!("{}\n{file}\n{}", finding.id, finding.message);
            let earlier = seen.entry(same.clone()).or_default();
            let fingerprint = blake3::hash(format!("{same}\n{earlier}").as_bytes()).to_hex();
            *earlier += 1;
            let mut result = result(finding, &report.sources, folder);
            result["ruleIndex"] = json!(numbers[finding.id]);
            result["partialFingerprints"] = json!({ "findingIdentity/v1": fingerprint.as_str() });
            result
        })
        .collect();
    let driver = json!({
        "name": "portalctl",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.into_values().collect::<Vec<_>>(),
    });
    spelled(&json!({
        "$schema": SPECIFICATION,
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    }))
}

fn described(about: &CheckAbout<'_>) -> Value {
    json!({
        "id": about.id,
        "shortDescription": { "text": about.summary },
        "help": { "text": about.page, "markdown": about.page },
        "defaultConfiguration": { "level": level(about.severity) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Finding, sources: &SourceMap, folder: &str) -> Value {
    let text = finding.told().join("\n\n");
    let place = |span| location(&sources.location(span), folder);
    let mut result = json!({ "ruleId": finding.id, "level": level(finding.severity), "message": { "text": text } });
    if let Some(span) = finding.span {
        result["locations"] = json!([place(span)]);
    }
    if !finding.labels.is_empty() {
        let related = finding.labels.iter().enumerate().map(|(number, label)| {
            let mut related = place(label.span);
            related["id"] = json!(number + 1);
            related["message"] = json!({ "text": one_line(&label.text) });
            related
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &finding.fix {
        let changes = fix.edits.iter().map(|edit| {
            let place = place(edit.span)["physicalLocation"].take();
            json!({
                "artifactLocation": place["artifactLocation"],
                "replacements": [{ "deletedRegion": place["region"], "insertedContent": { "text": edit.new } }],
            })
        });
        let changes: Vec<Value> = changes.collect();
        result["fixes"] = json!([{ "description": { "text": one_line(&fix.title) }, "artifactChanges": changes }]);
    }
    result
}

fn location(place: &Location, folder: &str) -> Value {
    let region = json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    });
    let artifact = json!({ "uri": uri(&format!("{folder}{}", place.file)), "uriBaseId": "%SRCROOT%" });
    json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } })
}

/// What stands for something else in the path of a URI. A colon in the first part would make a scheme of it.
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

fn uri(path: &str) -> String {
    utf8_percent_encode(path, NOT_IN_A_PATH).to_string()
}
