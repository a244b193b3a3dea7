//! Where everything of a file stands: the trees of its documents, and the marks between their values.

use super::super::findings::Findings;
use super::super::pieces::{PieceKind, pieces};
use super::super::tree::{self, Content, Node};
use super::EditError;
use crate::diagnostic::{FileId, Span};
use std::ops::Range;

/// One file that was read without a finding.
pub(in crate::spec) struct Layout<'t> {
    pub(in crate::spec) text: &'t str,
    pub(in crate::spec) documents: Vec<Node>,
    /// Where the dash of each entry of a block list stands.
    dashes: Vec<usize>,
    /// Where the colon after each key stands.
    colons: Vec<usize>,
    /// Where the commas of flow lists and maps stand.
    commas: Vec<usize>,
    /// Where each alias begins.
    aliases: Vec<usize>,
    /// The lines below each `|` or `>`.
    block_scalars: Vec<Range<usize>>,
    /// From the `#` to the end of the line.
    pub(in crate::spec) comments: Vec<Range<usize>>,
    /// How lines end here.
    pub(super) line_break: &'static str,
}

/// All spans are of this file.
const FILE: FileId = FileId(0);

impl<'t> Layout<'t> {
    /// # Errors
    /// Something is wrong with the file, which is the reader's to tell.
    pub(in crate::spec) fn of(text: &'t str) -> Result<Self, EditError> {
        let mut findings = Findings::default();
        let documents = tree::documents(text, FILE, &mut findings);
        if let Some(finding) = findings.into_inner().into_iter().next() {
            return Err(EditError::Unreadable(finding.message));
        }
        let line_break = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        let pieces = pieces(text).map_err(|error| EditError::Unreadable(error.info()))?;
        let starts = |kind| pieces.iter().filter(|piece| piece.kind == kind).map(|piece| piece.range.start).collect();
        let ranges = |kind| pieces.iter().filter(|piece| piece.kind == kind).map(|piece| piece.range.clone()).collect();
        Ok(Self {
            text,
            documents,
            dashes: starts(PieceKind::Dash),
            colons: starts(PieceKind::Colon),
            commas: starts(PieceKind::Comma),
            aliases: starts(PieceKind::Alias),
            block_scalars: ranges(PieceKind::Lines),
            comments: ranges(PieceKind::Comment),
            line_break,
        })
    }

    /// The dash before an entry of a block list.
    pub(super) fn dash_before(&self, at: usize) -> Option<usize> {
        last_before(&self.dashes, at)
    }

    pub(super) fn dashes_between(&self, from: usize, to: usize) -> &[usize] {
        let at = |mark| self.dashes.partition_point(|dash| *dash < mark);
        &self.dashes[at(from)..at(to).max(at(from))]
    }

    /// The colon behind a key.
    pub(super) fn colon_after(&self, at: usize) -> Option<usize> {
        first_from(&self.colons, at)
    }

    /// The first comma from `at` on, if it stands before `end`.
    pub(super) fn comma_between(&self, at: usize, end: usize) -> Option<usize> {
        first_from(&self.commas, at).filter(|comma| *comma < end)
    }

    pub(super) fn has_comment(&self, within: Range<usize>) -> bool {
        self.comments.iter().any(|comment| comment.start < within.end && comment.end > within.start)
    }

    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Where the line after the one that `at` is in begins; a line that `at` begins is as good as over.
    pub(super) fn next_line(&self, at: usize) -> usize {
        if at > 0 && self.text.as_bytes()[at - 1] == b'\n' {
            return at;
        }
        self.text[at..].find('\n').map_or(self.text.len(), |end| at + end + 1)
    }

    /// How far from the beginning of its line something stands.
    pub(super) fn column(&self, at: usize) -> usize {
        self.text[self.line_start(at)..at].chars().count()
    }

