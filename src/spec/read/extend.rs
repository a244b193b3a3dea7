//! Documents that lie over one of a module: `extends: <module>/<name>`.

use super::super::conform::shown;
use super::super::grammar::{OVER, Record, Rule, word};
use super::super::merge::merge;
use super::super::tree::{Content, Entry, Node};
use super::Reading;
use super::library::name_of;
use crate::diagnostic::{Finding, Span, closest};
use std::collections::BTreeMap;

/// Those that were met, by module, kind and name.
#[derive(Default)]
pub(super) struct Overs {
    all: BTreeMap<(String, &'static str, String), Over>,
}

struct Over {
    node: Node,
    /// Where it says what it extends.
    span: Span,
    is_used: bool,
}

impl Reading<'_> {
    /// Keeps a document that extends another until that one is read.
    pub(super) fn lies_over(&mut self, kind: &'static str, node: &Node) -> bool {
        if !OVER.contains(&(kind, "extends")) {
            return false;
        }
        let Some(extends) = node.get("extends") else { return false };
        let Some((module, name)) = extends.scalar().and_then(|scalar| scalar.text.split_once('/')) else {
            return false;
        };
        if (word::EXTENDED.check)(&format!("{module}/{name}")).is_err() {
            return false;
        }
        if let Some((written, span)) = name_of(node).filter(|(written, _)| written != name) {
            let message = format!("this document is called `{}` and extends `{name}`", shown(&written));
            self.findings.push(
                Finding::error("conflicting-keys", span, message)
                    .label(extends.span, "what it extends")
                    .hint(format!("write `name: {name}`, or leave it out")),
            );
        }
        let key = (module.to_owned(), kind, name.to_owned());
        if let Some(first) = self.overs.all.get(&key) {
            let message = format!("another document extends `{module}/{name}`");
            self.findings.push(
                Finding::error("duplicate-name", extends.span, message)
                    .label(first.span, "the other one")
                    .hint("make one of the two"),
            );
        } else {
            self.overs.all.insert(key, Over { node: node.clone(), span: extends.span, is_used: false });
        }
        true
    }

    /// What the project makes of a document of a module; `None`: nothing else.
    pub(super) fn over(
        &mut self,
        module: &str,
        kind: &'static str,
        name: &str,
        base: &Node,
        record: &Record,
    ) -> Option<Node> {
        let over = self.overs.all.get_mut(&(module.to_owned(), kind, name.to_owned()))?;
        over.is_used = true;
        unknown_fields(module, name, base, &mut over.node).into_iter().for_each(|finding| self.findings.push(finding));
        let base = giving_way(base, &over.node, record);
        let mut merged = merge(&base, &over.node, &mut self.findings);
        if let Content::Map(entries) = &mut merged.content {
            // It is the module's name that the document keeps.
            for entry in entries.iter_mut().filter(|entry| entry.key.value == "name") {
                if let Some(kept) = base.get("name") {
                    entry.value = kept.clone();
                }
            }
        }
        Some(merged)
    }

    /// Reports documents that extend what is not there.
    pub(super) fn unused_overs(&mut self) {
        for ((module, kind, name), over) in std::mem::take(&mut self.overs.all) {
            if over.is_used {
                continue;
            }
            let (written, what) = (shown(&module), kind.replace('_', " "));
            let finding = if !self.library.has_module(&module) {
                self.library.unknown_module(&module, over.span)
            } else if !self.set.modules.iter().any(|adopted| adopted.name.value.as_str() == module) {
                Finding::error("module-not-adopted", over.span, format!("no portal adopts the module `{written}`"))
                    .hint(format!("add `{written}` to the `modules` of a portal, or remove this document"))
            } else {
                let finding = Finding::error(
                    "unknown-document",
                    over.span,
                    format!("the module `{written}` has no {what} `{}`", shown(&name)),
                );
                let known = self.names_in(&module, kind);
                match closest(&name, known.iter().map(String::as_str)) {
                    Some(near) => finding.hint(format!("did you mean `{written}/{near}`?")),
                    None => finding.hint("remove `extends` where the document is the project's own"),
                }
            };
            self.findings.begin_file();
            self.findings.push(finding);
        }
    }

    fn names_in(&self, module: &str, kind: &str) -> Vec<String> {
        let Some(module) = self.library.module(module) else { return Vec::new() };
        let is_of = |node: &&Node| super::kind_of(node).is_some_and(|(written, _)| written == kind);
        module.documents.iter().filter(is_of).filter_map(|node| Some(name_of(node)?.0)).collect()
    }
}

/// Fields that are changed, not there, and called nearly as one that is: one of the project's own has a type. They are taken
/// out, so that nothing more is said of them.
fn unknown_fields(module: &str, name: &str, base: &Node, over: &mut Node) -> Vec<Finding> {
    let known: Vec<&str> =
        base.get("fields").map_or(&[][..], Node::entries).iter().map(|entry| entry.key.value.as_str()).collect();
    let Content::Map(entries) = &mut over.content else { return Vec::new() };
    let Some(fields) = entries.iter_mut().find(|entry| entry.key.value == "fields") else { return Vec::new() };
    let Content::Map(fields) = &mut fields.value.content else { return Vec::new() };
    let is_unknown = |entry: &Entry| {
        let changes = !entry.value.entries().is_empty() && entry.value.get("type").is_none();
        let written = entry.key.value.as_str();
        changes && !known.contains(&written) && closest(written, known.iter().copied()).is_some()
    };
    let (wrong, kept) = std::mem::take(fields).into_iter().partition(is_unknown);
    *fields = kept;
    let told = |entry: Entry| {
        let written = &entry.key.value;
        let message = format!("`{}` of the module `{}` has no field `{}`", shown(name), shown(module), shown(written));
        let finding = Finding::error("unknown-document", entry.key.span, message);
        match closest(written, known.iter().copied()) {
            Some(near) => finding.hint(format!("did you mean `{near}`? a new field says its `type`")),
            None => finding,
        }
    };
    let wrong: Vec<Entry> = wrong;
    wrong.into_iter().map(told).collect()
}

/// The lower document without keys that cannot stand beside one that the upper writes: `table` takes the place of
/// `managed`, `tenants` that of `tenant`.
pub(super) fn giving_way(base: &Node, over: &Node, record: &Record) -> Node {
    let groups = record.rules.iter().filter_map(|rule| match rule {
        Rule::ExactlyOne(keys) | Rule::AtMostOne(keys) => Some(*keys),
        Rule::AtLeastOne(_) | Rule::NotEmpty => None,
    });
    let groups: Vec<&[&str]> = groups.collect();
    let gives_way = |key: &str| {
        let others = groups.iter().filter(|group| group.contains(&key)).flat_map(|group| group.iter());
        over.get(key).is_none() && others.filter(|other| **other != key).any(|other| over.get(other).is_some())
    };
    let kept = base.entries().iter().filter(|entry| !gives_way(&entry.key.value)).cloned().collect();
    Node { span: base.span, content: Content::Map(kept) }
}
