//! The matrix as text, CSV and Markdown.

use super::{AccessMatrix, Entry};
use std::fmt::Write as _;

/// Narrower terminals get lines that wrap.
const MIN_WIDTH: usize = 60;

impl AccessMatrix {
    /// A table per persona, at most `width` characters wide.
    pub fn text(&self, width: usize) -> String {
        let mut out = String::new();
        for group in self.entries.chunk_by(|a, b| a.persona == b.persona) {
            if !out.is_empty() {
                out.push('\n');
            }
            let _ = writeln!(out, "{}", group[0].persona);
            table(&mut out, group, width.max(MIN_WIDTH) - 2);
        }
        if out.is_empty() { "nothing is granted to anybody\n".to_owned() } else { out }
    }

    /// RFC 4180, with a header; texts that a spreadsheet would take for a formula are defused.
    ///
    /// # Errors
    /// None that a string in memory can cause; the writer's own are passed on.
    pub fn csv(&self) -> Result<String, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record([
            "portal", "audience", "object", "action", "scope", "path", "where", "fields", "sources", "effect",
        ])?;
        for entry in &self.entries {
            let sources: Vec<String> = entry.sources.iter().map(|at| format!("{}:{}", at.file, at.line)).collect();
            writer.write_record([
                entry.portal.as_str(),
                entry.audience.as_str(),
                entry.object.as_str(),
                entry.action,
                entry.scope,
                entry.path.as_deref().unwrap_or_default(),
                &defused(&entry.filter),
                &entry.field_list(),
                &defused(&sources.join(" ")),
                &defused(&entry.effect.words().join("; ")),
            ])?;
        }
        let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// One table per persona.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        for group in self.entries.chunk_by(|a, b| a.persona == b.persona) {
            if !out.is_empty() {
                out.push('\n');
            }
            let _ = writeln!(out, "## {}\n\n| object | action | rows | fields |\n|---|---|---|---|", group[0].persona);
            for entry in group {
                let cells = [entry.object.to_string(), entry.action.to_owned(), entry.rows(), entry.what()];
                let cells: Vec<String> = cells.iter().map(|cell| markdown_cell(cell)).collect();
                let _ = writeln!(out, "| {} |", cells.join(" | "));
            }
        }
        out
    }
}

fn table(out: &mut String, group: &[Entry], width: usize) {
    let head = [["object", "action", "rows", "fields"].map(str::to_owned)];
    let rows =
        group.iter().map(|entry| [entry.object.to_string(), entry.action.to_owned(), entry.rows(), entry.what()]);
    let rows: Vec<[String; 4]> = head.into_iter().chain(rows).collect();
    let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let fixed = widest(0).min(width / 4) + widest(1) + 6;
    let rest = width.saturating_sub(fixed).max(20);
    let (wanted_rows, wanted_fields) = (widest(2), widest(3));
    let for_rows = if wanted_rows + wanted_fields <= rest { wanted_rows } else { wanted_rows.min(rest / 2) };
    let widths = [widest(0).min(width / 4), widest(1), for_rows, rest.saturating_sub(for_rows).max(10)];
    for row in &rows {
        let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(text, width)| wrap(text, width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let mut text = String::new();
            for (cell, width) in cells.iter().zip(widths) {
                let part = cell.get(line).map_or("", String::as_str);
                let _ = write!(text, "  {part:<width$}");
            }
            out.push_str(text.trim_end());
            out.push('\n');
        }
    }
}

/// Lines of at most `width` characters, broken between words where that is possible.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        let used = lines.last().map_or(0, |line| line.chars().count());
        if used > 0 && used + 1 + word.len() > width {
            lines.push(String::new());
        } else if used > 0
            && let Some(line) = lines.last_mut()
        {
            line.push(' ');
        }
        while word.len() > width {
            let rest = word.split_off(width);
            if let Some(line) = lines.last_mut() {
                line.extend(word);
            }
            lines.push(String::new());
            word = rest;
        }
        if let Some(line) = lines.last_mut() {
            line.extend(word);
        }
    }
    lines
}

/// Spreadsheets run a cell that begins with one of these.
fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// A `|` or a tag in a value must not become part of the table.
fn markdown_cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '!' | '~' => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap("status is open", 9), ["status is", "open"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 5), [""]);
    }

    #[test]
    fn cells_cannot_leave_their_table() {
        assert_eq!(markdown_cell("a|b\n<img>"), "a\\|b &lt;img&gt;");
        assert_eq!(defused("=HYPERLINK(1)"), "'=HYPERLINK(1)");
    }
}
