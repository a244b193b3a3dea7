//! What must not stay behind in the source.

use super::sources::{Sources, Violation, each_list, group, inside, is_ident, is_punct, line, tokens};
use proc_macro2::{Delimiter, TokenTree};

/// In two halves, so that this file does not accuse itself.
pub(crate) const LATER: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

pub(crate) fn left_behind(sources: &Sources) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in sources.iter() {
        for (number, row) in text.lines().enumerate() {
            if let Some(mark) = LATER.iter().find(|mark| holds_word(row, mark)) {
                let text = format!("`{mark}`: finish it, or leave it out");
                violations.push(Violation::new(path, number + 1, text));
            }
        }
        each_list(&tokens(path, text), &[], &mut |list, _| {
            violations.extend(silenced(list).into_iter().map(|at| {
                Violation::new(
                    path,
                    at,
                    "a lint is silenced for good: `#[expect(…, reason = \"…\")]` notices when it is no longer needed",
                )
            }));
        });
    }
    violations
}

fn holds_word(row: &str, word: &str) -> bool {
    row.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|part| part == word)
}

/// Lines of the attributes that allow a lint, also from within `cfg_attr`.
fn silenced(list: &[TokenTree]) -> Vec<usize> {
    let attributes = (0..list.len()).filter(|at| is_punct(list.get(*at), '#')).filter_map(|at| {
        let bracket = if is_punct(list.get(at + 1), '!') { at + 2 } else { at + 1 };
        Some((line(&list[at]), group(list.get(bracket), Delimiter::Bracket)?))
    });
    attributes.filter(|(_, attribute)| allows(&inside(attribute))).map(|(at, _)| at).collect()
}

fn allows(attribute: &[TokenTree]) -> bool {
    let list_at = |at: usize| group(attribute.get(at), Delimiter::Parenthesis);
    (0..attribute.len()).any(|at| match list_at(at + 1) {
        Some(_) if is_ident(attribute.get(at), "allow") => true,
        Some(arguments) if is_ident(attribute.get(at), "cfg_attr") => allows(&inside(arguments)),
        _ => false,
    })
}
