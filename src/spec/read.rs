//! The files of a project to documents, with every problem on the way.

mod adopt;
mod environment;
mod extend;
mod library;
mod mapping;
mod outline;
mod portal_type;
mod ready;

pub use outline::{Outline, holds_documents, outline};

use super::catalogue::Catalogue;
use super::conform::{conform, is_null, shown};
use super::document::{SpecSet, TenantDoc, TenantSourceDoc};
use super::findings::Findings;
use super::grammar::{KINDS, LANGUAGE_VERSION};
use super::raw::{PROJECT_FILE, RawContent, RawFile};
use super::tree::{Content, Node};
use super::{lower, tenant_file};
use crate::diagnostic::{FileId, Finding, SourceMap, Span, Spanned, closest, only_close};
use adopt::Adoptions;
use extend::Overs;
use library::{Library, name_of};
use ready::{Document, Opened, Ready};
use std::collections::HashMap;
use std::sync::Arc;

/// Reads documents and, where the project names one, CSV files of tenants.
///
/// Collects every problem: a document that is broken hides nothing of the next one. What could be read of a
/// document with problems is in the set, so that references to it still resolve; nothing may be planned or
/// applied from a set that was read with errors.
pub fn read(files: Vec<RawFile>) -> (SpecSet, Vec<Finding>) {
    read_with(files, &Catalogue::default())
}

/// The same, where portals may adopt what a catalogue has.
pub fn read_with(files: Vec<RawFile>, catalogue: &Catalogue) -> (SpecSet, Vec<Finding>) {
    read_as(files, catalogue, None)
}

/// The same, with what differs in an environment. One that the project does not have changes nothing; that there is none of
/// that name is the caller's to say.
pub fn read_as(files: Vec<RawFile>, catalogue: &Catalogue, environment: Option<&str>) -> (SpecSet, Vec<Finding>) {
    let mut reading = Reading::new(catalogue);
    let files = reading.numbered(in_order(files));
    let opened = ready::opened(files, environment.is_none());
    let trees: Vec<_> = opened.into_iter().filter_map(|opened| reading.take(opened)).collect();
    let documents = trees.iter().map(|(_, documents)| documents.iter().filter(|one| one.is_written()).count());
    reading.set.read.files = trees.len();
    reading.set.read.documents = documents.sum();
    if let Some(finding) = version_too_new(&trees) {
        let set = SpecSet { sources: Arc::new(reading.sources), ..SpecSet::default() };
        return (set, vec![finding]);
    }
    let mut trees: Vec<_> =
        trees.into_iter().map(|(file, documents)| (file, reading.set_aside(file, documents))).collect();
    if let Some(environment) = environment {
        reading.lay_environment(environment, &mut trees);
        trees = ready::taken_over(trees);
    }
    for (file, documents) in trees {
        reading.findings.begin_file();
        for document in documents {
            reading.document(document);
        }
        reading.findings.end_file(file);
    }
    reading.adopted_modules();
    reading.of_types();
    reading.named_files();
    reading.project_is_there();
    reading.set.sources = Arc::new(reading.sources);
    (reading.set, reading.findings.into_inner())
}

/// The project file first, the others by their path, so that the same files always read the same.
fn in_order(mut files: Vec<RawFile>) -> Vec<RawFile> {
    files.sort_by(|a, b| (a.path != PROJECT_FILE, &a.path).cmp(&(b.path != PROJECT_FILE, &b.path)));
    files
}

struct Reading<'a> {
    sources: SourceMap,
    library: Library<'a>,
    adoptions: Adoptions,
    overs: Overs,
    set: SpecSet,
    findings: Findings,
    /// Where each document is named, by kind and name.
    names: HashMap<(&'static str, String), Span>,
    /// Files that are not YAML, to be read when the project names them; `false`: broken, and reported.
    others: HashMap<String, (FileId, bool)>,
    /// Paths the project names and that are not there.
    missing: Vec<String>,
    project_name: Option<Span>,
}

impl<'a> Reading<'a> {
    fn new(catalogue: &'a Catalogue) -> Self {
        Self {
            sources: SourceMap::default(),
            library: Library::new(catalogue),
            adoptions: Adoptions::default(),
            overs: Overs::default(),
            set: SpecSet::default(),
            findings: Findings::default(),
            names: HashMap::new(),
            others: HashMap::new(),
            missing: Vec::new(),
            project_name: None,
        }
    }

