//! A report as text for people, in the manner of rustc.

use crate::diagnostic::escape::{is_unshowable, one_line};
use crate::diagnostic::{FileId, Finding, Report, Severity, SourceFile, SourceMap, Span, Summary};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenderOptions {
    pub color: bool,
    /// Lines and corners drawn rather than typed.
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self { color: false, unicode: false, width: 120 }
    }
}

/// Every finding with its place, and a last line that counts them. Text of authors is escaped, so that no
/// document can forge a line of the report.
pub fn render_text(report: &Report, options: RenderOptions) -> String {
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    let decoration = if options.unicode { DecorStyle::Unicode } else { DecorStyle::Ascii };
    let renderer = renderer.decor_style(decoration).term_width(options.width.max(40));
    let mut text = String::new();
    for finding in &report.findings {
        text.push_str(&renderer.render(&[group(finding, &report.sources)]));
        text.push_str("\n\n");
    }
    text.push_str(&summary_line(report.summary()));
    text.push('\n');
    text
}

/// `2 errors, 1 warning`, or that there is nothing.
pub fn summary_line(summary: Summary) -> String {
    let counted = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {one}s")),
    };
    let parts: Vec<String> =
        [counted(summary.error, "error"), counted(summary.warn, "warning"), counted(summary.info, "remark")]
            .into_iter()
            .flatten()
            .collect();
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

fn group<'a>(finding: &'a Finding, sources: &SourceMap) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warn => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut group = Group::with_title(level.primary_title(one_line(&finding.message)).id(finding.id));
    for excerpt in excerpts(finding, sources) {
        let source = sources.file(excerpt.file);
        group = match snippet(source, &excerpt) {
            Some(snippet) => group.element(snippet),
            None => {
                let (line, column) = source.line_column(excerpt.marks[0].0.start as usize);
                group.element(Origin::path(one_line(&source.path)).line(line).char_column(column))
            }
        };
    }
    if !finding.why.is_empty() {
        group = group.element(Level::NOTE.message(one_line(&finding.why)));
    }
    if let Some(hint) = &finding.hint {
        group = group.element(Level::HELP.message(one_line(hint)));
    }
    group
}

/// Places that are shown together.
struct Excerpt<'a> {
    file: FileId,
    first_line: usize,
    last_line: usize,
    /// A place and what is said there; the finding's own place says nothing.
    marks: Vec<(Span, Option<&'a str>)>,
}

/// Lines further apart than this are shown apart.
const NEAR: usize = 50;

/// The finding's own place first, labels near it with it, other labels after it.
fn excerpts<'a>(finding: &'a Finding, sources: &SourceMap) -> Vec<Excerpt<'a>> {
    let own = finding.span.map(|span| (span, None));
    let labels = finding.labels.iter().map(|label| (label.span, Some(label.text.as_str())));
    let mut excerpts: Vec<Excerpt<'a>> = Vec::new();
    for mark in own.into_iter().chain(labels) {
        let file = mark.0.file;
        let (line, _) = sources.file(file).line_at(mark.0.start as usize);
        let is_near = |excerpt: &&mut Excerpt<'_>| {
            excerpt.file == file && line + NEAR >= excerpt.first_line && line <= excerpt.last_line + NEAR
        };
        match excerpts.iter_mut().find(is_near) {
            Some(excerpt) => {
                excerpt.first_line = excerpt.first_line.min(line);
                excerpt.last_line = excerpt.last_line.max(line);
                excerpt.marks.push(mark);
            }
            None => excerpts.push(Excerpt { file, first_line: line, last_line: line, marks: vec![mark] }),
        }
    }
    excerpts
}

/// A line that is longer has no place in a terminal.
const LONGEST_LINE: usize = 4_000;

/// The lines of an excerpt with its marks. A place that runs over several lines is marked on its first: a
/// whole document says nothing. `None` where there is nothing to show: a file that was not read, or a place far
/// into an endless line.
fn snippet<'a>(source: &SourceFile, excerpt: &Excerpt<'a>) -> Option<Snippet<'a, Annotation<'a>>> {
    if source.text.is_empty() {
        return None;
    }
    let mut text = String::new();
    let mut annotations = Vec::new();
    for line in excerpt.first_line..=excerpt.last_line {
        let written = source.line(line);
        let (_, start) = source.line_at(written.start);
        let shown_from = text.len();
        let mut places = Vec::new();
        for (at, c) in source.text[written.clone()].char_indices().take_while(|(at, _)| *at < LONGEST_LINE) {
            places.push((start + at, text.len()));
            text.push(if is_unshowable(c) && c != '\t' { '\u{fffd}' } else { c });
        }
        let shown_until = text.len();
        text.push('\n');
        let here = excerpt.marks.iter().filter(|(span, _)| source.line_at(span.start as usize).0 == line);
        for (span, label) in here {
            if span.start as usize > start + LONGEST_LINE {
                return None;
            }
            let shown = |at: u32| {
                let after = places.partition_point(|(written, _)| *written < at as usize);
                places.get(after).map_or(shown_until, |(_, shown)| *shown)
            };
            let range = shown(span.start).max(shown_from)..shown(span.end).max(shown(span.start));
            annotations.push(match label {
                Some(label) => AnnotationKind::Context.span(range).label(one_line(label)),
                None => AnnotationKind::Primary.span(range),
            });
        }
    }
    Some(Snippet::source(text).path(one_line(&source.path)).line_start(excerpt.first_line).annotations(annotations))
}
