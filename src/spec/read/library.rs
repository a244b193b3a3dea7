//! Modules and types, those of the catalogue and those of the project: read when a portal asks for them, once.

use super::super::catalogue::{self, Catalogue};
use super::super::conform::{conform, shown};
use super::super::grammar::{MODULE, TYPE};
use super::super::raw::RawContent;
use super::super::text;
use super::super::tree::{self, Node};
use super::ready::Document;
use super::{Reading, kind_of};
use crate::diagnostic::{FileId, Finding, Span, closest, only_close};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// The documents of one module's file.
pub(super) struct Module {
    pub(super) file: FileId,
    /// The document of kind `module`.
    pub(super) head: Node,
    pub(super) documents: Vec<Node>,
}

pub(super) struct Library<'a> {
    catalogue: &'a Catalogue,
    /// The project's own, and those of the catalogue that were asked for.
    modules: BTreeMap<String, Rc<Module>>,
    types: BTreeMap<String, Rc<Node>>,
}

impl<'a> Library<'a> {
    pub(super) fn new(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, modules: BTreeMap::new(), types: BTreeMap::new() }
    }

    pub(super) fn has_module(&self, name: &str) -> bool {
        self.modules.contains_key(name) || self.catalogue.modules.contains_key(name)
    }

    /// One that was asked for.
    pub(super) fn module(&self, name: &str) -> Option<Rc<Module>> {
        self.modules.get(name).map(Rc::clone)
    }

    /// What the documents of a module are called; told without reading one that nothing asks for.
    pub(super) fn names_in(&self, module: &str) -> Vec<String> {
        if let Some(module) = self.modules.get(module) {
            return module.documents.iter().filter_map(|node| Some(name_of(node)?.0)).collect();
        }
        let Some(text) = self.catalogue.modules.get(module) else { return Vec::new() };
        text.lines().filter_map(|line| line.strip_prefix("name:")).map(|name| name.trim().to_owned()).collect()
    }

    /// Whether a module that was asked for needs another.
    pub(super) fn needs(&self, module: &str, other: &str) -> bool {
        let needs = self.modules.get(module).and_then(|module| module.head.get("needs"));
        needs.map_or(&[][..], Node::items).iter().filter_map(Node::scalar).any(|need| need.text == other)
    }

    pub(super) fn unknown_module(&self, name: &str, span: Span) -> Finding {
        let known = self.modules.keys().chain(self.catalogue.modules.keys());
        unknown("unknown-module", "module", name, span, known)
    }

    fn unknown_type(&self, name: &str, span: Span) -> Finding {
        unknown("unknown-type", "type", name, span, self.type_names())
    }

    fn type_names(&self) -> impl Iterator<Item = &String> + Clone {
        self.types.keys().chain(self.catalogue.types.keys())
    }
}

fn unknown<'n>(
    id: &'static str,
    what: &str,
    name: &str,
    span: Span,
    known: impl Iterator<Item = &'n String> + Clone,
) -> Finding {
    let finding = Finding::error(id, span, format!("there is no {what} `{}`", shown(name)));
    match closest(name, known.map(String::as_str)) {
        Some(near) => finding.hint(format!("did you mean `{near}`?")),
        None => finding.hint(format!("`portalctl schema {what}` says how one of the project's own is written")),
    }
}