    /// Whether nothing but blanks stands before it in its line.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        self.text[self.line_start(at)..at].bytes().all(|byte| byte == b' ')
    }

    /// Whether the line that begins at `at` holds nothing.
    pub(super) fn is_blank_line(&self, at: usize) -> bool {
        at < self.text.len() && self.text[at..].lines().next().is_none_or(|line| line.trim().is_empty())
    }

    pub(super) fn is_flow(&self, node: &Node) -> bool {
        matches!(node.content, Content::List(_) | Content::Map(_))
            && self.first(node).is_some_and(|c| matches!(c, b'[' | b'{'))
    }

    pub(super) fn is_block(&self, node: &Node) -> bool {
        matches!(node.content, Content::List(_) | Content::Map(_)) && !self.is_flow(node) && !self.is_alias(node)
    }

    /// Whether a value stands elsewhere and is repeated here.
    pub(super) fn is_alias(&self, node: &Node) -> bool {
        self.aliases.binary_search(&start(node.span)).is_ok()
    }

    fn first(&self, node: &Node) -> Option<u8> {
        self.text.as_bytes().get(node.span.start as usize).copied()
    }

    /// Whether a scalar is written in lines below its `|` or `>`.
    pub(super) fn is_block_scalar(&self, node: &Node) -> bool {
        node.scalar().is_some() && self.block_scalars.iter().any(|lines| lines.contains(&start(node.span)))
    }

    /// Where a value ends, without line breaks after it that say nothing.
    pub(super) fn end_of(&self, node: &Node) -> usize {
        let last = match &node.content {
            Content::List(items) if !self.is_flow(node) => items.last(),
            Content::Map(entries) if !self.is_flow(node) => match entries.last() {
                // A key without a value ends behind its colon.
                Some(entry) if entry.value.span.end <= entry.key.span.end => {
                    let end = entry.key.span.end as usize;
                    return self.colon_after(end).map_or(end, |colon| colon + 1);
                }
                entry => entry.map(|entry| &entry.value),
            },
            _ => None,
        };
        match last {
            Some(last) if !self.is_alias(node) => self.end_of(last),
            _ if self.is_block_scalar(node) && !self.keeps_blank_lines(node) => {
                let start = node.span.start as usize;
                start + self.text[start..node.span.end as usize].trim_end_matches([' ', '\n', '\r']).len()
            }
            _ => node.span.end as usize,
        }
    }

    /// `|+` and `>+`: the blank lines below belong to the text.
    fn keeps_blank_lines(&self, node: &Node) -> bool {
        self.text[..node.span.start as usize].lines().rev().find(|line| !line.trim().is_empty()).is_some_and(|head| {
            let head = head.split(" #").next().unwrap_or(head);
            head.trim_end().ends_with('+')
                || head.trim_end().trim_end_matches(|c: char| c.is_ascii_digit()).ends_with('+')
        })
    }

    /// Where a line may be put in after a value that ends at `end`: below it, and below comments that stand further
    /// right than `column`, since those are about the value.
    pub(super) fn below(&self, end: usize, column: usize) -> usize {
        let mut after = self.next_line(end);
        let mut at = after;
        while at < self.text.len() {
            let line = self.text[at..].split_inclusive('\n').next().unwrap_or_default();
            let indent = line.len() - line.trim_start_matches(' ').len();
            let next = at + line.len();
            if line.trim_start_matches(' ').starts_with('#') && indent > column {
                after = next;
            } else if !line.trim().is_empty() {
                break;
            }
            at = next;
        }
        after
    }
}

pub(super) fn start(span: Span) -> usize {
    span.start as usize
}

pub(super) fn end(span: Span) -> usize {
    span.end as usize
}

fn last_before(sorted: &[usize], at: usize) -> Option<usize> {
    sorted[..sorted.partition_point(|mark| *mark < at)].last().copied()
}

fn first_from(sorted: &[usize], at: usize) -> Option<usize> {
    sorted.get(sorted.partition_point(|mark| *mark < at)).copied()
}
