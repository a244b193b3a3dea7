//! The project itself.

use super::facts::Facts;
use super::report::{duplicates, unknown};
use crate::diagnostic::{Finding, SourceMap};
use crate::model::{Acceptance, Project};
use crate::names::PortalName;
use crate::spec::document::{AcceptDoc, PortalDoc, ProjectDoc};

/// Longer names leave too little of a role's 63 bytes to portal and audience.
const MAX_PROJECT_BYTES: usize = 20;
const ENGINES: [&str; 1] = ["postgres"];

pub(super) fn project(
    facts: &Facts<'_>,
    doc: &ProjectDoc,
    portals: &[PortalDoc],
    findings: &mut Vec<Finding>,
) -> Project {
    let name = &doc.name;
    if name.value.as_str().len() > MAX_PROJECT_BYTES {
        let message = format!(
            "`{}` is {} bytes long, a project's name has at most {MAX_PROJECT_BYTES}",
            name.value,
            name.value.as_str().len()
        );
        findings.push(
            Finding::error("identifier-too-long", name.span, message)
                .why("it begins the name of every database role, which PostgreSQL cuts after 63 bytes"),
        );
    }
    if let Some(engine) = doc.database.engine.as_ref().filter(|engine| !ENGINES.contains(&engine.value.as_str())) {
        let finding = unknown("there is no engine", &engine.value, engine.span, ENGINES);
        findings.push(if engine.value == "citus" {
            Finding::error("unsupported-engine", engine.span, "this version does not support `citus`")
                .hint("write `engine: postgres`")
        } else {
            finding
        });
    }
    duplicates("tiers", &doc.tiers, findings);
    let acceptances = doc.accept.iter().map(|accept| acceptance(accept, None));
    let theirs = portals
        .iter()
        .flat_map(|portal| portal.accept.iter().map(|accept| acceptance(accept, Some(portal.name.value.clone()))));
    let mut acceptances: Vec<Acceptance> = acceptances.chain(theirs).collect();
    acceptances.sort_by(|a, b| (&a.portal, &a.check, &a.object, a.span).cmp(&(&b.portal, &b.check, &b.object, b.span)));
    Project {
        name: name.value.clone(),
        control_schema: facts.control_schema.clone(),
        timezone: timezone(doc, findings),
        tiers: facts.tiers.clone(),
        setup: doc.database.setup.iter().map(|pattern| pattern.value.clone()).collect(),
        acceptances,
    }
}

/// What lacks a reason or a date is kept, so that it can be reported; it accepts nothing.
fn acceptance(doc: &AcceptDoc, portal: Option<PortalName>) -> Acceptance {
    let text = |written: &Option<crate::diagnostic::Spanned<String>>| {
        written.as_ref().map(|text| text.value.trim().to_owned()).unwrap_or_default()
    };
    Acceptance {
        check: doc.check.value.clone(),
        object: doc.object.as_ref().map(|object| object.value.clone()),
        reason: text(&doc.reason),
        until: text(&doc.until),
        portal,
        span: doc.span,
    }
}

/// The name is checked for its form; whether there is such a zone, the database says.
fn timezone(doc: &ProjectDoc, findings: &mut Vec<Finding>) -> String {
    let Some(written) = &doc.timezone else { return "UTC".to_owned() };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_/+-".contains(letter);
    if written.value.is_empty() || written.value.len() > 60 || !written.value.chars().all(plain) {
        let message = format!("`{}` is no time zone", written.value);
        findings.push(Finding::error("wrong-timezone", written.span, message).hint("write it as `Europe/Berlin`"));
    }
    written.value.clone()
}

/// blake3 of all files, each path and text with its length before it, so that no two sets of files run together.
pub(super) fn spec_hash(sources: &SourceMap) -> String {
    let mut files: Vec<(&str, &str)> = sources.files().map(|(_, file)| (file.path.as_str(), &*file.text)).collect();
    files.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    for part in files.iter().flat_map(|(path, text)| [path, text]) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}
