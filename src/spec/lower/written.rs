//! A tree as lines again, each with its place.

use super::super::document::WrittenLine;
use super::super::tree::{Content, Entry, Node};
use crate::diagnostic::Span;

/// The entries of a map, each value and each item of a list in a line of its own.
pub(super) fn lines(node: &Node) -> Vec<WrittenLine> {
    let mut lines = Vec::new();
    write(node, 0, &mut lines);
    lines
}

fn write(node: &Node, depth: usize, lines: &mut Vec<WrittenLine>) {
    for entry in node.entries() {
        let key = &entry.key.value;
        let mut line = |text: String, span: Span| lines.push(WrittenLine { depth, text, span });
        match &entry.value.content {
            // What a list is made of may come from several files.
            Content::List(items) if !items.is_empty() => {
                line(format!("{key}:"), entry.key.span);
                for item in items {
                    lines.push(WrittenLine { depth: depth + 1, text: format!("- {}", flow(item)), span: item.span });
                }
            }
            Content::Map(entries) if !entries.is_empty() => {
                line(format!("{key}:"), entry.key.span);
                write(&entry.value, depth + 1, lines);
            }
            _ => line(format!("{key}: {}", flow(&entry.value)), entry.value.span),
        }
    }
}

/// In one line.
fn flow(node: &Node) -> String {
    match &node.content {
        Content::Broken => String::new(),
        Content::Scalar(scalar) if scalar.plain => scalar.text.clone(),
        Content::Scalar(scalar) => format!("{:?}", scalar.text),
        Content::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Content::Map(entries) => {
            let entry = |entry: &Entry| format!("{}: {}", entry.key.value, flow(&entry.value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}
