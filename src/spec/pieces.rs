//! What a YAML text is made of, one piece after the other: values as they are written, the marks between them, and
//! comments. Everything between two pieces is blank.

use granit_parser::{ScalarStyle, ScanError, Scanner, StrInput, TokenType};
use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// `---`
    Begin,
    /// `...`
    End,
    /// `%YAML 1.2`
    Directive,
    Dash,
    /// `?`
    Question,
    Colon,
    Comma,
    Open,
    Close,
    /// An anchor or a tag.
    Property,
    Alias,
    /// In quotes or without.
    Scalar,
    /// `|` or `>`, and what is said there of the text below.
    Header,
    /// The lines below a header, from the beginning of the first to the end of the last.
    Lines,
    Comment,
}

/// What begins and ends between two pieces, without being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// A list over several lines.
    List(usize),
    /// A map over several lines.
    Map(usize),
    /// The last list or map that began ends.
    Ends,
    Key,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: PieceKind,
    pub(super) range: Range<usize>,
    /// What happens right before it.
    pub(super) turns: Vec<Turn>,
}

/// The pieces of a text in their order.
///
/// # Errors
/// It is no YAML.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, ScanError> {
    let mut options = granit_parser::options! { flow_nesting_limit: super::tree::MAX_DEPTH + 1 };
    options.set_emit_comments(true);
    let mut cutting = Cutting { text, found: Vec::new(), comments: Vec::new(), turns: Vec::new() };
    for token in Scanner::with_options(StrInput::new(text), options) {
        let token = token?;
        cutting.take(token.token_type(), token.span().byte_range().unwrap_or(0..0));
    }
    let mut all = cutting.found;
    // A comment behind a header is told after the lines below it.
    all.extend(cutting.comments);
    all.sort_by_key(|piece| piece.range.start);
    Ok(all)
}

struct Cutting<'t> {
    text: &'t str,
    found: Vec<Piece>,
    comments: Vec<Piece>,
    turns: Vec<Turn>,
}

impl Cutting<'_> {
    fn take(&mut self, token: &TokenType<'_>, at: Range<usize>) {
        match token {
            TokenType::StreamStart | TokenType::StreamEnd => {}
            TokenType::BlockSequenceStart => self.turns.push(Turn::List(at.start)),
            TokenType::BlockMappingStart => self.turns.push(Turn::Map(at.start)),
            TokenType::BlockEnd => self.turns.push(Turn::Ends),
            TokenType::Key => {
                self.turns.push(Turn::Key);
                if !at.is_empty() {
                    self.push(PieceKind::Question, at);
                }
            }
            TokenType::Comment(_) => {
                self.comments.push(Piece { kind: PieceKind::Comment, range: at, turns: Vec::new() });
            }
            // What the scanner tells stands behind the blanks after the dash.
            TokenType::BlockEntry => {
                let dash = self.text[..at.start].trim_end_matches([' ', '\t']).rfind('-').unwrap_or(at.start);
                self.push(PieceKind::Dash, dash..dash + 1);
            }
            TokenType::Value => self.push(PieceKind::Colon, at.start..at.start + 1),
            TokenType::Scalar(ScalarStyle::Literal | ScalarStyle::Folded, _) => self.block_scalar(at.end),
            TokenType::Scalar(..) if at.is_empty() => {}
            TokenType::Scalar(..) => self.push(PieceKind::Scalar, at),
            TokenType::DocumentStart => self.push(PieceKind::Begin, at),
            TokenType::DocumentEnd => self.push(PieceKind::End, at),
            TokenType::FlowSequenceStart | TokenType::FlowMappingStart => self.push(PieceKind::Open, at),
            TokenType::FlowSequenceEnd | TokenType::FlowMappingEnd => self.push(PieceKind::Close, at),
            TokenType::FlowEntry => self.push(PieceKind::Comma, at),
            TokenType::Alias(_) => self.push(PieceKind::Alias, at),
            TokenType::Anchor(_) | TokenType::Tag(..) => self.push(PieceKind::Property, at),
            TokenType::VersionDirective(..) | TokenType::TagDirective(..) | TokenType::ReservedDirective(..) => {
                self.push(PieceKind::Directive, at);
            }
            // A kind of token that is not known yet: what it says is missed afterwards, and the text stays as it is.
            _ => {}
        }
    }

    fn push(&mut self, kind: PieceKind, range: Range<usize>) {
        self.found.push(Piece { kind, range, turns: std::mem::take(&mut self.turns) });
    }

    /// The scanner tells where the text ends, somewhere before what comes next.
    fn block_scalar(&mut self, end: usize) {
        let before = self.found.last().map_or(0, |piece| piece.range.end);
        let rest = &self.text[before..];
        let from = before + rest.len() - rest.trim_start().len();
        let header = self.text[from..].split(char::is_whitespace).next().unwrap_or_default();
        self.push(PieceKind::Header, from..from + header.len());
        let first = self.text[from..].find('\n').map_or(self.text.len(), |at| from + at + 1);
        let lines = self.text[first..end.max(first)].split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        let mut lines: Vec<&str> = lines.collect();
        let indent = indent_of(&lines, header, 0);
        let is_blank = |line: &&&str| line.trim_matches(' ').is_empty();
        // What stands behind the last line break is before what comes next.
        if lines.last().filter(is_blank).is_some() {
            lines.pop();
        }
        while !header.contains('+') && lines.last().filter(is_blank).is_some_and(|line| line.len() <= indent) {
            lines.pop();
        }
        let Some(last) = lines.last() else { return };
        let until = last.as_ptr() as usize - self.text.as_ptr() as usize + last.len();
        if until > first || header.contains('+') {
            self.push(PieceKind::Lines, first..until);
        }
    }
}

/// How far the lines below a header are indented, which stand in something that is at `column`.
pub(super) fn indent_of(lines: &[&str], header: &str, column: usize) -> usize {
    let written = header.chars().find_map(|c| c.to_digit(10)).and_then(|digit| usize::try_from(digit).ok());
    match written {
        Some(digit) => column + digit,
        None => {
            let first = lines.iter().find(|line| !line.trim_matches(' ').is_empty());
            first.map_or(usize::MAX, |line| line.len() - line.trim_start_matches(' ').len())
        }
    }
}
