//! Files and documents as far as each can be read by itself, so that several are read at a time.

use super::super::conform::{conform, is_null};
use super::super::document::{AccessTestDoc, ObjectDoc, PageDoc, PermissionSetDoc, PortalDoc, SpecSet, TenantDoc};
use super::super::findings::Findings;
use super::super::grammar::{KINDS, OVER, Record};
use super::super::raw::{RawContent, RawFile};
use super::super::tree::{self, Content, Node};
use super::super::{lower, text};
use super::kind_of;
use super::library::name_of;
use crate::diagnostic::{FileId, Span};
use crate::parallel::{self, Share};
use std::sync::Arc;

/// Less is read sooner than a thread is started.
const WORTH_SHARING: usize = 32 << 10;
/// Files at a time.
const FILES: usize = 8;

/// A file as read, before its documents know of others.
pub(super) struct Opened {
    pub(super) path: String,
    pub(super) text: Arc<str>,
    pub(super) is_readable: bool,
    /// `None`: it is no YAML file.
    pub(super) documents: Option<Vec<Document>>,
    pub(super) findings: Findings,
}

pub(super) enum Document {
    /// What it comes to depends on other documents.
    Written(Node),
    Ready(Box<Ready>),
}

/// A document that was held against the language's tables, and taken over from its tree.
pub(super) struct Ready {
    pub(super) kind: &'static str,
    pub(super) name: Option<(String, Span)>,
    /// The modules that a portal names.
    pub(super) modules: Option<Node>,
    pub(super) lowered: Lowered,
    pub(super) findings: Findings,
}

pub(super) enum Lowered {
    Object(ObjectDoc),
    PermissionSet(PermissionSetDoc),
    Portal(PortalDoc),
    Page(PageDoc),
    Tenant(TenantDoc),
    AccessTest(AccessTestDoc),
}

impl Document {
    /// Whether something is written in it.
    pub(super) fn is_written(&self) -> bool {
        match self {
            Self::Written(node) => !node.scalar().is_some_and(is_null),
            Self::Ready(_) => true,
        }
    }

    /// The tree of one that is not taken over yet.
    pub(super) fn node(&self) -> Option<&Node> {
        if let Self::Written(node) = self { Some(node) } else { None }
    }

    pub(super) fn node_mut(&mut self) -> Option<&mut Node> {
        if let Self::Written(node) = self { Some(node) } else { None }
    }

    pub(super) fn into_node(self) -> Option<Node> {
        if let Self::Written(node) = self { Some(node) } else { None }
    }
}

/// Reads each file. Where nothing is laid over the documents of all, those that need no other are taken over at once, and
/// their trees are gone before the next file is read.
pub(super) fn opened(files: Vec<(FileId, RawFile)>, at_once: bool) -> Vec<Opened> {
    let bytes =
        files.iter().map(|(_, file)| if let RawContent::Bytes(bytes) = &file.content { bytes.len() } else { 0 }).sum();
    parallel::map(files, share(bytes), |(id, file)| {
        let mut opened = open(id, file);
        if at_once {
            opened.documents = opened.documents.map(each_taken_over);
        }
        opened
    })
}

fn share(bytes: usize) -> Share {
    if bytes < WORTH_SHARING { Share::Alone } else { Share::Pieces(FILES) }
}

pub(super) fn open(id: FileId, file: RawFile) -> Opened {
    let mut findings = Findings::default();
    let (text, is_readable) = text::read(&file.path, file.content, id, &mut findings);
    let is_yaml = file.path.ends_with(".yaml") || file.path.ends_with(".yml");
    let documents = is_yaml.then(|| {
        let documents = if is_readable { tree::documents(&text, id, &mut findings) } else { Vec::new() };
        findings.end_file(id);
        documents.into_iter().map(Document::Written).collect()
    });
    Opened { path: file.path, text, is_readable, documents, findings }
}

/// The documents of files, those that need no other taken over.
pub(super) fn taken_over(files: Vec<(FileId, Vec<Document>)>) -> Vec<(FileId, Vec<Document>)> {
    let share = if files.len() < FILES { Share::Alone } else { Share::Pieces(FILES) };
    parallel::map(files, share, |(file, documents)| (file, each_taken_over(documents)))
}

fn each_taken_over(documents: Vec<Document>) -> Vec<Document> {
    // The first makes all of them part of it.
    let first = documents.first().and_then(Document::node).and_then(kind_of);
    if first.is_some_and(|(kind, _)| kind == "module") {
        return documents;
    }
    let one = |document| match document {
        Document::Written(node) => match ready(&node) {
            Some(ready) => Document::Ready(Box::new(ready)),
            None => Document::Written(node),
        },
        done @ Document::Ready(_) => done,
    };
    documents.into_iter().map(one).collect()
}

/// `None`: it is wrong as a whole, the project's, a module's or a type's, or lies over another.
fn ready(node: &Node) -> Option<Ready> {
    if !matches!(node.content, Content::Map(_)) {
        return None;
    }
    let (written, _) = kind_of(node)?;
    let (kind, record): &(&'static str, &'static Record) = KINDS.iter().find(|(known, _)| *known == written)?;
    let lies_over = OVER.contains(&(*kind, "extends")) && node.get("extends").is_some();
    if lies_over || (*kind == "portal" && node.get("type").is_some()) {
        return None;
    }
    let lowered = lowered(kind, node)?;
    let mut findings = Findings::default();
    conform(node, record, &mut findings);
    let modules = node.get("modules").filter(|_| *kind == "portal").cloned();
    Some(Ready { kind, name: name_of(node), modules, lowered, findings })
}

/// What a document says; `None` where it is of a kind that is kept elsewhere, or too little is left of it.
pub(super) fn lowered(kind: &str, node: &Node) -> Option<Lowered> {
    Some(match kind {
        "object" => Lowered::Object(lower::object(node)?),
        "permission_set" => Lowered::PermissionSet(lower::permission_set(node)?),
        "portal" => Lowered::Portal(lower::portal(node)?),
        "page" => Lowered::Page(lower::page(node)?),
        "tenant" => Lowered::Tenant(lower::tenant(node)?),
        "access_test" => Lowered::AccessTest(lower::access_test(node)?),
        _ => return None,
    })
}

impl Opened {
    /// Those of its documents that are no more than read.
    pub(super) fn trees(self) -> Vec<Node> {
        self.documents.into_iter().flatten().filter_map(Document::into_node).collect()
    }
}

impl SpecSet {
    pub(super) fn keep(&mut self, lowered: Lowered) {
        match lowered {
            Lowered::Object(doc) => self.objects.push(doc),
            Lowered::PermissionSet(doc) => self.permission_sets.push(doc),
            Lowered::Portal(doc) => self.portals.push(doc),
            Lowered::Page(doc) => self.pages.push(doc),
            Lowered::Tenant(doc) => self.tenants.push(doc),
            Lowered::AccessTest(doc) => self.access_tests.push(doc),
        }
    }
}