    /// The files that are there, each with what it is called in the sources.
    fn numbered(&mut self, files: Vec<RawFile>) -> Vec<(FileId, RawFile)> {
        let mut there = Vec::with_capacity(files.len());
        for file in files {
            match file.content {
                RawContent::Missing => self.missing.push(file.path),
                RawContent::PassedOver(why) => self.set.read.passed_over.push((file.path, why)),
                _ => there.push(file),
            }
        }
        (self.sources.next().0..).map(FileId).zip(there).collect()
    }

    /// Takes a file in; its documents, where it is YAML.
    fn take(&mut self, opened: Opened) -> Option<(FileId, Vec<Document>)> {
        let id = self.sources.add(opened.path.as_str(), opened.text);
        self.findings.append_file(opened.findings);
        if opened.documents.is_none() {
            self.others.insert(opened.path, (id, opened.is_readable));
        }
        Some((id, opened.documents?))
    }

    fn document(&mut self, document: Document) {
        match document {
            Document::Written(node) => self.written(&node),
            Document::Ready(ready) => self.ready(*ready),
        }
    }

    fn ready(&mut self, ready: Ready) {
        if ready.kind == "portal" {
            self.adopt(ready.name.as_ref().map(|(name, _)| name.as_str()), ready.modules.as_ref());
        }
        self.findings.append(ready.findings);
        if ready.name.is_none_or(|(name, span)| self.claim(ready.kind, name, span)) {
            self.set.keep(ready.lowered);
        }
    }

    fn written(&mut self, node: &Node) {
        // A document with nothing in it, such as one that only holds comments.
        if node.scalar().is_some_and(is_null) {
            return;
        }
        if !matches!(node.content, Content::Map(_)) {
            if !matches!(node.content, Content::Broken) {
                self.findings.push(
                    Finding::error("wrong-type", node.span, "a document must be a map with `kind` and `name`")
                        .hint("begin it with `kind:` and `name:`"),
                );
            }
            return;
        }
        let Some((kind, span)) = kind_of(node) else {
            self.findings.push(without_kind(node));
            return;
        };
        let Some((kind, record)) = KINDS.iter().find(|(known, _)| *known == kind) else {
            self.findings.push(unknown_kind(kind, span));
            return;
        };
        let expanded;
        let node = match *kind {
            "module" => return self.findings.push(library::not_first(span)),
            "portal" => {
                expanded = self.expanded(node);
                &expanded
            }
            _ if self.lies_over(kind, node) => return,
            _ => node,
        };
        conform(node, record, &mut self.findings);
        let is_first = self.is_first(kind, node);
        if *kind == "project" {
            self.project(node);
        } else if is_first {
            self.keep(kind, node);
        }
    }

    fn keep(&mut self, kind: &str, node: &Node) {
        if let Some(lowered) = ready::lowered(kind, node) {
            self.set.keep(lowered);
        }
    }

    fn is_first(&mut self, kind: &'static str, node: &Node) -> bool {
        match name_of(node) {
            Some((name, span)) if kind != "project" => self.claim(kind, name, span),
            _ => true,
        }
    }

    /// Whether no document of this kind had this name before.
    fn claim(&mut self, kind: &'static str, name: String, span: Span) -> bool {
        if let Some(first) = self.names.get(&(kind, name.clone())) {
            let message = format!("there is another {} named `{}`", kind.replace('_', " "), shown(&name));
            self.findings.push(
                Finding::error("duplicate-name", span, message)
                    .label(*first, "the other one")
                    .hint("rename or remove one of them"),
            );
            return false;
        }
        self.names.insert((kind, name), span);
        true
    }

    fn project(&mut self, node: &Node) {
        let at = node.entry("kind").map_or(node.span, |entry| entry.value.span);
        if let Some(first) = self.project_name {
            self.findings.push(
                Finding::error("duplicate-project", at, "there is another project document")
                    .label(first, "the other one")
                    .hint("keep one of them"),
            );
            return;
        }
        self.project_name = Some(at);
        if self.sources.file(at.file).path != PROJECT_FILE {
            self.findings.push(
                Finding::error("misplaced-project", at, format!("the project document belongs in `{PROJECT_FILE}`"))
                    .why("it says in which folders the other documents are, so it is looked for in one place"),
            );
        }
        self.set.project = lower::project(node);
    }

