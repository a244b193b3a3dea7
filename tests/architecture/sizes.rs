//! Files and functions that no longer fit the eye.

use super::sources::{Sources, Violation, each_list, group, ident, is_ident, is_punct, line, tokens};
use proc_macro2::{Delimiter, TokenTree};

const FILE: usize = 400;
const FUNCTION: usize = 70;
const COMMAND: usize = 120;
const MAIN: usize = 30;

pub(crate) fn too_long(sources: &Sources) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in sources.iter() {
        let (limit, why) = limit_of(path);
        let lines = text.lines().count();
        if lines > limit {
            violations.push(Violation::new(path, limit + 1, format!("{lines} lines, {limit} are allowed: {why}")));
        }
        each_list(&tokens(path, text), &[], &mut |list, _| {
            violations.extend(long_functions(list).into_iter().map(|(name, at, length)| {
                let text =
                    format!("`{name}` is {length} lines long, {FUNCTION} are allowed: what are its parts called?");
                Violation::new(path, at, text)
            }));
        });
    }
    violations
}

fn limit_of(path: &str) -> (usize, &'static str) {
    if path == "src/main.rs" {
        (MAIN, "it parses, dispatches and exits")
    } else if path.starts_with("src/cli/command/") {
        (COMMAND, "a verb gathers, computes and acts; the rest belongs to a room below")
    } else {
        (FILE, "a file this long wants to be two")
    }
}

/// Name, line and length of the functions whose body stands in this token list.
fn long_functions(list: &[TokenTree]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for at in (0..list.len()).filter(|at| is_ident(list.get(*at), "fn")) {
        let Some(name) = ident(list.get(at + 1)) else { continue };
        let rest = &list[at..];
        let end = rest.iter().position(|token| is_punct(Some(token), ';') || body_end(token).is_some());
        let Some(last) = end.and_then(|end| body_end(&rest[end])) else { continue };
        let length = last + 1 - line(&list[at]);
        if length > FUNCTION {
            found.push((name, line(&list[at]), length));
        }
    }
    found
}

fn body_end(token: &TokenTree) -> Option<usize> {
    group(Some(token), Delimiter::Brace).map(|body| body.span_close().end().line)
}
