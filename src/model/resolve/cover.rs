//! Whether what one persona holds is among what another holds.

use super::place::rows_within;
use crate::model::{Object, ParentNeeds, Persona, ReadGrant, Share, Write, WriteGrant};
use crate::names::FieldName;
use std::collections::BTreeSet;

/// What `narrow` may do with the object and `wide` may not, in words; nothing where all of it is proved to be among what
/// `wide` holds. Both are external and of one portal, each with the tenant and the user that are theirs.
pub fn uncovered(object: &Object, narrow: &Persona, wide: &Persona) -> BTreeSet<String> {
    let reads = |persona: &Persona| persona.reads.get(&object.name).cloned().unwrap_or_default();
    let writes = |persona: &Persona| persona.writes.get(&object.name).cloned().unwrap_or_default();
    let (wide_reads, wide_writes) = (reads(wide), writes(wide));
    let mut missing = BTreeSet::new();
    for grant in reads(narrow) {
        let fields = grant.fields.iter().filter(|field| !wide_reads.iter().any(|other| shows(other, &grant, field)));
        missing.extend(fields.map(|field| format!("read `{field}`")));
    }
    for grant in writes(narrow) {
        missing.extend(unwritten(&grant, &wide_writes));
    }
    missing
}

fn shows(wide: &ReadGrant, narrow: &ReadGrant, field: &FieldName) -> bool {
    let plain = !narrow.unmasked.contains(field) || wide.unmasked.contains(field);
    wide.fields.contains(field) && plain && rows_within(&narrow.rows, &wide.rows)
}

/// What of a grant none of `wide` gives; of fields and moves each for itself.
fn unwritten(grant: &WriteGrant, wide: &[WriteGrant]) -> BTreeSet<String> {
    let wide: Vec<&Write> =
        wide.iter().filter(|other| rows_within(&grant.rows, &other.rows)).map(|other| &other.write).collect();
    let action = grant.write.action();
    match &grant.write {
        Write::Update { fields, preset, parent } => {
            let given = |field: &&FieldName| {
                !wide.iter().any(|other| {
                    matches!(other, Write::Update { fields, preset: theirs, parent: needs }
                    if fields.contains(*field) && preset == theirs && asks_no_more(*needs, *parent))
                })
            };
            fields.iter().filter(given).map(|field| format!("update `{field}`")).collect()
        }
        Write::Transition { field, moves, preset, parent } => {
            let known = |from: &String, to: &String| {
                wide.iter().any(|other| {
                    matches!(other, Write::Transition { field: of, moves, preset: theirs, parent: needs }
                    if of == field && preset == theirs && asks_no_more(*needs, *parent) && moves.get(from).is_some_and(|targets| targets.contains(to)))
                })
            };
            let each = moves.iter().flat_map(|(from, targets)| targets.iter().map(move |to| (from, to)));
            each.filter(|(from, to)| !known(from, to)).map(|(from, to)| format!("move `{from}` to `{to}`")).collect()
        }
        whole => {
            let covered = wide.iter().any(|other| holds(other, whole));
            (!covered).then(|| action.to_owned()).into_iter().collect()
        }
    }
}

/// Whether the first, on the same rows, gives all of the second.
fn holds(wide: &Write, narrow: &Write) -> bool {
    match (wide, narrow) {
        (Write::Create(wide), Write::Create(narrow)) => {
            narrow.fields.is_subset(&wide.fields)
                && (&narrow.parents, &narrow.preset, &narrow.stamps) == (&wide.parents, &wide.preset, &wide.stamps)
        }
        (Write::Share(wide), Write::Share(narrow)) => shares(wide, narrow),
        (Write::Delete { parent: wide }, Write::Delete { parent: narrow }) => asks_no_more(*wide, *narrow),
        (Write::Export { max_rows: most }, Write::Export { max_rows }) => max_rows <= most,
        (wide, narrow) => wide == narrow,
    }
}

/// A parent that may be changed is one that may be read, and not the other way round.
fn asks_no_more(wide: ParentNeeds, narrow: ParentNeeds) -> bool {
    wide == narrow || wide == ParentNeeds::Read
}

fn shares(wide: &Share, narrow: &Share) -> bool {
    let as_long = match (wide.expires, narrow.expires) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(most), Some(asked)) => asked <= most,
    };
    narrow.with.is_subset(&wide.with) && as_long
}
