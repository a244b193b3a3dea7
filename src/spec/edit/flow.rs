//! Lists and maps between brackets.

use super::super::tree::{Content, Node};
use super::EditError;
use super::layout::{Layout, end, start};
use super::splice::{Splice, comment_in_the_way};

/// Puts `text` in as the last entry: in a line of its own where the last one has one, else beside it.
pub(super) fn add(layout: &Layout<'_>, node: &Node, text: &str) -> Result<Vec<Splice>, EditError> {
    let close = end(node.span) - 1;
    let Some((from, to)) = extents(layout, node).last().copied() else {
        if layout.has_comment(start(node.span)..close) {
            return Err(comment_in_the_way());
        }
        return Ok(vec![Splice::new(start(node.span) + 1..close, text)]);
    };
    let comma = layout.comma_between(to, close);
    if !layout.begins_line(from) {
        return Ok(vec![match comma {
            Some(comma) => Splice::insert(comma + 1, format!(" {text},")),
            None => Splice::insert(to, format!(", {text}")),
        }]);
    }
    let indent = " ".repeat(layout.column(from));
    let (break_, until) = (layout.line_break, layout.next_line(comma.map_or(to, |comma| comma + 1)));
    let line =
        |text: &str| if until <= close { format!("{indent}{text}{break_}") } else { format!("{break_}{indent}{text}") };
    Ok(match comma {
        // Where the bracket closes in the same line, it keeps its place there.
        Some(comma) => vec![Splice::insert(if until <= close { until } else { comma + 1 }, line(&format!("{text},")))],
        None if until <= close => vec![Splice::insert(to, ","), Splice::insert(until, line(text))],
        None => vec![Splice::insert(to, format!(",{}", line(text)))],
    })
}

/// Takes an entry out, with the comma that it no longer needs.
pub(super) fn remove(layout: &Layout<'_>, parent: &Node, number: usize) -> Result<Vec<Splice>, EditError> {
    let close = end(parent.span) - 1;
    let all = extents(layout, parent);
    let (from, to) = all[number];
    if let Some(comma) = layout.comma_between(to, close) {
        if layout.has_comment(to..comma) {
            return Err(comment_in_the_way());
        }
        let blanks = layout.text[comma + 1..].len() - layout.text[comma + 1..].trim_start_matches(' ').len();
        let until = comma + 1 + blanks;
        // A line that held nothing else goes whole; one with a comment keeps it.
        let rest = layout.text[until..].starts_with(['\n', '\r']);
        return Ok(vec![match layout.begins_line(from) && rest {
            true => Splice::new(layout.line_start(from)..layout.next_line(until), ""),
            false => Splice::new(from..if rest { comma + 1 } else { until }, ""),
        }]);
    }
    let before = match number.checked_sub(1) {
        Some(previous) if !layout.has_comment(all[previous].1..from) => all[previous].1,
        // A comma may stand before the bracket.
        _ => from,
    };
    Ok(vec![Splice::new(before..to, "")])
}

/// Where each entry begins and ends.
fn extents(layout: &Layout<'_>, node: &Node) -> Vec<(usize, usize)> {
    match &node.content {
        Content::List(items) => items.iter().map(|item| (start(item.span), end(item.span))).collect(),
        Content::Map(entries) => {
            let of = |entry: &super::super::tree::Entry| {
                let key = end(entry.key.span);
                let value = end(entry.value.span);
                let to = if value > key { value } else { layout.colon_after(key).map_or(key, |colon| colon + 1) };
                (start(entry.key.span), to)
            };
            entries.iter().map(of).collect()
        }
        Content::Scalar(_) | Content::Broken => Vec::new(),
    }
}
