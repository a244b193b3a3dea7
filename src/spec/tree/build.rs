//! Events of the YAML parser to a tree, within the budgets.

use super::{Content, Entry, MAX_ALIASES, MAX_DEPTH, MAX_NODES, Node, Scalar, too_complex};
use crate::diagnostic::{FileId, Finding, Span, Spanned};
use crate::spec::conform::shown;
use crate::spec::findings::Findings;
use granit_parser::{Event, ScalarStyle, StructureStyle, Tag};
use std::collections::HashMap;

/// Builds one document.
pub(super) struct Builder {
    file: FileId,
    open: Vec<Open>,
    root: Option<Node>,
    anchored: HashMap<usize, Node>,
    nodes: usize,
    aliases: usize,
}

/// A list or map whose end has not been met yet.
struct Open {
    start: usize,
    anchor: usize,
    /// Block collections have no closing mark: they end where their last value does.
    is_block: bool,
    content: OpenContent,
}

enum OpenContent {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, places: Places, key: Option<Node> },
}

/// Where the keys of a map were first written. Looking through a few is quicker than hashing them; many are
/// indexed, or a map of many keys would take the square of their number.
#[derive(Default)]
struct Places {
    indexed: HashMap<String, Span>,
    /// How many of the entries are in the index.
    count: usize,
}

impl Places {
    const FEW: usize = 24;

    fn of(&mut self, key: &str, entries: &[Entry]) -> Option<Span> {
        if entries.len() <= Self::FEW {
            return entries.iter().find(|entry| entry.key.value == key).map(|entry| entry.key.span);
        }
        for entry in &entries[self.count..] {
            self.indexed.insert(entry.key.value.clone(), entry.key.span);
        }
        self.count = entries.len();
        self.indexed.get(key).copied()
    }
}

type Stop = Box<Finding>;

impl Builder {
    pub(super) fn new(file: FileId) -> Self {
        Self { file, open: Vec::new(), root: None, anchored: HashMap::new(), nodes: 0, aliases: 0 }
    }

    pub(super) fn finish(&mut self) -> Option<Node> {
        self.root.take()
    }

    /// Where the innermost list or map in brackets begins that is not closed yet.
    pub(super) fn open_bracket(&self) -> Option<usize> {
        self.open.iter().rev().find(|open| !open.is_block).map(|open| open.start)
    }

