//! Small YAML and JSON files that are no documents of a project: answers, the head of a template. They are read with
//! the same care, and what is wrong is told at its place.

use super::findings::Findings;
use super::raw::RawContent;
use super::scalar::{Plain, classify};
use super::text;
use super::tree::{self, Content, Node};
use crate::diagnostic::{Finding, Report, SourceMap, Span, Spanned};
use std::sync::Arc;

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Boolean(bool),
    /// As it is spelled.
    Number(String),
    Text(String),
    List(Vec<Spanned<Value>>),
    /// In written order; no key stands twice.
    Map(Vec<(Spanned<String>, Spanned<Value>)>),
}

impl Value {
    /// What a single value spells; `None` for lists and maps, and for nothing.
    pub fn spelled(&self) -> Option<String> {
        match self {
            Self::Boolean(value) => Some(value.to_string()),
            Self::Number(text) | Self::Text(text) => Some(text.clone()),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// `text`, `a list`: for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean(_) => "`true` or `false`",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// A file whose top is a map, with what is found wrong of it later.
#[derive(Debug)]
pub struct Values {
    pub sources: SourceMap,
    pub entries: Vec<(Spanned<String>, Spanned<Value>)>,
    /// Where something is said about the whole file.
    pub start: Span,
}

impl Values {
    /// An empty file is an empty map.
    ///
    /// # Errors
    /// It is no YAML, holds more than one document, or something else than a map.
    pub fn read(path: &str, bytes: Vec<u8>) -> Result<Self, Box<Report>> {
        let mut sources = SourceMap::default();
        let mut findings = Findings::default();
        let (file, readable) = text::decode(path, RawContent::Bytes(bytes), &mut sources, &mut findings);
        let content = Arc::clone(&sources.file(file).text);
        let documents = if readable { tree::documents(&content, file, &mut findings) } else { Vec::new() };
        let entries = match documents.as_slice() {
            [] => Vec::new(),
            [only] => match value(only, &mut findings).value {
                Value::Map(entries) => entries,
                Value::Null => Vec::new(),
                other => {
                    let message = format!("the file must hold a map, and it holds {}", other.kind());
                    findings.push(Finding::error("wrong-type", only.span, message));
                    Vec::new()
                }
            },
            [_, second, ..] => {
                findings.push(Finding::error("misplaced-document", second.span, "the file holds a second document"));
                Vec::new()
            }
        };
        let found = findings.into_inner();
        if found.is_empty() {
            return Ok(Self { sources, entries, start: Span::file_start(file) });
        }
        Err(Box::new(Report::new(Arc::new(sources), found)))
    }

    /// What was read, where nothing is wrong with it.
    ///
    /// # Errors
    /// Something was found.
    pub fn without(self, findings: Vec<Finding>) -> Result<(), Box<Report>> {
        if findings.is_empty() { Ok(()) } else { Err(Box::new(Report::new(Arc::new(self.sources), findings))) }
    }
}

fn value(node: &Node, findings: &mut Findings) -> Spanned<Value> {
    let value = match &node.content {
        Content::Broken => Value::Null,
        Content::List(items) => Value::List(items.iter().map(|item| value(item, findings)).collect()),
        Content::Map(entries) => {
            Value::Map(entries.iter().map(|entry| (entry.key.clone(), value(&entry.value, findings))).collect())
        }
        Content::Scalar(scalar) if !scalar.plain => Value::Text(scalar.text.clone()),
        Content::Scalar(scalar) => match classify(&scalar.text) {
            Plain::Null => Value::Null,
            Plain::Boolean(value) => Value::Boolean(value),
            Plain::Number => Value::Number(scalar.text.clone()),
            Plain::Text => Value::Text(scalar.text.clone()),
            Plain::Ambiguous(what) => {
                let message = format!("`{}` could be text or {what}", super::conform::shown(&scalar.text));
                findings.push(Finding::error("ambiguous-scalar", node.span, message).hint("put it in quotes"));
                Value::Text(scalar.text.clone())
            }
        },
    };
    Spanned::new(value, node.span)
}
