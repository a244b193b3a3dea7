//! Pieces, each where it belongs.

use super::super::pieces::{Piece, PieceKind, Turn, indent_of};

/// How far what stands in something is further right than it.
const STEP: usize = 2;

/// The text laid out anew.
pub(super) fn printed(text: &str, pieces: &[Piece]) -> String {
    let mut printer = Printer { text, out: String::with_capacity(text.len() + 16), ..Printer::default() };
    let mut next = pieces.iter().filter(|piece| piece.kind != PieceKind::Comment).peekable();
    let mut before = None;
    for piece in pieces {
        if piece.kind != PieceKind::Comment {
            next.next();
        }
        printer.piece(piece, before, next.peek().copied());
        before = Some(piece);
    }
    // Text that ends with the file and without a line break would get one.
    let keeps_end = before.is_some_and(|last| last.kind == PieceKind::Lines) && !text.ends_with('\n');
    if !printer.out.is_empty() && !keeps_end {
        printer.out.push('\n');
    }
    printer.out
}

/// A list or map over several lines that is not at its end.
#[derive(Debug, Clone, Copy)]
struct Open {
    is_list: bool,
    /// It has no beginning and end of its own: its dashes stand below the first letter of its key.
    is_flush: bool,
    /// Where it stood.
    from: usize,
    /// Where it stands now.
    column: usize,
}

/// A bracket that is not closed.
#[derive(Debug, Clone, Copy)]
struct Bracket {
    /// Where its lines begin.
    inner: usize,
    /// Where the line begins that it stands in.
    outer: usize,
}

#[derive(Default)]
struct Printer<'t> {
    text: &'t str,
    out: String,
    /// How far the present line goes.
    column: usize,
    open: Vec<Open>,
    brackets: Vec<Bracket>,
    /// Where what is in the present line begins, behind dashes.
    line: usize,
    /// Whether a key begins.
    at_key: bool,
    /// Whether nothing but comments has come since the lines below a `|` or `>`.
    below_text: bool,
}

