//! Lists and maps over several lines.

use super::super::tree::{Content, Entry, Node};
use super::layout::{Layout, end, start};
use super::splice::{At, Splice, behind_mark, comment_in_the_way};
use super::write::{self, Style};
use super::{EditError, New};

/// Puts a key in below the last of a map.
pub(super) fn insert(layout: &Layout<'_>, entries: &[Entry], key: &str, value: &New) -> Vec<Splice> {
    let Some(last) = entries.last() else { return Vec::new() };
    let column = layout.column(start(last.key.span));
    let style = style_of(layout, entries.iter().map(|entry| &entry.value));
    let line = write::block_pair(key, value, column, style, layout.line_break);
    let ends: Vec<(usize, usize)> =
        entries.iter().map(|entry| (start(entry.key.span), end_of_entry(layout, entry))).collect();
    vec![below(layout, &ends, column, &line)]
}

/// Puts an entry in below the last of a list.
pub(super) fn append(layout: &Layout<'_>, items: &[Node], value: &New) -> Result<Vec<Splice>, EditError> {
    let ends = dashes(layout, items)?;
    let column = ends.last().map_or(0, |(dash, _)| layout.column(*dash));
    let style = style_of(layout, items.iter());
    let line = write::block_item(value, column, style, layout.line_break);
    Ok(vec![below(layout, &ends, column, &line)])
}

/// The first key of a map, under a key that has no value.
pub(super) fn begin_map(layout: &Layout<'_>, at: &At<'_>, key: &str, value: &New) -> Result<Vec<Splice>, EditError> {
    begin(layout, at, &format!("{{{}}}", write::pair(key, value)), |column| {
        write::block_pair(key, value, column, Style::Flow, layout.line_break)
    })
}

/// The first entry of a list, under a key that has no value.
pub(super) fn begin_list(layout: &Layout<'_>, at: &At<'_>, value: &New) -> Result<Vec<Splice>, EditError> {
    begin(layout, at, &format!("[{}]", write::flow(value)), |column| {
        write::block_item(value, column, Style::Flow, layout.line_break)
    })
}

fn begin(
    layout: &Layout<'_>,
    at: &At<'_>,
    in_line: &str,
    lines: impl Fn(usize) -> String,
) -> Result<Vec<Splice>, EditError> {
    let (from, to) = (start(at.node.span), end(at.node.span));
    let mark = behind_mark(layout, at);
    let Some((Node { content: Content::Map(entries), .. }, number)) = at.parent.filter(|_| !at.in_flow) else {
        return Ok(vec![if from < to {
            Splice::new(from..to, in_line)
        } else {
            Splice::insert(mark, format!(" {in_line}"))
        }]);
    };
    let column = layout.column(start(entries[number].key.span)) + 2;
    let mut splices = Vec::new();
    if from < to {
        splices.push(Splice::new(mark..to, ""));
    }
    let end = if from < to { to } else { mark };
    splices.push(line_below(layout, layout.next_line(end), &format!("{}{}", " ".repeat(column), lines(column))));
    Ok(splices)
}

/// Takes an entry out of `parent`, which stands at `above`.
pub(super) fn remove(
    layout: &Layout<'_>,
    above: At<'_>,
    parent: &Node,
    number: usize,
) -> Result<Vec<Splice>, EditError> {
    let entries = match &parent.content {
        Content::List(items) => dashes(layout, items)?,
        Content::Map(entries) => {
            entries.iter().map(|entry| (start(entry.key.span), end_of_entry(layout, entry))).collect()
        }
        Content::Scalar(_) | Content::Broken => Vec::new(),
    };
    if entries.len() == 1 {
        let empty = if matches!(parent.content, Content::List(_)) { "[]" } else { "{}" };
        return replace_below(layout, &above, empty).map(|splice| vec![splice]);
    }
    let (from, to) = entries[number];
    if !layout.begins_line(from) {
        // The first key of a map that stands behind a dash: the next one takes its place.
        let next = entries.get(number + 1).map_or(to, |(next, _)| *next);
        if layout.has_comment(to..next) {
            return Err(comment_in_the_way());
        }
        return Ok(vec![Splice::new(from..next, "")]);
    }
    let (mut line, mut until) = (layout.line_start(from), layout.next_line(to));
    let above = number.checked_sub(1).map(|before| layout.next_line(entries[before].1));
    if let Some(above) = above.filter(|above| layout.is_blank_line(*above)) {
        let is_last = number + 1 == entries.len();
        if (is_last || layout.is_blank_line(until)) && layout.text[above..line].trim().is_empty() {
            line = above;
        } else if layout.is_blank_line(until) {
            until = layout.next_line(until + 1);
        }
    }
    // The last line of a file that has no end takes the one before with it.
    let has_end = layout.text[..until].ends_with('\n');
    let line = if has_end { line } else { layout.text[..line].trim_end_matches(['\n', '\r']).len() };
    Ok(vec![Splice::new(line..until, "")])
}

