//! What a file tells before the project is read.

use super::super::document::TenantSourceDoc;
use super::super::grammar::KINDS;
use super::super::lower;
use super::super::raw::{PROJECT_FILE, RawContent, RawFile};
use super::super::tree::Node;
use super::{environment, kind_of, ready};
use crate::diagnostic::{FileId, Spanned, closest};

/// What the project document makes the file adapter fetch. Paths are relative to the project folder and stay in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Folders with documents; empty: the default.
    pub specs: Vec<String>,
    /// CSV files of tenants.
    pub tenant_files: Vec<String>,
}

/// Looks into the project file alone; its problems are for [`read`] to report.
pub fn outline(project_file: &[u8]) -> Outline {
    let is_project = |node: &&Node| kind_of(node).is_some_and(|(kind, _)| kind == "project");
    let documents = alone(PROJECT_FILE, project_file);
    let Some(project) = documents.iter().find(is_project).and_then(lower::project) else {
        return Outline::default();
    };
    let inside = |path: &Spanned<String>| {
        (super::super::grammar::word::PATH.check)(&path.value).is_ok().then(|| path.value.clone())
    };
    let tenant_files = project.tenants.iter().filter_map(|source| match source {
        TenantSourceDoc::Csv(source) => inside(&source.path),
        TenantSourceDoc::Table(_) => None,
    });
    let elsewhere = documents.iter().find(is_project).map(environment::tenant_files).unwrap_or_default();
    let tenant_files = tenant_files.chain(elsewhere.iter().filter_map(inside)).collect();
    Outline { specs: project.specs.iter().filter_map(inside).collect(), tenant_files }
}

/// Whether a file has documents of ours in it: what lies beside `portalctl.yaml` may be somebody else's. Where no document
/// says what it is, a line that would begin one of ours is enough, so that its mistakes are told.
pub fn holds_documents(content: &[u8]) -> bool {
    let is_ours = |kind: &str| KINDS.iter().any(|(name, _)| *name == kind);
    let documents = alone("beside.yaml", content);
    // A misspelt kind is a slip of ours, unless the document says by `apiVersion` whose it is.
    let is_meant = |kind: &str| is_ours(kind) || closest(kind, KINDS.iter().map(|(name, _)| *name)).is_some();
    let mut kinds = documents.iter().filter(|node| node.get("apiVersion").is_none()).filter_map(kind_of);
    if kinds.any(|(kind, _)| is_meant(kind)) {
        return true;
    }
    // A document whose `kind` is misspelt, or that is no mapping.
    let is_said = documents.iter().any(|node| node.get("apiVersion").is_some() || kind_of(node).is_some());
    !is_said && String::from_utf8_lossy(content).lines().any(|line| begins_document(line, is_ours))
}

/// Whether a line says which kind a document is, or was to say so: `Kind: object`, `kind object`, `- kind: portal`.
fn begins_document(line: &str, is_ours: impl Fn(&str) -> bool) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    // What is deeper is within something else's.
    if line.starts_with("  ") {
        return false;
    }
    let mut words = line.split(|letter| !is_word(letter)).filter(|word| !word.is_empty());
    // `kinds` is another word.
    let is_meant = |word: &str| word.len() <= "kind".len() && closest(word, ["kind"]).is_some();
    words.next().is_some_and(is_meant) && words.next().is_some_and(is_ours)
}

/// The documents of one file, whatever is wrong with it.
fn alone(path: &str, content: &[u8]) -> Vec<Node> {
    let file = RawFile { path: path.to_owned(), content: RawContent::Bytes(content.to_vec()) };
    ready::open(FileId(0), file).trees()
}
