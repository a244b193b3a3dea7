//! YAML text to an untyped tree in which everything knows its place. Problems of the syntax are collected
//! here; what the tree means is not this module's business.

mod build;

use super::findings::Findings;
use crate::diagnostic::{FileId, Finding, Span, Spanned};
use build::Builder;
use granit_parser::{ErrorKind, Event, Parser, ScanError};

/// Nested lists and maps in one document; the language itself needs fourteen.
pub(super) const MAX_DEPTH: usize = 16;
/// Values in one document, those that aliases repeat included.
pub(super) const MAX_NODES: usize = 20_000;
pub(super) const MAX_ALIASES: usize = 100;

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Stands where something was wrong that has been reported.
    Broken,
}

#[derive(Debug, Clone)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Written without quotes, so that its meaning depends on its spelling.
    pub(super) plain: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: Spanned<String>,
    pub(super) key_is_plain: bool,
    pub(super) value: Node,
}

impl Node {
    /// The value under `key` of a map.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key.value == key)
    }

    /// Of a map; empty for anything else.
    pub(super) fn entries(&self) -> &[Entry] {
        if let Content::Map(entries) = &self.content { entries } else { &[] }
    }

    /// Of a list; empty for anything else.
    pub(super) fn items(&self) -> &[Node] {
        if let Content::List(items) = &self.content { items } else { &[] }
    }

    pub(super) fn scalar(&self) -> Option<&Scalar> {
        if let Content::Scalar(scalar) = &self.content { Some(scalar) } else { None }
    }
}

/// The documents of one file. A document whose syntax is broken is reported and left out; those after it are read.
pub(super) fn documents(text: &str, file: FileId, findings: &mut Findings) -> Vec<Node> {
    let mut documents = Vec::new();
    let mut options = granit_parser::options! { emit_unresolved_aliases: true, flow_nesting_limit: MAX_DEPTH + 1 };
    options.set_emit_comments(false);
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::new(file);
    while let Some(event) = parser.next() {
        let step = match event {
            Ok((Event::DocumentStart(..), _)) => {
                builder = Builder::new(file);
                Ok(())
            }
            Ok((Event::DocumentEnd, _)) => {
                documents.extend(builder.finish());
                builder = Builder::new(file);
                Ok(())
            }
            Ok((event, span)) => builder.take(event, span, findings),
            Err(error) => Err(Box::new(syntax_finding(&error, text, file, builder.open_bracket()))),
        };
        if let Err(finding) = step {
            findings.push(*finding);
            builder = Builder::new(file);
            if !matches!(parser.proceed_next_document(), Ok(true)) {
                break;
            }
        }
    }
    documents
}

/// The first tabs of the line that holds the byte.
fn tabs_before(text: &str, at: usize) -> Option<(usize, usize)> {
    let begins = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let start = begins + text[begins..].lines().next()?.find('\t')?;
    let count = text[start..].bytes().take_while(|byte| *byte == b'\t').count();
    Some((start, start + count))
}

/// `bracket` is where the innermost bracket opens that is not closed by then.
fn syntax_finding(error: &ScanError, text: &str, file: FileId, bracket: Option<usize>) -> Finding {
    let at = error.marker().byte_offset().unwrap_or(0);
    let span = Span::new(file, at.min(text.len()), next_boundary(text, at));
    let is_tab = matches!(
        error.kind(),
        ErrorKind::TabInIndentation
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabNotAllowed
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart
    );
    // What is told stands behind the tab; what is wrong is the tab.
    let span =
        if is_tab { tabs_before(text, at).map_or(span, |(start, end)| Span::new(file, start, end)) } else { span };
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return too_complex(span, format!("this document nests deeper than {MAX_DEPTH} levels"));
    }
    let finding =
        Finding::error("yaml-syntax", span, format!("this is not valid YAML: {}", lowercase_start(&error.info())));
    let bracket =
        bracket.filter(|open| text.get(*open..at.min(text.len())).is_some_and(|between| between.contains('\n')));
    if let Some(open) = bracket.filter(|_| !is_tab) {
        // Where it was noticed is a line or many below the one where it is missing.
        let place = Span::new(file, open, next_boundary(text, open));
        if matches!(error.kind(), ErrorKind::UnclosedFlowCollection { .. }) {
            return Finding { span: Some(place), ..finding }.hint("close the bracket");
        }
        return finding
            .label(place, "this bracket is open here")
            .hint("close the bracket, or put a comma between two entries");
    }
    match error.kind() {
        _ if is_tab => finding.hint("indent with spaces"),
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            finding.hint("quote a value that holds a colon followed by a space, and check the indentation")
        }
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => finding.hint("close the quotation mark in a line above"),
        ErrorKind::UnclosedFlowCollection { .. } => finding.hint("close the bracket"),
        ErrorKind::UnexpectedCharacter { character } => {
            let message = format!("this is not valid YAML: `{character}` cannot begin a value");
            Finding { message, ..finding }.hint("quote the value")
        }
        _ => finding,
    }
}

pub(super) fn too_complex(span: Span, message: String) -> Finding {
    Finding::error("too-complex", span, message)
        .why("a document that unfolds without bound could stop whoever reads it")
        .hint("split the document, and write out what its aliases repeat")
}

fn next_boundary(text: &str, at: usize) -> usize {
    text.get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(text.len(), |c| at + if c == '\n' { 0 } else { c.len_utf8() })
}

fn lowercase_start(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