    fn project_is_there(&mut self) {
        if self.project_name.is_some() {
            return;
        }
        let file = self.sources.files().find(|(_, file)| file.path == PROJECT_FILE).map(|(id, _)| id);
        if file.is_some_and(|file| self.findings.concern(file)) {
            return;
        }
        self.findings.begin_file();
        self.findings.push(
            Finding::error(
                "missing-project",
                file.map(Span::file_start),
                format!("`{PROJECT_FILE}` holds no project document"),
            )
            .hint("add `version: 1`, `kind: project` and `name:`"),
        );
    }

    /// Reads the CSV files, and reports what the project names and is not there.
    fn named_files(&mut self) {
        let Some(mut project) = self.set.project.take() else { return };
        self.findings.begin_file();
        for folder in project.specs.iter().filter(|folder| self.missing.contains(&folder.value)) {
            self.findings.push(missing_file("folder", folder));
        }
        for source in &mut project.tenants {
            let TenantSourceDoc::Csv(source) = source else { continue };
            match self.others.get(&source.path.value) {
                Some((file, true)) => {
                    let content = Arc::clone(&self.sources.file(*file).text);
                    self.findings.begin_file();
                    let file = *file;
                    let tenants = tenant_file::tenants(&content, file, &mut self.findings);
                    let is_first = |tenant: &TenantDoc| {
                        self.claim("tenant", tenant.name.value.as_str().to_owned(), tenant.name.span)
                    };
                    source.tenants = tenants.into_iter().filter(is_first).collect();
                    self.findings.end_file(file);
                }
                Some((_, false)) => {}
                None => self.findings.push(missing_file("file", &source.path)),
            }
        }
        self.set.project = Some(project);
    }
}

fn missing_file(what: &str, path: &Spanned<String>) -> Finding {
    Finding::error("missing-file", path.span, format!("there is no {what} `{}` in the project", shown(&path.value)))
        .hint("paths are relative to the project folder")
}

fn kind_of(node: &Node) -> Option<(&str, Span)> {
    let kind = node.get("kind")?;
    kind.scalar().map(|scalar| (scalar.text.as_str(), kind.span))
}

fn kinds() -> String {
    KINDS.iter().map(|(kind, _)| format!("`{kind}`")).collect::<Vec<_>>().join(", ")
}

fn without_kind(node: &Node) -> Finding {
    if let Some(kind) = node.get("kind") {
        return Finding::error("wrong-type", kind.span, format!("`kind` must be one of {}", kinds()));
    }
    let finding = |at: Span| Finding::error("missing-key", at, "a document needs `kind`");
    if let Some(slip) = node.entries().iter().find(|entry| closest(&entry.key.value, ["kind"]).is_some()) {
        return finding(slip.key.span).hint(format!("did you mean `kind` by `{}`?", shown(&slip.key.value)));
    }
    finding(node.entries().first().map_or(node.span, |entry| entry.key.span)).hint(format!(
        "add `kind:`, one of {}; where the file is none of the project's, name the folders with documents in `specs`",
        kinds()
    ))
}

fn unknown_kind(kind: &str, span: Span) -> Finding {
    let finding = Finding::error("unknown-kind", span, format!("there is no kind of document `{}`", shown(kind)));
    match closest(kind, KINDS.iter().map(|(kind, _)| *kind)) {
        Some(near) => {
            let finding = finding.why(format!("the kinds are {}", kinds())).hint(format!("did you mean `{near}`?"));
            // Documents of these kinds say what there is, and give nobody anything.
            let is_sure = only_close(kind, KINDS.iter().map(|(kind, _)| *kind)).is_some();
            match is_sure && ["access_test", "object", "page"].contains(&near) {
                true => finding.replacing(kind, near),
                false => finding,
            }
        }
        None => finding.hint(format!("the kinds are {}", kinds())),
    }
}

/// A project of a newer language, of which nothing else can be said.
fn version_too_new(trees: &[(FileId, Vec<Document>)]) -> Option<Finding> {
    let projects = trees
        .iter()
        .flat_map(|(_, documents)| documents)
        .filter_map(Document::node)
        .filter(|node| kind_of(node).is_some_and(|(kind, _)| kind == "project"));
    for version in projects.filter_map(|project| project.get("version")) {
        let written = version.scalar().and_then(|scalar| scalar.text.parse::<u64>().ok());
        if let Some(newer) = written.filter(|written| *written > u64::from(LANGUAGE_VERSION)) {
            return Some(
                Finding::error(
                    "version-too-new",
                    version.span,
                    format!("this project is written in version {newer} of the language"),
                )
                .why(format!("this portalctl reads version {LANGUAGE_VERSION}, and could misread what is newer"))
                .hint("use a newer portalctl"),
            );
        }
    }
    None
}
