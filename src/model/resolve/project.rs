//! The project itself.

use super::facts::Facts;
use super::report::duplicates;
use crate::diagnostic::{Finding, SourceMap};
use crate::model::{Acceptance, CheckLevel, Project};
use crate::names::PortalName;
use crate::spec::document::{AcceptDoc, CheckLevelDoc, PortalDoc, ProjectDoc};

pub(super) fn project(
    facts: &Facts<'_>,
    doc: &ProjectDoc,
    portals: &[PortalDoc],
    findings: &mut Vec<Finding>,
) -> Project {
    duplicates("tiers", &doc.tiers, findings);
    for (at, language) in doc.locales.iter().enumerate() {
        if let Some(first) = doc.locales[..at].iter().find(|first| first.value == language.value) {
            let message = format!("`{}` is written twice in `locales`", language.value);
            findings.push(
                Finding::error("duplicate-name", language.span, message)
                    .label(first.span, "here")
                    .hint("keep one of them"),
            );
        }
    }
    let acceptances = doc.accept.iter().map(|accept| acceptance(accept, None));
    let theirs = portals
        .iter()
        .flat_map(|portal| portal.accept.iter().map(|accept| acceptance(accept, Some(portal.name.value.clone()))));
    let mut acceptances: Vec<Acceptance> = acceptances.chain(theirs).collect();
    acceptances.sort_by(|a, b| (&a.portal, &a.check, &a.object, a.span).cmp(&(&b.portal, &b.check, &b.object, b.span)));
    Project {
        name: doc.name.value.clone(),
        control_schema: facts.control_schema.clone(),
        timezone: doc.timezone().to_owned(),
        locales: facts.locales.clone(),
        tiers: facts.tiers.clone(),
        storage: doc.storage.clone(),
        setup: doc.database.setup.iter().map(|pattern| pattern.value.clone()).collect(),
        acceptances,
        check_levels: check_levels(doc, portals),
        profiles: doc.profiles.iter().map(|profile| profile.value).collect(),
    }
}

/// A portal's own come first, so that the first that is found for a finding is the one that counts.
fn check_levels(doc: &ProjectDoc, portals: &[PortalDoc]) -> Vec<CheckLevel> {
    let level = |doc: &CheckLevelDoc, portal: Option<&PortalName>| CheckLevel {
        check: doc.check.value.clone(),
        level: doc.level.value,
        portal: portal.cloned(),
        span: doc.check.span,
    };
    let theirs = portals.iter().flat_map(|portal| portal.checks.iter().map(|one| level(one, Some(&portal.name.value))));
    theirs.chain(doc.checks.iter().map(|one| level(one, None))).collect()
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

/// blake3 of all files, each path and text with its length before it, so that no two sets of files run together.
pub(super) fn spec_hash(sources: &SourceMap, environment: Option<&str>) -> String {
    let mut files: Vec<(&str, &str)> = sources.files().map(|(_, file)| (file.path.as_str(), &*file.text)).collect();
    files.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    for part in files.iter().flat_map(|(path, text)| [path, text]) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    // The same files are another spec in another environment.
    if let Some(environment) = environment {
        hasher.update(b"environment");
        hasher.update(environment.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}
