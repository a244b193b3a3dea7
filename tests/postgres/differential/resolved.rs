//! A project out of one text.

use portalctl::diagnostic::Severity;
use portalctl::model::{self, AccessModel};
use portalctl::spec::{self, PROJECT_FILE, RawContent, RawFile};

/// What one file with a project comes to; its faults where it has some.
pub(super) fn resolved(text: &str) -> Result<AccessModel, Vec<String>> {
    let file = RawFile { path: PROJECT_FILE.to_owned(), content: RawContent::Bytes(text.as_bytes().to_vec()) };
    let (set, mut findings) = spec::read(vec![file]);
    let (model, more) = model::resolve(&set);
    findings.extend(more);
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|finding| format!("{}: {}", finding.id, finding.message)).collect();
    if errors.is_empty() { model.ok_or_else(Vec::new) } else { Err(errors) }
}