impl Printer<'_> {
    fn piece(&mut self, piece: &Piece, before: Option<&Piece>, next: Option<&Piece>) {
        let gap = &self.text[before.map_or(0, |before| before.range.end)..piece.range.start];
        let breaks = gap.matches('\n').count();
        let is_own_line = before.is_none() || breaks > 0;
        let column = if piece.kind == PieceKind::Comment {
            let column = self.column_of_comment(piece, next);
            // Further right it would be one more line of the text above.
            if self.below_text { column.min(self.open.last().map_or(0, |open| open.column)) } else { column }
        } else {
            self.turn(piece, !is_own_line);
            self.below_text = matches!(piece.kind, PieceKind::Lines | PieceKind::Header);
            self.column_of(piece)
        };
        if is_own_line {
            let empty = usize::from(before.is_some()) + usize::from(before.is_some() && breaks > 1);
            self.put(&"\n".repeat(empty));
            self.put(&" ".repeat(if piece.kind == PieceKind::Lines { 0 } else { column }));
            self.line = column;
        } else if let Some(before) = before {
            let blanks = self.between(before, piece, gap);
            self.put(&" ".repeat(blanks));
        }
        self.write(piece, before);
    }

    /// Opens and closes what does before a piece.
    fn turn(&mut self, piece: &Piece, in_line: bool) {
        let here = if in_line { self.column + 1 } else { self.inner() };
        self.at_key = false;
        for turn in &piece.turns {
            match *turn {
                Turn::List(at) | Turn::Map(at) => {
                    let is_list = matches!(turn, Turn::List(_));
                    self.open.push(Open { is_list, is_flush: false, from: self.column_in_text(at), column: here });
                }
                Turn::Ends => {
                    self.end_flush();
                    self.open.pop();
                }
                Turn::Key => {
                    // In brackets nothing is open in lines that a key could end.
                    if self.brackets.is_empty() {
                        self.end_flush();
                    }
                    self.at_key = true;
                }
            }
        }
        if piece.kind == PieceKind::Dash && self.open.last().is_none_or(|open| !open.is_list) {
            let column = self.open.last().map_or(0, |open| open.column + STEP);
            let from = self.column_in_text(piece.range.start);
            self.open.push(Open { is_list: true, is_flush: true, from, column });
        }
        if matches!(piece.kind, PieceKind::Begin | PieceKind::End) {
            self.open.clear();
        }
    }

    fn end_flush(&mut self) {
        if self.open.last().is_some_and(|open| open.is_flush) {
            self.open.pop();
        }
    }

    /// Where what stands in the innermost list or map begins.
    fn inner(&self) -> usize {
        self.open.last().map_or(0, |open| open.column + STEP)
    }

    /// Where a piece stands that begins a line.
    fn column_of(&self, piece: &Piece) -> usize {
        if let Some(bracket) = self.brackets.last() {
            return if piece.kind == PieceKind::Close { bracket.outer } else { bracket.inner };
        }
        match piece.kind {
            PieceKind::Begin | PieceKind::End | PieceKind::Directive => 0,
            PieceKind::Dash | PieceKind::Question | PieceKind::Colon => self.open.last().map_or(0, |open| open.column),
            _ if self.at_key => self.open.last().map_or(0, |open| open.column),
            _ => self.inner(),
        }
    }

    /// With what comes next, unless it stands further right: then it belongs to what is above it.
    fn column_of_comment(&self, comment: &Piece, next: Option<&Piece>) -> usize {
        if let Some(bracket) = self.brackets.last() {
            return bracket.inner;
        }
        let stood = self.column_in_text(comment.range.start);
        if let Some(next) = next {
            let mut then = Printer { text: self.text, open: self.open.clone(), ..Printer::default() };
            then.turn(next, false);
            if stood <= self.column_in_text(next.range.start) && !matches!(next.kind, PieceKind::Begin | PieceKind::End)
            {
                return then.column_of(next);
            }
        }
        match self.open.iter().rposition(|open| open.from <= stood) {
            Some(at) if at + 1 == self.open.len() && self.open[at].from < stood => self.open[at].column + STEP,
            Some(at) => self.open[at].column,
            None => 0,
        }
    }

    /// Blanks between two pieces in a line.
    fn between(&self, before: &Piece, piece: &Piece, gap: &str) -> usize {
        match (before.kind, piece.kind) {
            // How far a comment stands to the right is the author's, who lines it up with others.
            (_, PieceKind::Comment) => {
                if gap.contains('\t') {
                    1
                } else {
                    gap.len().max(1)
                }
            }
            (PieceKind::Open, _) | (_, PieceKind::Close | PieceKind::Comma) => 0,
            (PieceKind::Alias | PieceKind::Property, PieceKind::Colon) => 1,
            (_, PieceKind::Colon) => 0,
            _ => 1,
        }
    }

    fn write(&mut self, piece: &Piece, before: Option<&Piece>) {
        let text = &self.text[piece.range.clone()];
        match piece.kind {
            PieceKind::Scalar if text.contains('\n') => self.scalar_lines(text),
            PieceKind::Scalar if is_requoted(text) => {
                self.put("\"");
                self.put(&text[1..text.len() - 1]);
                self.put("\"");
            }
            PieceKind::Comment | PieceKind::Directive => self.put(text.trim_end()),
            PieceKind::Lines => self.block_lines(text, before),
            PieceKind::Dash | PieceKind::Question => {
                self.line = self.column + STEP;
                self.put(text);
            }
            PieceKind::Open => {
                self.put(text);
                let rest = self.text[piece.range.end..].trim_start_matches([' ', '\t']);
                let is_last = rest.is_empty() || rest.starts_with(['\n', '#']);
                let inner = if is_last { self.line + STEP } else { self.column };
                self.brackets.push(Bracket { inner, outer: self.line });
            }
            PieceKind::Close => {
                self.brackets.pop();
                self.put(text);
            }
            _ => self.put(text),
        }
    }

    /// Text in quotes, or without, whose lines are folded: how far they are indented says nothing.
    fn scalar_lines(&mut self, text: &str) {
        let column = match self.brackets.last() {
            Some(bracket) => bracket.inner,
            None => self.inner(),
        };
        let last = text.matches('\n').count();
        for (number, line) in text.split('\n').enumerate() {
            let is_last = number == last;
            let line = if number == 0 { line } else { line.trim_start_matches([' ', '\t']) };
            let trimmed = if is_last { line } else { line.trim_end_matches([' ', '\t']) };
            // A blank behind a backslash is written on purpose.
            let escapes = trimmed.len() - trimmed.trim_end_matches('\\').len();
            let kept = if text.starts_with('"') && escapes % 2 == 1 && line.len() > trimmed.len() { 1 } else { 0 };
            if number > 0 {
                self.put("\n");
            }
            if number > 0 && !trimmed.is_empty() {
                self.put(&" ".repeat(column));
            }
            self.put(&line[..trimmed.len() + kept]);
        }
    }

    /// The lines below a `|` or `>`, moved as a whole.
    fn block_lines(&mut self, text: &str, before: Option<&Piece>) {
        let lines: Vec<&str> = text.split('\n').collect();
        let header = self.header(before, text);
        let digit = header.chars().find_map(|c| c.to_digit(10)).and_then(|digit| usize::try_from(digit).ok());
        let outer = self.open.last().map_or(0, |open| open.from);
        let indent = indent_of(&lines, header, outer);
        let column = match (digit, self.open.last()) {
            (Some(digit), Some(open)) => open.column + digit,
            (Some(digit), None) => digit,
            (None, _) => self.inner().max(STEP),
        };
        for (number, line) in lines.iter().enumerate() {
            if number > 0 {
                self.put("\n");
            }
            if line.len() > indent {
                self.put(&" ".repeat(column));
                self.put(line.get(indent..).unwrap_or(line));
            }
        }
    }

    /// What is said before the lines, behind which a comment may stand.
    fn header(&self, before: Option<&Piece>, lines: &str) -> &str {
        let until = lines.as_ptr() as usize - self.text.as_ptr() as usize;
        let from = match before {
            Some(piece) if piece.kind == PieceKind::Header => piece.range.start,
            _ => self.text[..until].rfind(['|', '>']).unwrap_or(until),
        };
        self.text[from..until].split([' ', '\t', '\n']).next().unwrap_or_default()
    }

    fn put(&mut self, text: &str) {
        self.column = match text.rfind('\n') {
            Some(end) => text[end + 1..].chars().count(),
            None => self.column + text.chars().count(),
        };
        self.out.push_str(text);
    }

    fn column_in_text(&self, at: usize) -> usize {
        let line = self.text[..at].rfind('\n').map_or(0, |end| end + 1);
        self.text[line..at].chars().count()
    }
}

/// Whether text in single quotes can stand in double ones as it is.
pub(super) fn is_requoted(text: &str) -> bool {
    text.len() >= 2 && text.starts_with('\'') && !text[1..text.len() - 1].contains(['\'', '"', '\\', '\n'])
}
