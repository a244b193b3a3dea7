//! Findings: one occurrence of one check, at its place.

use super::{FileId, Fix, SourceMap, Span, one_line};
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warn,
    Info,
}

impl Severity {
    /// As documents and reports write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
        }
    }
}

/// A second place that belongs to a finding, with what it says there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// What is wrong, where, why it matters, and the change that mends it.
///
/// Messages are lowercase, without a final period, with backticks around what the user wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable, kebab-case.
    pub id: &'static str,
    pub severity: Severity,
    pub message: String,
    /// Why it matters, in one line; may be empty where the message says it all.
    pub why: String,
    pub hint: Option<String>,
    pub span: Option<Span>,
    pub labels: Vec<Label>,
    /// What an acceptance (`accept: [{check, object, …}]`) names in `object`; `None`: cannot be accepted.
    pub subject: Option<String>,
    /// The portal in whose document an acceptance may stand beside the project's; `None`: any.
    pub portal: Option<String>,
    /// What mends it for certain; `None`: somebody has to decide.
    pub fix: Option<Fix>,
}

impl Finding {
    pub fn error(id: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self {
            id,
            severity: Severity::Error,
            message: message.into(),
            why: String::new(),
            hint: None,
            span: span.into(),
            labels: Vec::new(),
            subject: None,
            portal: None,
            fix: None,
        }
    }
    pub fn warn(id: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warn, ..Self::error(id, span, message) }
    }
    pub fn info(id: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Info, ..Self::error(id, span, message) }
    }
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }
    /// Makes the finding one that an acceptance naming `subject` lets pass.
    #[must_use]
    pub fn acceptable_for(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
    /// Message, why and hint, as far as there are any, each on one line and fit to be shown.
    pub fn told(&self) -> Vec<String> {
        let parts = [Some(&self.message), Some(&self.why), self.hint.as_ref()];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).map(|part| one_line(part)).collect()
    }
    #[must_use]
    pub fn in_portal(mut self, portal: impl Into<String>) -> Self {
        self.portal = Some(portal.into());
        self
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    pub error: usize,
    pub warn: usize,
    pub info: usize,
}

/// What keeps a file, or a document, from being read at all. It comes before everything else: names that only it would
/// have explained are missing elsewhere because of it.
const KEEPS_FROM_READING: &[&str] = &[
    "file-too-large",
    "merge-conflict",
    "not-utf8",
    "too-complex",
    "unreadable-file",
    "version-too-new",
    "yaml-syntax",
];

/// All findings of one run: what cannot be read, and then the rest, each in the order of their places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub sources: Arc<SourceMap>,
    pub findings: Vec<Finding>,
}

/// Drops what says of a name that there is no such thing, where a document that could not be read holds the name: it may
/// well be what would explain it.
fn drop_followers(sources: &SourceMap, findings: &mut Vec<Finding>) {
    let unread = findings.iter().filter(|finding| KEEPS_FROM_READING.contains(&finding.id));
    let unread: BTreeSet<FileId> = unread.filter_map(|finding| Some(finding.span?.file)).collect();
    if unread.is_empty() {
        return;
    }
    let is_of_a_name = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'));
    let words: BTreeSet<&str> = unread.iter().flat_map(|file| sources.file(*file).text.split(is_of_a_name)).collect();
    findings.retain(|finding| {
        let name = finding.message.strip_suffix('`').and_then(|message| message.rsplit_once('`')).map(|(_, name)| name);
        let last = name.map(|name| name.rsplit_once('/').map_or(name, |(_, last)| last));
        finding.id != "unknown-name" || last.is_none_or(|name| !words.contains(name))
    });
}

impl Report {
    pub fn new(sources: Arc<SourceMap>, mut findings: Vec<Finding>) -> Self {
        drop_followers(&sources, &mut findings);
        let place = |finding: &Finding| (!KEEPS_FROM_READING.contains(&finding.id), finding.span, finding.id);
        findings.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.message.cmp(&b.message)));
        findings.dedup();
        for finding in &mut findings {
            finding.fix = finding.fix.take().filter(|fix| fix.fits(&sources));
        }
        Self { sources, findings }
    }

    pub fn summary(&self) -> Summary {
        let count = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count();
        Summary { error: count(Severity::Error), warn: count(Severity::Warn), info: count(Severity::Info) }
    }

    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Whether some finding is at `level` or more severe.
    pub fn reaches(&self, level: Severity) -> bool {
        self.findings.iter().any(|finding| finding.severity <= level)
    }
}