impl Reading<'_> {
    /// Takes the project's own modules and types out of the documents of a file.
    pub(super) fn set_aside(&mut self, file: FileId, documents: Vec<Document>) -> Vec<Document> {
        self.findings.begin_file();
        let is_of = |node: &Node, kind: &str| kind_of(node).is_some_and(|(written, _)| written == kind);
        let is_module = documents.first().and_then(Document::node).is_some_and(|first| is_of(first, "module"));
        let mut others = Vec::new();
        if is_module {
            let mut trees = documents.into_iter().filter_map(Document::into_node);
            if let Some(head) = trees.next() {
                self.own_module(Module { file, head, documents: trees.collect() });
            }
        } else {
            for document in documents {
                match document {
                    Document::Written(node) if is_of(&node, "type") => self.own_type(node),
                    other => others.push(other),
                }
            }
        }
        self.findings.end_file(file);
        others
    }

    fn own_module(&mut self, module: Module) {
        conform(&module.head, &MODULE, &mut self.findings);
        let Some((name, span)) = name_of(&module.head) else { return };
        if self.library.catalogue.modules.contains_key(&name) {
            self.findings.push(of_the_catalogue("module", &name, span));
        } else if self.claim("module", name.clone(), span) {
            self.library.modules.insert(name, Rc::new(module));
        }
    }

    fn own_type(&mut self, node: Node) {
        conform(&node, &TYPE, &mut self.findings);
        self.check_type(&node);
        let Some((name, span)) = name_of(&node) else { return };
        if self.library.catalogue.types.contains_key(&name) {
            self.findings.push(of_the_catalogue("type", &name, span));
        } else if self.claim("type", name.clone(), span) {
            self.library.types.insert(name, Rc::new(node));
        }
    }

    /// The module, read if it has not been; `None` where there is none of that name.
    pub(super) fn module(&mut self, name: &str) -> Option<Rc<Module>> {
        if let Some(module) = self.library.module(name) {
            return Some(module);
        }
        let text = self.library.catalogue.modules.get(name)?;
        let (file, mut documents) = self.of_catalogue("modules", name, text);
        let rest = if documents.is_empty() { Vec::new() } else { documents.split_off(1) };
        let module = Rc::new(Module { file, head: documents.pop()?, documents: rest });
        conform(&module.head, &MODULE, &mut self.findings);
        self.library.modules.insert(name.to_owned(), Rc::clone(&module));
        Some(module)
    }

    /// The type, or the one that must have been meant; a finding at `span` where there is none of that name.
    pub(super) fn portal_type(&mut self, name: &str, span: Span) -> Option<Rc<Node>> {
        if let Some(node) = self.library.types.get(name) {
            return Some(Rc::clone(node));
        }
        let Some(text) = self.library.catalogue.types.get(name) else {
            self.findings.push(self.library.unknown_type(name, span));
            // Where one alone can be meant the rest is read as of that, so that one slip is one finding.
            let meant = only_close(name, self.library.type_names().map(String::as_str))?.to_owned();
            return self.portal_type(&meant, span);
        };
        let (_, documents) = self.of_catalogue("types", name, text);
        let node = Rc::new(documents.into_iter().next()?);
        conform(&node, &TYPE, &mut self.findings);
        self.check_type(&node);
        self.library.types.insert(name.to_owned(), Rc::clone(&node));
        Some(node)
    }

    fn of_catalogue(&mut self, folder: &str, name: &str, text: &str) -> (FileId, Vec<Node>) {
        let path = catalogue::shown_path(folder, name);
        let content = RawContent::Bytes(text.as_bytes().to_vec());
        let (file, is_readable) = text::decode(&path, content, &mut self.sources, &mut self.findings);
        let text = Arc::clone(&self.sources.file(file).text);
        (file, if is_readable { tree::documents(&text, file, &mut self.findings) } else { Vec::new() })
    }
}

/// A document's name and where it stands.
pub(super) fn name_of(node: &Node) -> Option<(String, Span)> {
    let name = node.get("name")?;
    Some((name.scalar()?.text.clone(), name.span))
}

fn of_the_catalogue(what: &str, name: &str, span: Span) -> Finding {
    Finding::error("name-of-the-catalogue", span, format!("the catalogue has a {what} `{}`", shown(name)))
        .why("nobody could tell which of the two a portal means")
        .hint("give it another name")
}

pub(super) fn not_first(span: Span) -> Finding {
    Finding::error("misplaced-document", span, "a module is the first document of its file")
        .why("all other documents of that file belong to it")
        .hint("give the module a file of its own")
}
