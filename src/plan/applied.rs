//! What was applied: the documents, whole, with those of the catalogue that they use. From them comes the access model
//! that the database was brought to, whatever the project's folder and the binary hold by now.

use crate::catalog;
use crate::diagnostic::{Report, Severity, one_line};
use crate::model::{AccessModel, resolve};
use crate::spec::{self, Catalogue};
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many are kept.
pub const KEPT_STATES: usize = 50;

/// The version of this binary.
pub const TOOL: &str = env!("CARGO_PKG_VERSION");

/// One state that was applied.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AppliedState {
    #[serde(rename = "state")]
    pub number: i64,
    /// RFC 3339, in UTC.
    pub at: String,
    /// The login.
    pub applied_by: String,
    /// The version of the binary that applied it.
    pub portalctl: String,
    pub spec_hash: String,
    pub environment: Option<String>,
    /// Where the project's folder was as that commit has it.
    pub commit: Option<String>,
    /// Whether this is what the last receipt was written for.
    #[serde(skip_serializing)]
    pub is_current: bool,
    #[serde(skip_serializing)]
    pub documents: BTreeMap<String, String>,
}

/// The texts that a model was resolved from, by their paths.
pub fn documents(model: &AccessModel) -> BTreeMap<&str, &str> {
    model.sources.files().map(|(_, file)| (file.path.as_str(), &*file.text)).collect()
}

impl AppliedState {
    /// The access model that the documents come to, which is the one that was applied.
    ///
    /// # Errors
    /// This binary reads them otherwise than the one that applied them, in words.
    pub fn resolve(&self) -> Result<AccessModel, String> {
        let (model, report) = self.read();
        let first = report.findings.iter().find(|finding| finding.severity == Severity::Error);
        match (model, first) {
            (_, Some(finding)) => Err(one_line(&finding.message)),
            (Some(model), None) if model.spec_hash == self.spec_hash => Ok(model),
            _ => Err("they are not as they were when they were applied".to_owned()),
        }
    }

    /// What this binary makes of the documents, also where another one made something else of them: names are the same.
    /// `None`: it cannot read them at all.
    #[must_use]
    pub fn resolve_for_names(&self) -> Option<AccessModel> {
        self.read().0
    }

    fn read(&self) -> (Option<AccessModel>, Report) {
        let (files, catalogue) = Catalogue::of_sources(self.documents.clone());
        // What a type offers and nobody took is not kept: that it is there is all that is asked of it, and were more of it
        // read, the hash would tell.
        let catalogue = catalogue.or(catalog::modules());
        let (spec, mut findings) = spec::read_as(files, &catalogue, self.environment.as_deref());
        let (model, more) = resolve(&spec);
        findings.extend(more);
        (model, Report::new(Arc::clone(&spec.sources), findings))
    }

    /// `state 3, of 2026-01-15T09:00:00Z`.
    #[must_use]
    pub fn words(&self) -> String {
        format!("state {} of {}", self.number, self.at)
    }
}
