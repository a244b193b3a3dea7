//! Which modules count: those that portals adopt, with all that these need.

use super::super::conform::describe::a;
use super::super::conform::{conform, is_null, shown};
use super::super::document::ModuleDoc;
use super::super::grammar::KINDS;
use super::super::lower;
use super::super::merge::is_same;
use super::super::tree::{Content, Node};
use super::library::{Module, name_of};
use super::{Reading, kind_of, mapping, without_kind};
use crate::diagnostic::{FileId, Finding, Span, Spanned, closest};
use crate::names::{ModuleName, ObjectName, PortalName};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Kinds of which a module may have documents.
const OF_MODULES: &[&str] = &["object", "permission_set", "page"];

#[derive(Default)]
pub(super) struct Adoptions {
    modules: IndexMap<String, Adopted>,
    /// Files of modules, whose documents give way to none of the project's.
    files: BTreeSet<FileId>,
}

#[derive(Default)]
struct Adopted {
    portals: Vec<PortalName>,
    /// Those that name it themselves, and where.
    chosen: Vec<(PortalName, Span)>,
    /// What the first portal that maps it says, and where.
    map: Option<(Node, Span)>,
}

/// One entry of a list of modules.
struct Entry<'n> {
    name: &'n str,
    span: Span,
    map: Option<&'n Node>,
}

fn entries(list: Option<&Node>) -> Vec<Entry<'_>> {
    let mut all = Vec::new();
    for item in list.map_or(&[][..], Node::items) {
        match &item.content {
            Content::Scalar(name) if !is_null(name) => all.push(Entry { name: &name.text, span: item.span, map: None }),
            Content::Map(maps) => all.extend(maps.iter().map(|entry| Entry {
                name: &entry.key.value,
                span: entry.key.span,
                map: Some(&entry.value),
            })),
            _ => {}
        }
    }
    all
}

