//! What differs in an environment, laid over the documents before anything of them is read.

use super::super::conform::shown;
use super::super::findings::Findings;
use super::super::grammar::{DOCUMENTS, PROJECT, Record};
use super::super::merge::merge;
use super::super::tree::{Content, Entry, Node};
use super::extend::giving_way;
use super::library::name_of;
use super::ready::Document;
use super::{Reading, kind_of};
use crate::diagnostic::{FileId, Finding, Spanned, closest};

/// Keys by which a document is known.
const IDENTITY: [&str; 2] = ["kind", "name"];

impl Reading<'_> {
    /// Every document that the environment names becomes what it is there.
    pub(super) fn lay_environment(&mut self, environment: &str, trees: &mut [(FileId, Vec<Document>)]) {
        let Some(project) = documents(trees).find(|node| is_of(node, "project")) else { return };
        let project = project.clone();
        let Some(over) = project.get("environments").and_then(|all| all.get(environment)) else { return };
        self.set.environment = Some(environment.to_owned());
        self.findings.begin_file();
        let mut rest = Vec::new();
        for entry in over.entries() {
            let held = DOCUMENTS.iter().find(|(key, ..)| *key == entry.key.value);
            match held.filter(|_| matches!(entry.value.content, Content::Map(_))) {
                Some((_, kind, record)) => {
                    for over in entry.value.entries() {
                        lay(kind, record, over, trees, &mut self.findings);
                    }
                }
                None => rest.push(entry.clone()),
            }
        }
        let rest = Node { span: project.span, content: Content::Map(rest) };
        if let Some(project) = documents_mut(trees).find(|node| is_of(node, "project")) {
            *project = merge(&giving_way(project, &rest, &PROJECT), &rest, &mut self.findings);
        }
        self.findings.end_file(project.span.file);
    }
}

fn documents(trees: &[(FileId, Vec<Document>)]) -> impl Iterator<Item = &Node> {
    trees.iter().flat_map(|(_, documents)| documents).filter_map(Document::node)
}

fn documents_mut(trees: &mut [(FileId, Vec<Document>)]) -> impl Iterator<Item = &mut Node> {
    trees.iter_mut().flat_map(|(_, documents)| documents).filter_map(Document::node_mut)
}

fn is_of(node: &Node, kind: &str) -> bool {
    kind_of(node).is_some_and(|(written, _)| written == kind)
}

fn lay(kind: &str, record: &Record, over: &Entry, trees: &mut [(FileId, Vec<Document>)], findings: &mut Findings) {
    let (name, what) = (over.key.value.as_str(), kind.replace('_', " "));
    if let Some(entry) = over.value.entries().iter().find(|entry| IDENTITY.contains(&entry.key.value.as_str())) {
        let message = format!("an environment gives no document another `{}`", entry.key.value);
        findings.push(Finding::error("conflicting-keys", entry.key.span, message).hint("remove it"));
        return;
    }
    let is_meant = |node: &&mut Node| is_of(node, kind) && name_of(node).is_some_and(|(written, _)| written == name);
    if let Some(base) = documents_mut(trees).find(is_meant) {
        if base.get("type").or_else(|| base.get("extends")).is_some() {
            whole_values(base, &over.value, findings);
        }
        *base = merge(&giving_way(base, &over.value, record), &over.value, findings);
        return;
    }
    let message = format!("the project has no {what} `{}` of its own", shown(name));
    let finding = Finding::error("unknown-document", over.key.span, message);
    let known: Vec<String> =
        documents(trees).filter(|node| is_of(node, kind)).filter_map(|node| Some(name_of(node)?.0)).collect();
    findings.push(match closest(name, known.iter().map(String::as_str)) {
        Some(near) => finding.hint(format!("did you mean `{near}`?")),
        None => finding
            .hint("what a module has is changed by a document of the project with `extends`, which is then named here"),
    });
}

/// A document that lies over another says itself what is appended and removed there: to add to what it does not write would
/// replace what the other has.
fn whole_values(base: &Node, over: &Node, findings: &mut Findings) {
    for entry in over.entries() {
        let key = entry.key.value.as_str();
        match key.strip_prefix(['+', '-']).filter(|name| entry.key_is_plain && !name.is_empty()) {
            Some(name) if base.get(name).is_none() => findings.push(
                Finding::error(
                    "not-appendable",
                    entry.key.span,
                    format!("the document does not write `{}` itself", shown(name)),
                )
                .why("it lies over another one, of which this would replace the whole")
                .hint(format!("write `{}` here, as it is to be", shown(name))),
            ),
            Some(_) => {}
            None => {
                let nothing = Node { span: entry.value.span, content: Content::Map(Vec::new()) };
                whole_values(base.get(key).unwrap_or(&nothing), &entry.value, findings);
            }
        }
    }
}

/// CSV files of tenants that some environment names.
pub(super) fn tenant_files(project: &Node) -> Vec<Spanned<String>> {
    let environments = project.get("environments").map_or(&[][..], Node::entries).iter();
    let sources = environments.flat_map(|one| ["tenants", "+tenants"].map(|key| one.value.get(key))).flatten();
    let files = sources.flat_map(Node::items).filter_map(|source| source.get("from_csv"));
    files.filter_map(|path| Some(Spanned::new(path.scalar()?.text.clone(), path.span))).collect()
}
