//! One document over another: maps merge key by key, lists and scalars replace, `+key` appends, `-key` removes.
//! It happens on the trees, before anything is held against the tables, so every value keeps its own place.

mod narrowing;

use super::conform::shown;
use super::findings::Findings;
use super::tree::{Content, Entry, Node};
use crate::diagnostic::{Finding, Span, Spanned};
use std::collections::{HashMap, HashSet};

/// What a key of the upper document does to the lower one.
enum Deed<'a> {
    Set,
    Append(&'a str),
    Remove(&'a str),
}

/// A key in quotation marks is a key, whatever it begins with.
fn deed(entry: &Entry) -> Deed<'_> {
    let key = entry.key.value.as_str();
    match (entry.key_is_plain, key.strip_prefix('+'), key.strip_prefix('-')) {
        (true, Some(name), _) if !name.is_empty() => Deed::Append(name),
        (true, _, Some(name)) if !name.is_empty() => Deed::Remove(name),
        _ => Deed::Set,
    }
}

/// The document that `over` makes of `base`; both are maps. It stands where `over` stands.
pub(super) fn merge(base: &Node, over: &Node, findings: &mut Findings) -> Node {
    let mut below = Below::new(base.entries().to_vec());
    // What goes makes room for what comes, in whichever order they are written.
    for entry in over.entries() {
        if let Deed::Remove(name) = deed(entry) {
            remove(&mut below, name, entry, findings);
        }
    }
    for entry in over.entries() {
        match deed(entry) {
            Deed::Set => set(&mut below, entry, findings),
            Deed::Append(name) => match over.entry(name) {
                Some(other) => findings.push(both(entry, other)),
                None => append(&mut below, name, entry, findings),
            },
            Deed::Remove(name) => {
                if let Some(other) = over.entry(name).filter(|other| !is_map(&other.value)) {
                    findings.push(both(entry, other));
                }
            }
        }
    }
    Node { span: over.span, content: Content::Map(below.entries) }
}

/// The entries of the lower map as they become, found by their keys.
struct Below {
    entries: Vec<Entry>,
    places: HashMap<String, usize>,
}

impl Below {
    fn new(entries: Vec<Entry>) -> Self {
        let places = entries.iter().enumerate().map(|(at, entry)| (entry.key.value.clone(), at)).collect();
        Self { entries, places }
    }

    fn entry(&mut self, name: &str) -> Option<&mut Entry> {
        self.places.get(name).and_then(|at| self.entries.get_mut(*at))
    }

    fn value(&mut self, name: &str) -> Option<&mut Content> {
        self.entry(name).map(|entry| &mut entry.value.content)
    }

    fn push(&mut self, entry: Entry) {
        self.places.insert(entry.key.value.clone(), self.entries.len());
        self.entries.push(entry);
    }
}

/// What a value that replaces nothing becomes: the maps in it may append to nothing.
fn alone(node: &Node, findings: &mut Findings) -> Node {
    if is_map(node) {
        merge(&Node { span: node.span, content: Content::Map(Vec::new()) }, node, findings)
    } else {
        node.clone()
    }
}

fn is_map(node: &Node) -> bool {
    matches!(node.content, Content::Map(_))
}

fn set(below: &mut Below, entry: &Entry, findings: &mut Findings) {
    let Some(known) = below.entry(&entry.key.value) else {
        below.push(Entry { value: alone(&entry.value, findings), ..entry.clone() });
        return;
    };
    if entry.key.value == "deny" {
        narrowing::denials_weakened(&known.value, &entry.value).into_iter().for_each(|finding| findings.push(finding));
    }
    known.value = if is_map(&known.value) && is_map(&entry.value) {
        merge(&known.value, &entry.value, findings)
    } else {
        findings.extend_from(narrowing::replaced(known, entry));
        alone(&entry.value, findings)
    };
    known.key = entry.key.clone();
}

fn append(below: &mut Below, name: &str, entry: &Entry, findings: &mut Findings) {
    let Some(known) = below.entry(name) else {
        if matches!(entry.value.content, Content::List(_) | Content::Map(_)) {
            let key = Spanned::new(name.to_owned(), entry.key.span);
            below.push(Entry { key, key_is_plain: true, value: alone(&entry.value, findings) });
        } else {
            findings.push(not_appendable(name, entry, "only a list or a map is appended"));
        }
        return;
    };
    let place = known.key.span;
    match (&mut known.value.content, &entry.value.content) {
        (Content::Broken, _) | (_, Content::Broken) => {}
        (Content::List(items), Content::List(more)) => {
            let there: HashSet<String> = items.iter().filter_map(Node::scalar).map(|item| item.text.clone()).collect();
            let is_new = |item: &&Node| item.scalar().is_none_or(|item| !there.contains(&item.text));
            items.extend(more.iter().filter(is_new).cloned());
        }
        (Content::Map(entries), Content::Map(more)) => append_entries(entries, name, more, findings),
        (Content::List(_), _) => findings.push(not_appendable(name, entry, "it is a list, so only a list is appended")),
        (Content::Map(_), _) => findings.push(not_appendable(name, entry, "it is a map, so only a map is appended")),
        (Content::Scalar(_), _) => {
            let finding = not_appendable(name, entry, "it is neither a list nor a map");
            findings.push(finding.label(place, "written here").hint(format!("write `{}`", shown(name))));
        }
    }
}