impl Reading<'_> {
    /// The modules that a portal has with this list, needed ones included.
    pub(super) fn adopt(&mut self, portal: Option<&str>, list: Option<&Node>) -> BTreeSet<String> {
        let mut on = BTreeSet::new();
        let mut next: Vec<String> = Vec::new();
        for entry in entries(list) {
            if !self.library.has_module(entry.name) {
                self.findings.push(self.library.unknown_module(entry.name, entry.span));
                continue;
            }
            next.push(entry.name.to_owned());
            if let Some(portal) = portal {
                let adopted = self.adoptions.modules.entry(entry.name.to_owned()).or_default();
                adopted.chosen.push((PortalName::new(portal), entry.span));
            }
            if let Some(map) = entry.map {
                self.map(entry.name, map, entry.span);
            }
        }
        while let Some(name) = next.pop() {
            if on.contains(&name) {
                continue;
            }
            // What is needed and not there is reported with the module that needs it.
            let Some(module) = self.module(&name) else { continue };
            next.extend(needs(&module).map(|(need, _)| need.to_owned()));
            if let Some(portal) = portal {
                self.adoptions.modules.entry(name.clone()).or_default().portals.push(PortalName::new(portal));
            }
            on.insert(name);
        }
        on
    }

    /// Tables hold the rows of a module for all portals, so these must say the same of them.
    fn map(&mut self, module: &str, map: &Node, span: Span) {
        let adopted = self.adoptions.modules.entry(module.to_owned()).or_default();
        match &adopted.map {
            None => adopted.map = Some((map.clone(), span)),
            Some((first, _)) if is_same(first, map) => {}
            Some((_, other)) => self.findings.push(
                Finding::error("conflicting-maps", span, format!("`{}` is mapped in two ways", shown(module)))
                    .why("the rows of a module lie in one place, whichever portal shows them")
                    .label(*other, "the other one")
                    .hint(format!("write the same here, or `{}` alone", shown(module))),
            ),
        }
    }

    /// Brings in what the adopted modules hold, as if the project had written it.
    pub(super) fn adopted_modules(&mut self) {
        let adopted = std::mem::take(&mut self.adoptions.modules);
        let modules: Vec<(String, Adopted, Rc<Module>)> = adopted
            .into_iter()
            .filter_map(|(name, adopted)| self.module(&name).map(|module| (name, adopted, module)))
            .collect();
        self.adoptions.files = modules.iter().map(|(_, _, module)| module.file).collect();
        let mut maps = mapping::Maps::default();
        for (name, adopted, module) in &modules {
            if let Some((map, _)) = &adopted.map {
                maps.add(name, map, &objects(module), &mut self.findings);
            }
        }
        let first = self.set.objects.len();
        for (name, adopted, module) in modules {
            let pages = self.set.pages.len();
            self.findings.begin_file();
            self.adopted(&name, &module, &maps);
            self.findings.end_file(module.file);
            for page in self.set.pages.iter_mut().skip(pages).filter(|page| page.portal.is_none()) {
                page.portals.clone_from(&adopted.portals);
            }
            let doc = lower::module(&module.head);
            let objects: Vec<ObjectName> = objects(&module).into_iter().map(ObjectName::new).collect();
            self.set.modules.extend(doc.map(|doc| ModuleDoc {
                name: Spanned::new(ModuleName::new(name), doc.name.span),
                portals: adopted.portals,
                chosen: adopted.chosen,
                maps: maps.of(&objects),
                objects,
                ..doc
            }));
        }
        maps.columns(self.set.objects.get_mut(first..).unwrap_or_default(), &mut self.findings);
        self.unused_overs();
        self.circles();
    }

    fn adopted(&mut self, name: &str, module: &Module, maps: &mapping::Maps) {
        for (need, span) in needs(module).filter(|(need, _)| !self.library.has_module(need)).collect::<Vec<_>>() {
            self.findings.push(self.library.unknown_module(need, span));
        }
        self.entries_of(name, module);
        for node in &module.documents {
            if !node.scalar().is_some_and(is_null) {
                self.of_module(name, node, maps);
            }
        }
    }

    /// A module speaks for its own objects; what else a menu leads to is the portal's to say.
    fn entries_of(&mut self, name: &str, module: &Module) {
        let own = objects(module);
        for entry in module.head.get("navigation").map_or(&[][..], Node::items) {
            let Some(written) = entry.scalar().filter(|written| !own.contains(&written.text)) else { continue };
            let message = format!("the module `{}` has no object `{}`", shown(name), shown(&written.text));
            let finding = Finding::error("unknown-document", entry.span, message);
            self.findings.push(match closest(&written.text, own.iter().map(String::as_str)) {
                Some(near) => finding.hint(format!("did you mean `{near}`?")),
                None => finding.hint("a portal puts anything else into its menu with `+navigation:`"),
            });
        }
    }

    fn of_module(&mut self, module: &str, node: &Node, maps: &mapping::Maps) {
        if matches!(node.content, Content::Broken) {
            return;
        }
        let Some((kind, at)) = kind_of(node) else { return self.findings.push(without_kind(node)) };
        let Some((kind, record)) = KINDS.iter().find(|(known, _)| *known == kind && OF_MODULES.contains(known)) else {
            let message = format!("a module has no documents of kind `{}`", shown(kind));
            self.findings.push(
                Finding::error("misplaced-document", at, message)
                    .why("the first document of this file makes all others part of a module")
                    .hint(format!("move it to another file; a module has {}", words(OF_MODULES))),
            );
            return;
        };
        let called = name_of(node);
        let own = called.as_ref().and_then(|(name, _)| self.over(module, kind, name, node, record));
        let node = own.as_ref().unwrap_or(node);
        let mapped = called.as_ref().filter(|_| *kind == "object").and_then(|(name, _)| maps.table(name, node));
        let node = mapped.as_ref().unwrap_or(node);
        conform(node, record, &mut self.findings);
        let is_free = called.is_none_or(|(name, span)| self.is_free(module, kind, name, span));
        if is_free {
            self.keep(kind, node);
        }
    }

    /// Whether nothing else has the name; the project's own document is where it is said.
    fn is_free(&mut self, module: &str, kind: &'static str, name: String, span: Span) -> bool {
        let Some(first) = self.names.get(&(kind, name.clone())).copied() else {
            self.names.insert((kind, name), span);
            return true;
        };
        let what = kind.replace('_', " ");
        let (module, name) = (shown(module), shown(&name));
        let finding = if self.adoptions.files.contains(&first.file) {
            Finding::error("duplicate-name", span, format!("there is another {what} named `{name}`"))
                .label(first, "the other one")
                .hint("adopt one of the two modules, or rename it where it is the project's own")
        } else {
            Finding::error("duplicate-name", first, format!("the module `{module}` has {} named `{name}`", a(&what)))
                .label(span, "the module's")
                .hint(format!("write `extends: {module}/{name}` to change the module's, or rename this one"))
        };
        self.findings.push(finding);
        false
    }

    /// Modules that need each other, by however many steps.
    fn circles(&mut self) {
        let modules: BTreeMap<String, Rc<Module>> = self
            .set
            .modules
            .iter()
            .filter_map(|doc| Some((doc.name.value.to_string(), self.library.module(doc.name.value.as_str())?)))
            .collect();
        let needs: BTreeMap<&str, Vec<(&str, Span)>> =
            modules.iter().map(|(name, module)| (name.as_str(), needs(module).collect())).collect();
        for (name, need, span) in closing(&needs) {
            let message = format!("`{}` needs `{}`, which leads back to it", shown(name), shown(need));
            self.findings.push(Finding::error("circular-needs", span, message).hint("remove one of the needs"));
        }
    }
}

/// The needs that lead back to a module on whose account they are followed.
fn closing<'n>(needs: &BTreeMap<&'n str, Vec<(&'n str, Span)>>) -> Vec<(&'n str, &'n str, Span)> {
    let mut closing = Vec::new();
    // `true`: it is being followed.
    let mut met: BTreeMap<&str, bool> = BTreeMap::new();
    for root in needs.keys() {
        let mut path = Vec::new();
        if met.insert(root, true).is_none() {
            path.push((*root, 0));
        } else {
            met.insert(root, false);
        }
        while let Some((name, at)) = path.last_mut() {
            let Some((need, span)) = needs.get(name).and_then(|needs| needs.get(*at)).copied() else {
                met.insert(name, false);
                path.pop();
                continue;
            };
            *at += 1;
            match met.get(need) {
                Some(true) => closing.push((*name, need, span)),
                Some(false) => {}
                None => {
                    met.insert(need, true);
                    path.push((need, 0));
                }
            }
        }
    }
    closing
}

/// The modules that one needs, and where it says so.
fn needs(module: &Module) -> impl Iterator<Item = (&str, Span)> {
    let listed = module.head.get("needs").map_or(&[][..], Node::items);
    listed.iter().filter_map(|need| Some((need.scalar()?.text.as_str(), need.span)))
}

fn objects(module: &Module) -> Vec<String> {
    let is_object = |node: &&Node| kind_of(node).is_some_and(|(kind, _)| kind == "object");
    module.documents.iter().filter(is_object).filter_map(|node| Some(name_of(node)?.0)).collect()
}

fn words(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
