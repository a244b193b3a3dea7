//! What keeps rows from people, in a document that another one lies over, and would be gone without a word.

use super::super::conform::shown;
use super::super::tree::{Content, Entry, Node};
use super::{deed, is_map};
use crate::diagnostic::Finding;
use std::collections::BTreeSet;

/// What of a grant decides which rows are reached, when, and as what; what of a field keeps it from people; and to which tenants
/// a path leads.
const NARROWING: &[&str] =
    &["scope", "where", "has", "min_tier", "valid_from", "valid_until", "needs", "preset", "class", "mask", "kind"];
/// Classes that keep a field from nobody.
const ORDINARY: &[&str] = &["public", "business"];

/// A grant, a field or a path over one in its long form, or over several, that does not say their limits again.
pub(super) fn replaced(known: &Entry, entry: &Entry) -> Option<Finding> {
    if matches!(entry.value.content, Content::Broken) {
        return None;
    }
    let (before, after) = (grants(&known.value), grants(&entry.value));
    let after = if after.is_empty() { vec![&entry.value] } else { after };
    let limited = before.iter().any(|grant| !limits(grant).is_empty());
    // Each is within one that was there: it has the same limits and perhaps more.
    let is_within = |new: &Node| {
        before
            .iter()
            .any(|old| limits(old).is_subset(&limits(new)) && (!limits(old).is_empty() || shows_no_more(new, old)))
    };
    let open = after.into_iter().find(|new| limited && !is_within(new))?;
    let said = limits(open);
    let lost: BTreeSet<&str> = before.iter().flat_map(|old| limits(old)).filter(|key| !said.contains(key)).collect();
    let lost: Vec<&str> = NARROWING.iter().filter(|key| lost.contains(*key)).copied().collect();
    let (first, key) = (lost.first()?, shown(&entry.key.value));
    let names: Vec<String> = lost.iter().map(|key| format!("`{key}`")).collect();
    let what = if is_map(&known.value) { "one that has" } else { "a list that has" };
    let finding = Finding::error(
        "narrowing-replaced",
        entry.key.span,
        format!("this `{key}` replaces {what} {}", names.join(", ")),
    )
    .why("more rows would be reached than before, and nothing here says so")
    .label(known.key.span, "the one replaced");
    Some(if is_map(&known.value) && grants(&entry.value).is_empty() {
        let form = match *first {
            "class" | "mask" => "type: …",
            "kind" => "column: …",
            _ => "fields: …",
        };
        finding.hint(format!(
            "write `{key}: {{{form}}}` to keep them, with `-{key}: [{first}]` beside it for what is to go"
        ))
    } else {
        finding.hint(format!("say in each entry which rows are meant: `{key}: [{{{first}: …, fields: …}}]`"))
    })
}

/// The grants in their long form that a value holds; none: it is in the short form.
fn grants(value: &Node) -> Vec<&Node> {
    match &value.content {
        Content::Map(_) => vec![value],
        Content::List(items) if items.iter().all(is_map) => items.iter().collect(),
        _ => Vec::new(),
    }
}

fn limits(grant: &Node) -> BTreeSet<&'static str> {
    let is_said = |key: &&&str| {
        let value = grant.get(key).and_then(Node::scalar);
        grant.get(key).is_some()
            && !(**key == "class" && value.is_some_and(|class| ORDINARY.contains(&class.text.as_str())))
    };
    NARROWING.iter().filter(is_said).copied().collect()
}

/// Whether the fields are none but those of a grant for every row.
fn shows_no_more(new: &Node, old: &Node) -> bool {
    let Some(there) = old.get("fields") else { return true };
    let shown = if is_map(new) { new.get("fields") } else { Some(new) };
    shown.is_some_and(|shown| words(shown).is_subset(&words(there)))
}

/// One word, or those of a list.
fn words(value: &Node) -> BTreeSet<&str> {
    let one = value.scalar().into_iter();
    one.chain(value.items().iter().filter_map(Node::scalar)).map(|scalar| scalar.text.as_str()).collect()
}

/// Denials of the lower document that the upper one puts others in place of, or adds to: what is added to a denial says in
/// which rows it holds, and in all others it holds no more.
pub(super) fn denials_weakened(known: &Node, upper: &Node) -> Vec<Finding> {
    let set = upper.entries().iter().filter(|entry| matches!(deed(entry), super::Deed::Set));
    set.filter_map(|entry| weakened(known.entry(&entry.key.value)?, entry)).collect()
}

fn weakened(known: &Entry, entry: &Entry) -> Option<Finding> {
    let (before, after) = (&known.value, &entry.value);
    let merges = is_map(before) && is_map(after);
    let object = shown(&entry.key.value);
    let message = if is_map(after) && after.get("where").is_some() && before.get("where").is_none() {
        format!("this takes away of `{object}` only in some rows what was taken away in all")
    } else if !merges && before.get("where").is_none() && is_map(before) && before.get("fields").is_none() {
        format!("this takes away fields of `{object}` where whole rows were taken away")
    } else {
        let there = before.get("fields").filter(|_| is_map(before)).unwrap_or(before);
        let taken = if is_map(after) { after.get("fields") } else { Some(after) };
        let taken = match taken {
            Some(taken) => words(taken),
            // Whole rows are every field; where maps merge, the fields stay as they were.
            None => return None,
        };
        let free: Vec<String> = words(there).difference(&taken).map(|field| format!("`{}`", shown(field))).collect();
        if free.is_empty() {
            return None;
        }
        format!("this denial of `{object}` replaces one that takes away {}", free.join(", "))
    };
    let hint = format!("write `+{object}: …` to take away more, or `-{object}: […]` for what is to be given back");
    Some(
        Finding::error("narrowing-replaced", entry.key.span, message)
            .why("more would be shown than before, and nothing here says so")
            .label(known.key.span, "the one replaced")
            .hint(hint),
    )
}