    /// # Errors
    /// A finding that ends the document, since a budget is spent.
    pub(super) fn take(
        &mut self,
        event: Event<'_>,
        span: granit_parser::Span,
        findings: &mut Findings,
    ) -> Result<(), Stop> {
        let tag_span = self.span(span.tag_span().unwrap_or(span));
        let span = self.span(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1, span)?;
                let plain = style == ScalarStyle::Plain && !is_core_tag(tag.as_deref(), "str");
                let content = if self.refuses_tag(tag.as_deref(), "str", tag_span, findings) {
                    Content::Broken
                } else {
                    Content::Scalar(Scalar { text: text.into_owned(), plain })
                };
                self.complete(Node { span, content }, anchor, findings);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.refuses_tag(tag.as_deref(), "seq", tag_span, findings);
                self.begin(style, anchor, span, OpenContent::List(Vec::new()))?;
            }
            Event::MappingStart(style, anchor, tag) => {
                self.refuses_tag(tag.as_deref(), "map", tag_span, findings);
                let content = OpenContent::Map { entries: Vec::new(), places: Places::default(), key: None };
                self.begin(style, anchor, span, content)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span, findings),
            Event::Alias(target) => {
                let node = self.resolve(target, span, findings)?;
                self.complete(node, 0, findings);
            }
            Event::UnresolvedAlias(name) => {
                findings.push(
                    Finding::error(
                        "unknown-alias",
                        span,
                        format!("`*{}` names no anchor above it in this document", shown(&name)),
                    )
                    .hint(format!("write `&{}` before the value that is meant, or quote the text", shown(&name))),
                );
                self.complete(Node { span, content: Content::Broken }, 0, findings);
            }
            _ => {}
        }
        Ok(())
    }

    fn span(&self, span: granit_parser::Span) -> Span {
        let range = span.byte_range().unwrap_or(0..0);
        Span::new(self.file, range.start, range.end)
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Stop> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(Box::new(too_complex(span, format!("this document holds more than {MAX_NODES} values"))));
        }
        Ok(())
    }

    fn begin(&mut self, style: StructureStyle, anchor: usize, span: Span, content: OpenContent) -> Result<(), Stop> {
        self.count(1, span)?;
        if self.open.len() == MAX_DEPTH {
            return Err(Box::new(too_complex(span, format!("this document nests deeper than {MAX_DEPTH} levels"))));
        }
        let is_block = style == StructureStyle::Block;
        self.open.push(Open { start: span.start as usize, anchor, is_block, content });
        Ok(())
    }

    fn end(&mut self, span: Span, findings: &mut Findings) {
        let Some(open) = self.open.pop() else { return };
        let (content, last_end) = match open.content {
            OpenContent::List(items) => {
                let end = items.last().map(|item| item.span.end);
                (Content::List(items), end)
            }
            OpenContent::Map { entries, .. } => {
                let end = entries.last().map(|entry| entry.value.span.end.max(entry.key.span.end));
                (Content::Map(entries), end)
            }
        };
        let end = match last_end {
            Some(end) if open.is_block => end as usize,
            _ => span.end as usize,
        };
        let node = Node { span: Span::new(self.file, open.start, end), content };
        self.complete(node, open.anchor, findings);
    }

    /// Puts a finished value where it belongs.
    fn complete(&mut self, node: Node, anchor: usize, findings: &mut Findings) {
        if anchor != 0 {
            self.anchored.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(OpenContent::List(items)) => items.push(node),
            Some(OpenContent::Map { entries, places, key }) => match key.take() {
                None => *key = Some(node),
                Some(key) => {
                    let entry = entry(key, node, entries, places, findings);
                    entries.extend(entry);
                }
            },
        }
    }

    fn resolve(&mut self, target: usize, span: Span, findings: &mut Findings) -> Result<Node, Stop> {
        self.aliases += 1;
        if self.aliases > MAX_ALIASES {
            return Err(Box::new(too_complex(span, format!("this document uses more than {MAX_ALIASES} aliases"))));
        }
        let Some(node) = self.anchored.get(&target) else {
            findings.push(Finding::error("unknown-alias", span, "this alias stands inside the value that it repeats"));
            return Ok(Node { span, content: Content::Broken });
        };
        let (nodes, depth) = extent(node);
        let node = Node { span, content: node.content.clone() };
        self.count(nodes, span)?;
        if self.open.len() + depth > MAX_DEPTH {
            return Err(Box::new(too_complex(
                span,
                format!("with this alias the document nests deeper than {MAX_DEPTH} levels"),
            )));
        }
        Ok(node)
    }

    /// Reports a tag other than the one that changes nothing.
    fn refuses_tag(&self, tag: Option<&Tag>, allowed: &str, span: Span, findings: &mut Findings) -> bool {
        let Some(tag) = tag.filter(|tag| !is_core_tag(Some(tag), allowed)) else { return false };
        findings.push(
            Finding::error("unknown-tag", span, format!("the tag `{}` has no meaning here", shown(&tag.original())))
                .hint("remove the tag; quote the value where text is meant"),
        );
        true
    }
}

fn is_core_tag(tag: Option<&Tag>, suffix: &str) -> bool {
    tag.is_some_and(|tag| tag.is_yaml_core_schema_tag(suffix))
}

/// How many values a tree holds and how deep its lists and maps nest.
fn extent(node: &Node) -> (usize, usize) {
    let join = |(nodes, depth): (usize, usize), child: &Node| {
        let (more, deeper) = extent(child);
        (nodes + more, depth.max(deeper))
    };
    match &node.content {
        Content::Scalar(_) | Content::Broken => (1, 0),
        Content::List(items) => {
            let (nodes, depth) = items.iter().fold((1, 0), join);
            (nodes, depth + 1)
        }
        Content::Map(entries) => {
            let (nodes, depth) = entries.iter().map(|entry| &entry.value).fold((1, 0), join);
            (nodes + entries.len(), depth + 1)
        }
    }
}

/// One entry of a map, unless its key is no text or was there before.
fn entry(key: Node, value: Node, entries: &[Entry], places: &mut Places, findings: &mut Findings) -> Option<Entry> {
    let span = key.span;
    let Content::Scalar(Scalar { text, plain }) = key.content else {
        if !matches!(key.content, Content::Broken) {
            findings.push(Finding::error("wrong-type", span, "a key must be text, this is a list or a map"));
        }
        return None;
    };
    if plain && text == "<<" {
        findings.push(
            Finding::error("merge-key", span, "`<<` does not merge maps here")
                .why("YAML 1.2 has no merge keys, and what they would add is not seen in a review")
                .hint("write the keys out, or use `includes` and `extends`"),
        );
        return None;
    }
    if let Some(first) = places.of(&text, entries) {
        findings.push(
            Finding::error("duplicate-key", span, format!("`{}` is written twice in this map", shown(&text)))
                .why("of two values one would be lost in silence")
                .label(first, "first written here")
                .hint("remove one of them"),
        );
        return None;
    }
    Some(Entry { key: Spanned::new(text, span), key_is_plain: plain, value })
}
