//! The findings that every part of resolving makes in the same words.

use crate::diagnostic::{FileId, Finding, Span, Spanned, closest};
use crate::names::ColumnName;
use crate::parallel::{self, Share};
use crate::spec::{MAX_PER_FILE, too_many};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Names beyond this many are not listed; nobody reads them.
const LISTED: usize = 8;

/// Names that are compared with all others to find the one that was meant. A hostile project has more wrong names than
/// anyone reads, and as many right ones to compare each with.
const COMPARED: usize = 1_000;

/// Fewer are resolved sooner than a thread is started.
const WORTH_SHARING: usize = 48;
const AT_A_TIME: usize = 8;

thread_local! {
    /// How many more may be, in the resolving that this thread is at.
    static TO_COMPARE: Cell<usize> = const { Cell::new(COMPARED) };
}

/// Resolving begins.
pub(super) fn begin() {
    TO_COMPARE.set(COMPARED);
}

/// What `each` makes of every item, several at a time. Whatever order they are done in, answers and findings are what they
/// would be one after the other.
pub(super) fn each<T: Sync, R: Send>(
    items: &[T],
    findings: &mut Vec<Finding>,
    each: impl Fn(&T, &mut Vec<Finding>) -> R + Sync,
) -> Vec<R> {
    let share = if items.len() < WORTH_SHARING { Share::Alone } else { Share::Pieces(AT_A_TIME) };
    let left = TO_COMPARE.get();
    let compared = AtomicUsize::new(0);
    let done = parallel::map(items.iter().collect(), share, |item| {
        if compared.load(Ordering::Relaxed) > left {
            return None;
        }
        TO_COMPARE.set(left);
        let mut found = Vec::new();
        let result = each(item, &mut found);
        compared.fetch_add(left - TO_COMPARE.get(), Ordering::Relaxed);
        Some((result, found))
    });
    let compared = compared.into_inner();
    let done: Option<Vec<(R, Vec<Finding>)>> = done.into_iter().collect();
    let Some(done) = done.filter(|_| compared <= left) else {
        // Who comes first has the comparisons, and only one after the other tells who that is.
        TO_COMPARE.set(left);
        return items.iter().map(|item| each(item, findings)).collect();
    };
    TO_COMPARE.set(left - compared);
    let (results, found): (Vec<R>, Vec<Vec<Finding>>) = done.into_iter().unzip();
    findings.extend(found.into_iter().flatten());
    results
}

/// As many findings of each file as are shown.
pub(super) fn as_shown(findings: Vec<Finding>) -> Vec<Finding> {
    let mut of_file: BTreeMap<FileId, usize> = BTreeMap::new();
    let mut shown = Vec::with_capacity(findings.len().min(MAX_PER_FILE));
    for finding in findings {
        let Some(file) = finding.span.map(|span| span.file) else {
            shown.push(finding);
            continue;
        };
        let count = of_file.entry(file).or_default();
        *count += 1;
        if *count <= MAX_PER_FILE {
            shown.push(finding);
        }
    }
    shown.extend(of_file.iter().filter(|(_, count)| **count > MAX_PER_FILE).map(|(file, _)| too_many(*file)));
    shown
}

/// A name that nothing has. `intro` comes before it: "there is no object", "`case` has no field".
pub(super) fn unknown<'a>(
    intro: &str,
    written: &str,
    span: Span,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Finding {
    let finding = Finding::error("unknown-name", span, format!("{intro} `{written}`"));
    let left = TO_COMPARE.get();
    if left == 0 {
        return finding;
    }
    TO_COMPARE.set(left - 1);
    if let Some(meant) = closest(written, known.clone()) {
        return finding.hint(format!("did you mean `{meant}`?"));
    }
    match list(known) {
        Some(names) => finding.hint(format!("known are {names}")),
        None => finding,
    }
}

/// `` `a`, `b` and 3 more ``; `None` for nothing.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let rest = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match (quoted.split_last(), rest) {
        (None, _) => None,
        (Some((only, [])), 0) => Some(only.clone()),
        (Some((last, others)), 0) => Some(format!("{} and {last}", others.join(", "))),
        _ => Some(format!("{} and {rest} more", quoted.join(", "))),
    }
}

/// Columns in the order of a key that has `expected` of them.
pub(super) fn key_columns(
    written: &[Spanned<ColumnName>],
    expected: usize,
    whose: &str,
    at: Span,
    findings: &mut Vec<Finding>,
) -> Option<Vec<ColumnName>> {
    if written.len() != expected {
        let column = if expected == 1 { "column" } else { "columns" };
        findings.push(
            Finding::error(
                "key-mismatch",
                written.first().map_or(at, |first| first.span),
                format!("the key of `{whose}` has {expected} {column}, {} named here", count(written.len())),
            )
            .hint("name one column for each column of the key, in the key's order"),
        );
        return None;
    }
    Some(written.iter().map(|name| name.value.clone()).collect())
}

fn count(n: usize) -> String {
    if n == 1 { "1 is".to_owned() } else { format!("{n} are") }
}

/// Reports names that occur twice; the first keeps the name.
pub(super) fn duplicates<'a, T: AsRef<str> + 'a>(
    what: &str,
    names: impl IntoIterator<Item = &'a Spanned<T>>,
    findings: &mut Vec<Finding>,
) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for name in names {
        let text = name.value.as_ref();
        match seen.get(text) {
            Some(first) => findings.push(
                Finding::error("duplicate-name", name.span, format!("there are two {what} called `{text}`"))
                    .label(*first, "the other one")
                    .hint("rename one of them"),
            ),
            None => {
                seen.insert(text, name.span);
            }
        }
    }
}
