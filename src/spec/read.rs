//! The files of a project to documents, with every problem on the way.

mod adopt;
mod environment;
mod extend;
mod library;
mod mapping;
mod portal_type;

use super::catalogue::Catalogue;
use super::conform::{conform, is_null, shown};
use super::document::{ReadDocs, SpecSet, TenantDoc, TenantSourceDoc};
use super::findings::Findings;
use super::grammar::{KINDS, LANGUAGE_VERSION};
use super::raw::{PROJECT_FILE, RawContent, RawFile};
use super::tree::{self, Content, Node};
use super::{lower, tenant_file, text};
use crate::diagnostic::{FileId, Finding, SourceMap, Span, Spanned, closest, only_close};
use adopt::Adoptions;
use extend::Overs;
use library::Library;
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
    let mut trees = Vec::new();
    for file in in_order(files) {
        trees.extend(reading.file(file));
    }
    let is_written = |node: &&Node| !node.scalar().is_some_and(is_null);
    let documents = trees.iter().map(|(_, documents)| documents.iter().filter(is_written).count());
    reading.set.read = ReadDocs { files: trees.len(), documents: documents.sum() };
    if let Some(finding) = version_too_new(&trees) {
        let set = SpecSet { sources: Arc::new(reading.sources), ..SpecSet::default() };
        return (set, vec![finding]);
    }
    let mut trees: Vec<_> =
        trees.into_iter().map(|(file, documents)| (file, reading.set_aside(file, documents))).collect();
    if let Some(environment) = environment {
        reading.lay_environment(environment, &mut trees);
    }
    for (file, documents) in &trees {
        reading.findings.begin_file();
        for document in documents {
            reading.document(document);
        }
        reading.findings.end_file(*file);
    }
    reading.adopted_modules();
    reading.of_types();
    reading.named_files();
    reading.project_is_there();
    reading.set.sources = Arc::new(reading.sources);
    (reading.set, reading.findings.into_inner())
}

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
    let catalogue = Catalogue::default();
    let mut reading = Reading::new(&catalogue);
    let content = RawContent::Bytes(project_file.to_vec());
    let trees = reading.file(RawFile { path: PROJECT_FILE.to_owned(), content });
    let is_project = |node: &&Node| kind_of(node).is_some_and(|(kind, _)| kind == "project");
    let documents = trees.map(|(_, documents)| documents).unwrap_or_default();
    let Some(project) = documents.iter().find(is_project).and_then(lower::project) else {
        return Outline::default();
    };
    let inside =
        |path: &Spanned<String>| (super::grammar::word::PATH.check)(&path.value).is_ok().then(|| path.value.clone());
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
    let catalogue = Catalogue::default();
    let mut reading = Reading::new(&catalogue);
    let file = RawFile { path: "beside.yaml".to_owned(), content: RawContent::Bytes(content.to_vec()) };
    let documents = reading.file(file).map(|(_, documents)| documents).unwrap_or_default();
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
    let is_meant = |word: &str| word.len() == "kind".len() && closest(word, ["kind"]).is_some();
    words.next().is_some_and(is_meant) && words.next().is_some_and(is_ours)
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

    fn file(&mut self, file: RawFile) -> Option<(FileId, Vec<Node>)> {
        if file.content == RawContent::Missing {
            self.missing.push(file.path);
            return None;
        }
        let (id, is_readable) = text::decode(&file.path, file.content, &mut self.sources, &mut self.findings);
        let is_yaml = file.path.ends_with(".yaml") || file.path.ends_with(".yml");
        if !is_yaml {
            self.others.insert(file.path, (id, is_readable));
            return None;
        }
        let content = Arc::clone(&self.sources.file(id).text);
        let documents = if is_readable { tree::documents(&content, id, &mut self.findings) } else { Vec::new() };
        self.findings.end_file(id);
        Some((id, documents))
    }

    fn document(&mut self, node: &Node) {
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
        match kind {
            "object" => self.set.objects.extend(lower::object(node)),
            "permission_set" => self.set.permission_sets.extend(lower::permission_set(node)),
            "portal" => self.set.portals.extend(lower::portal(node)),
            "page" => self.set.pages.extend(lower::page(node)),
            "tenant" => self.set.tenants.extend(lower::tenant(node)),
            "access_test" => self.set.access_tests.extend(lower::access_test(node)),
            _ => {}
        }
    }

    fn is_first(&mut self, kind: &'static str, node: &Node) -> bool {
        let name = node.get("name").and_then(|name| Some((name.scalar()?.text.clone(), name.span)));
        match name {
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
    let at = node.entries().first().map_or(node.span, |entry| entry.key.span);
    Finding::error("missing-key", at, "a document needs `kind`").hint(format!(
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
fn version_too_new(trees: &[(FileId, Vec<Node>)]) -> Option<Finding> {
    let projects = trees
        .iter()
        .flat_map(|(_, documents)| documents)
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