fn append_entries(entries: &mut Vec<Entry>, name: &str, more: &[Entry], findings: &mut Findings) {
    let there: HashMap<String, Span> = entries.iter().map(|known| (known.key.value.clone(), known.key.span)).collect();
    for new in more {
        match there.get(&new.key.value) {
            Some(known) => findings.push(there_already(name, new, *known)),
            None => entries.push(Entry { value: alone(&new.value, findings), ..new.clone() }),
        }
    }
}

fn remove(below: &mut Below, name: &str, entry: &Entry, findings: &mut Findings) {
    let mut gone: HashMap<&str, (Span, bool)> = HashMap::new();
    match &entry.value.content {
        Content::Broken => return,
        Content::List(items) => {
            for item in items {
                match item.scalar() {
                    Some(word) => drop(gone.insert(&word.text, (item.span, false))),
                    None => findings.push(not_a_word(name, item.span)),
                }
            }
        }
        _ => return findings.push(not_a_word(name, entry.value.span)),
    }
    let mut goes = |called: &str| gone.get_mut(called).map(|(_, found)| *found = true).is_some();
    match below.value(name) {
        Some(Content::List(items)) => items.retain(|item| !names_of(item).into_iter().any(&mut goes)),
        Some(Content::Map(entries)) => entries.retain(|known| !goes(&known.key.value)),
        _ => {}
    }
    let mut missing: Vec<(&str, Span)> =
        gone.into_iter().filter(|(_, (_, found))| !found).map(|(word, (span, _))| (word, span)).collect();
    missing.sort_by_key(|(_, span)| *span);
    for (word, span) in missing {
        findings.push(not_there(name, word, span));
    }
}

/// What an item of a list is called: the word itself, the one key of `{orders: …}`, what `name` or `page` says.
pub(super) fn names_of(item: &Node) -> Vec<&str> {
    match item.entries() {
        [] => item.scalar().map(|scalar| scalar.text.as_str()).into_iter().collect(),
        entries => {
            let only = if let [only] = entries { Some(only.key.value.as_str()) } else { None };
            let told = ["name", "page"].iter().filter_map(|key| item.get(key)?.scalar().map(|it| it.text.as_str()));
            only.into_iter().chain(told).collect()
        }
    }
}

/// Whether two values say the same, wherever they stand and in whatever order the keys of their maps are.
pub(super) fn is_same(one: &Node, other: &Node) -> bool {
    match (&one.content, &other.content) {
        (Content::Scalar(one), Content::Scalar(other)) => one.text == other.text && one.plain == other.plain,
        (Content::List(one), Content::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Content::Map(entries), Content::Map(others)) => {
            let has = |entry: &Entry| other.get(&entry.key.value).is_some_and(|value| is_same(&entry.value, value));
            entries.len() == others.len() && entries.iter().all(has)
        }
        _ => false,
    }
}

fn both(entry: &Entry, other: &Entry) -> Finding {
    let (one, two) = (shown(&entry.key.value), shown(&other.key.value));
    Finding::error("conflicting-keys", entry.key.span, format!("`{two}` replaces what `{one}` would change"))
        .label(other.key.span, "the other one")
        .hint("keep one of them")
}

fn not_appendable(name: &str, entry: &Entry, why: &str) -> Finding {
    Finding::error("not-appendable", entry.key.span, format!("nothing can be appended to `{}` here", shown(name)))
        .why(why)
}

fn there_already(name: &str, new: &Entry, known: Span) -> Finding {
    let key = shown(&new.key.value);
    Finding::error("not-appendable", new.key.span, format!("`{}` has `{key}` already", shown(name)))
        .label(known, "written here")
        .hint(format!("write `{}` without `+` to change it", shown(name)))
}

fn not_a_word(name: &str, span: Span) -> Finding {
    Finding::error("wrong-type", span, format!("`-{}` takes a list of words: what is removed", shown(name)))
        .hint(format!("write `-{}: [name]`", shown(name)))
}

fn not_there(name: &str, gone: &str, span: Span) -> Finding {
    Finding::error(
        "nothing-to-remove",
        span,
        format!("`{}` has no `{}` that could be removed", shown(name), shown(gone)),
    )
    .hint("remove it here, or look up how it is called there")
}
