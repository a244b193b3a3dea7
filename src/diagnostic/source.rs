//! Source files and places in them.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Index of a file in its [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A half-open byte range of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file, start: narrow(start), end: narrow(end.max(start)) }
    }
    /// The first byte of a file, for findings about the file as a whole.
    pub fn file_start(file: FileId) -> Self {
        Self { file, start: 0, end: 0 }
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// One file as read. `path` is relative to the project folder, with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub path: String,
    pub text: Arc<str>,
    /// Where each line begins; worked out when the first place is asked for.
    lines: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// Line and column of a byte offset, both from 1; the column counts characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let (line, start) = self.line_at(offset);
        (line, self.text[start..floor_boundary(&self.text, offset)].chars().count() + 1)
    }

    /// What a line holds, without its line break; the line counts from 1.
    pub fn line(&self, line: usize) -> Range<usize> {
        let starts = self.line_starts();
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let end = starts.get(line).map_or(self.text.len(), |next| next - 1);
        start..start + self.text[start..end].trim_end_matches('\r').len()
    }

    /// The number of the line that holds a byte offset, from 1, and where that line begins.
    pub fn line_at(&self, offset: usize) -> (usize, usize) {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset.min(self.text.len()));
        (line, starts[line - 1])
    }

    fn line_starts(&self) -> &[usize] {
        self.lines
            .get_or_init(|| std::iter::once(0).chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Lines and columns count from 1; columns count characters. The end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Location {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

/// Every file that spans point into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

/// What the paths of documents that came with the binary start with; no file of a project can be called so.
pub const BUILT_IN: &str = "catalogue: ";

impl SourceMap {
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = self.next();
        self.files.push(SourceFile { path: path.into(), text: text.into(), lines: OnceLock::new() });
        id
    }

    /// What the file that is added next will be called.
    pub fn next(&self) -> FileId {
        FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX))
    }

    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(n, file)| (FileId(u32::try_from(n).unwrap_or(u32::MAX)), file))
    }

    /// Whether the place is in a document that came with the binary: nobody of a project wrote it, or can change it.
    pub fn is_built_in(&self, span: Span) -> bool {
        self.file(span.file).path.starts_with(BUILT_IN)
    }

    pub fn location(&self, span: Span) -> Location {
        let file = self.file(span.file);
        let (line, column) = file.line_column(span.start as usize);
        let (end_line, end_column) = file.line_column(span.end as usize);
        Location { file: file.path.clone(), line, column, end_line, end_column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.yaml", "größe: 1\nname: x\n");
        let at = sources.location(Span::new(file, "größe: ".len(), "größe: 1".len()));
        assert_eq!((at.line, at.column, at.end_line, at.end_column), (1, 8, 1, 9));
        let next = sources.location(Span::new(file, "größe: 1\n".len(), "größe: 1\nname".len()));
        assert_eq!((next.line, next.column), (2, 1));
    }

    #[test]
    fn places_at_the_ends_of_lines_and_of_the_file() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.yaml", "ab\n\nc");
        let at = |offset| sources.file(file).line_column(offset);
        assert_eq!((at(0), at(2), at(3), at(4), at(5), at(99)), ((1, 1), (1, 3), (2, 1), (3, 1), (3, 2), (3, 2)));
        let empty = sources.add("b.yaml", "");
        assert_eq!(sources.file(empty).line_column(0), (1, 1));
    }
}
