//! What changes in a file, as git shows it.

use crate::diagnostic::escape::is_unshowable;
use anstyle::{AnsiColor, Style};

const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();
const FILE: Style = Style::new().bold();

/// The changed lines of a file with those around them. What cannot be shown is replaced.
pub fn plain(path: &str, before: &str, after: &str) -> String {
    // Line ends that stay are no news, and could not be shown.
    let keeps_ends = before.contains("\r\n") && after.contains("\r\n");
    let unix = |text: &str| if keeps_ends { text.replace("\r\n", "\n") } else { text.to_owned() };
    let (before, after) = (&*unix(before), &*unix(after));
    let mut options = diffy::DiffOptions::new();
    options.set_original_filename(path.to_owned()).set_modified_filename(path.to_owned());
    let patch = options.create_patch(before, after).to_string();
    patch.replace(|c| is_unshowable(c) && !matches!(c, '\n' | '\t'), "\u{fffd}")
}

/// The same, coloured as git does. A terminal that wants no colours is not shown them.
pub fn colored(path: &str, before: &str, after: &str) -> String {
    let mut text = String::new();
    for line in plain(path, before, after).lines() {
        let style = match line.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => FILE,
            [b'+', ..] => ADDED,
            [b'-', ..] => REMOVED,
            [b'@', ..] => PLACE,
            _ => Style::new(),
        };
        text.push_str(&format!("{style}{line}{style:#}\n"));
    }
    text
}
