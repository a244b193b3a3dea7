//! Files that no `mod` line leads to: nobody compiles them, so no test in them ever runs.

use super::sources::{Sources, Violation, each_list, group, ident, inside, is_ident, is_punct, tokens};
use proc_macro2::{Delimiter, TokenTree};
use std::collections::BTreeSet;

pub(crate) fn forgotten(sources: &Sources) -> Vec<Violation> {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut waiting: Vec<String> =
        sources.iter().map(|(path, _)| path).filter(|path| is_root(path)).map(str::to_owned).collect();
    while let Some(path) = waiting.pop() {
        if let Some(text) = sources.get(&path).filter(|_| !reached.contains(&path)) {
            waiting.extend(declared(&path, text));
            reached.insert(path);
        }
    }
    let lost = sources.iter().filter(|(path, _)| !reached.contains(*path));
    lost.map(|(path, _)| Violation::new(path, 1, "no `mod` line leads here, so nothing compiles this file")).collect()
}

/// What cargo itself compiles.
fn is_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        // Also of a package of its own inside this one.
        ["src", file] | ["tests" | "benches", .., "src", file] => matches!(*file, "lib.rs" | "main.rs"),
        ["tests" | "benches", _] => true,
        ["tests" | "benches", _, file] => *file == "main.rs",
        _ => false,
    }
}

/// The files that the `mod` lines of `path` may mean.
fn declared(path: &str, text: &str) -> Vec<String> {
    let (folder, file) = path.rsplit_once('/').unwrap_or_default();
    let owns_folder = is_root(path) || file == "mod.rs";
    let base = if owns_folder { folder.to_owned() } else { format!("{folder}/{}", file.trim_end_matches(".rs")) };
    let mut files = Vec::new();
    each_list(&tokens(path, text), &[], &mut |list, modules| {
        let home = [std::slice::from_ref(&base), modules].concat().join("/");
        for at in (0..list.len()).filter(|at| is_ident(list.get(*at), "mod") && is_punct(list.get(at + 2), ';')) {
            let Some(name) = ident(list.get(at + 1)) else { continue };
            match path_attribute(&list[..at]) {
                Some(other) if modules.is_empty() => files.push(normal(&format!("{folder}/{other}"))),
                Some(other) => files.push(normal(&format!("{home}/{other}"))),
                None => files.extend([format!("{home}/{name}.rs"), format!("{home}/{name}/mod.rs")]),
            }
        }
    });
    files
}

/// The text of a `#[path = "…"]` among the attributes right before a `mod`.
fn path_attribute(before: &[TokenTree]) -> Option<String> {
    let item =
        before.iter().rposition(|token| is_punct(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some());
    let attributes = &before[item.map_or(0, |at| at + 1)..];
    attributes.iter().find_map(|token| {
        let parts = inside(group(Some(token), Delimiter::Bracket)?);
        let is_path = is_ident(parts.first(), "path") && is_punct(parts.get(1), '=');
        is_path.then(|| parts.get(2).map(|text| text.to_string().trim_matches('"').to_owned())).flatten()
    })
}

fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