/// Puts `text` in a line in place of a value over several.
pub(super) fn replace_below(layout: &Layout<'_>, at: &At<'_>, text: &str) -> Result<Splice, EditError> {
    let (from, to) = (start(at.node.span), layout.end_of(at.node));
    if at.parent.is_none() {
        return if layout.has_comment(from..to) { Err(comment_in_the_way()) } else { Ok(Splice::new(from..to, text)) };
    }
    let mark = match at.parent.map(|(parent, number)| (&parent.content, number)) {
        Some((Content::Map(entries), number)) => layout.colon_after(end(entries[number].key.span)),
        // The first dash of a list in a list stands right behind the outer one.
        _ => layout.dash_before(from).filter(|_| matches!(at.node.content, Content::Map(_) | Content::Scalar(_))),
    };
    let mark = mark.map(|mark| mark + 1).ok_or_else(|| EditError::Unfit("this value cannot be replaced".to_owned()))?;
    let between = &layout.text[mark..from];
    let is_header = layout.is_block_scalar(at.node) && between.trim_start().starts_with(['|', '>']);
    let is_dash = between.trim() == "-";
    if layout.has_comment(mark..to) {
        return Err(comment_in_the_way());
    }
    if !(between.trim().is_empty() || is_header || is_dash) {
        return Err(EditError::Unfit("a value with an anchor or a tag is changed where it is written".to_owned()));
    }
    Ok(Splice::new(mark..to, format!(" {text}")))
}

/// A line below the last entry, apart from it as the last is from the one before.
fn below(layout: &Layout<'_>, entries: &[(usize, usize)], column: usize, line: &str) -> Splice {
    let at = entries.last().map_or(layout.text.len(), |(_, to)| layout.below(*to, column));
    let stands_apart = match entries {
        [.., before, _] => layout.is_blank_line(layout.next_line(before.1)),
        _ => false,
    };
    let apart = if stands_apart { layout.line_break } else { "" };
    line_below(layout, at, &format!("{apart}{}{line}", " ".repeat(column)))
}

fn line_below(layout: &Layout<'_>, at: usize, line: &str) -> Splice {
    let has_end = layout.text[..at].ends_with('\n');
    let text = if has_end { format!("{line}{}", layout.line_break) } else { format!("{}{line}", layout.line_break) };
    Splice::insert(at, text)
}

/// As the others are written, if they are lists and maps; in a line where nothing says otherwise.
fn style_of<'n>(layout: &Layout<'_>, values: impl Iterator<Item = &'n Node>) -> Style {
    let mut collections = values.filter(|value| matches!(value.content, Content::List(_) | Content::Map(_))).peekable();
    let all_open = collections.peek().is_some() && collections.all(|value| layout.is_block(value));
    if all_open { Style::Block } else { Style::Flow }
}

/// The dash of each entry of a list, and where the entry ends.
fn dashes(layout: &Layout<'_>, items: &[Node]) -> Result<Vec<(usize, usize)>, EditError> {
    let mut all: Vec<(usize, usize)> = Vec::new();
    for item in items {
        // The dash stands before the value and behind the entry before; in a list of lists the first of them is it.
        let after = all.last().map_or(0, |(_, to)| *to);
        let within = layout.dashes_between(after, start(item.span) + 1);
        let column = all.first().map(|(dash, _)| layout.column(*dash));
        let is_this = |dash: &usize| match column {
            Some(column) => layout.column(*dash) == column,
            None => true,
        };
        let of_list = layout.is_block(item) && matches!(item.content, Content::List(_));
        let dash = match column {
            Some(_) => within.iter().copied().find(is_this),
            None if of_list => {
                within.iter().rev().nth(if within.last() == Some(&start(item.span)) { 1 } else { 0 }).copied()
            }
            None => within.last().copied(),
        };
        let dash = dash.ok_or_else(|| EditError::Unfit("this list cannot be edited".to_owned()))?;
        all.push((dash, layout.end_of(item).max(dash + 1)));
    }
    Ok(all)
}

fn end_of_entry(layout: &Layout<'_>, entry: &Entry) -> usize {
    let key = end(entry.key.span);
    if end(entry.value.span) > key {
        layout.end_of(&entry.value)
    } else {
        layout.colon_after(key).map_or(key, |colon| colon + 1)
    }
}
