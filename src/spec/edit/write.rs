//! New values as text.

use super::super::scalar::{Plain, classify};
use super::New;

/// Lines of our own are no longer, where they can be broken.
const WIDTH: usize = 120;

/// How a value is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// In a line, between brackets.
    Flow,
    /// Over several lines.
    Block,
}

/// `value` in a line.
pub(super) fn flow(value: &New) -> String {
    match value {
        New::Word(word) => word.clone(),
        New::Text(text) => scalar(text),
        New::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        New::Map(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| pair(key, value)).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// `key: value` in a line.
pub(super) fn pair(key: &str, value: &New) -> String {
    format!("{}: {}", scalar(key), flow(value))
}

/// `key: value` at `column`, over several lines where `style` says so and the value can be, or where one line is too
/// short. Lines after the first are indented; the last has no end.
pub(super) fn block_pair(key: &str, value: &New, column: usize, style: Style, line_break: &str) -> String {
    let one_line = pair(key, value);
    if !opens(value, &one_line, column, style) {
        return one_line;
    }
    let inner = column + 2;
    format!("{}:{line_break}{}{}", scalar(key), " ".repeat(inner), block(value, inner, style, line_break))
}

/// `- value` at `column`, in the same way.
pub(super) fn block_item(value: &New, column: usize, style: Style, line_break: &str) -> String {
    let one_line = format!("- {}", flow(value));
    if !opens(value, &one_line, column, style) {
        return one_line;
    }
    format!("- {}", block(value, column + 2, style, line_break))
}

fn opens(value: &New, one_line: &str, column: usize, style: Style) -> bool {
    let can = match value {
        New::List(items) => !items.is_empty(),
        New::Map(entries) => !entries.is_empty(),
        New::Word(_) | New::Text(_) => false,
    };
    // Entries of several values each have a line of their own.
    let of_maps = matches!(value, New::List(items) if items.iter().any(|item| matches!(item, New::Map(_))));
    can && (style == Style::Block || of_maps || column + one_line.chars().count() > WIDTH)
}

/// The lines of a list or map, of which the first stands at `column` already. What it holds is in a line where it fits.
fn block(value: &New, column: usize, style: Style, line_break: &str) -> String {
    // What stands inside is opened when it is a map that holds more than single values.
    let within = |value: &New| match (style, value) {
        (Style::Block, New::Map(entries))
            if entries.iter().any(|(_, value)| matches!(value, New::List(_) | New::Map(_))) =>
        {
            Style::Block
        }
        _ => Style::Flow,
    };
    let lines: Vec<String> = match value {
        New::List(items) => items.iter().map(|item| block_item(item, column, within(item), line_break)).collect(),
        New::Map(entries) => {
            entries.iter().map(|(key, value)| block_pair(key, value, column, within(value), line_break)).collect()
        }
        New::Word(_) | New::Text(_) => vec![flow(value)],
    };
    lines.join(&format!("{line_break}{}", " ".repeat(column)))
}

/// Text without quotes where every tool reads it as this text, and between brackets too.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

fn is_plain(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '.' | '$' | '('));
    begins
        && classify(text) == Plain::Text
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.starts_with("...")
        && !text.contains(|c: char| c.is_control() || matches!(c, ',' | '[' | ']' | '{' | '}' | '"'))
}
