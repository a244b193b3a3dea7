//! Facets: the rectangles that one persona's read grants make on each table.
//!
//! PostgreSQL shows a role the union of its columns on the union of its rows. Grants of different columns on
//! different rows therefore need several roles, so that no cell is shown that no grant gives.

use super::place::rows_within;
use super::roles::role_name;
use crate::model::{Facet, Mask, Object, ReadGrant, Rectangle};
use crate::names::{ColumnName, ObjectName, PersonaName, ProjectName, TableName};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// One column as a grant shows it. Who is shown it as it is could be shown any of its masks as well, so that what
/// grants of both kinds have in common is the mask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Shown {
    Plain(ColumnName),
    Masked(ColumnName, Mask),
}

type Columns = BTreeSet<Shown>;
/// The masks that any object on a table gives to each of its columns.
type Masks<'a> = BTreeMap<&'a ColumnName, BTreeSet<Mask>>;

/// The same of every table.
pub(super) struct TableMasks<'a>(BTreeMap<&'a TableName, Masks<'a>>);

impl<'a> TableMasks<'a> {
    pub(super) fn of(objects: &'a BTreeMap<ObjectName, Object>) -> Self {
        let mut tables: BTreeMap<&TableName, Masks<'_>> = BTreeMap::new();
        for object in objects.values() {
            let masks = tables.entry(&object.table).or_default();
            for field in object.fields.values() {
                if let Some(mask) = field.mask {
                    masks.entry(&field.column).or_default().insert(mask);
                }
            }
        }
        Self(tables)
    }
}

/// One grant as it concerns its table.
struct Part<'a> {
    object: &'a ObjectName,
    index: usize,
    grant: &'a ReadGrant,
    columns: Columns,
}

pub(super) fn make(
    project: &ProjectName,
    persona: &PersonaName,
    (objects, masks): (&BTreeMap<ObjectName, Object>, &TableMasks<'_>),
    reads: &BTreeMap<ObjectName, Vec<ReadGrant>>,
) -> Vec<Facet> {
    let none = Masks::new();
    let mut tables: BTreeMap<&TableName, Vec<Part<'_>>> = BTreeMap::new();
    for (name, grants) in reads {
        let Some(object) = objects.get(name) else { continue };
        let masks = masks.0.get(&object.table).unwrap_or(&none);
        let parts = grants.iter().enumerate().map(|(index, grant)| Part {
            object: name,
            index,
            grant,
            columns: columns(object, grant, masks),
        });
        tables.entry(&object.table).or_default().extend(parts);
    }
    let mut facets = vec![BTreeMap::new()];
    for (table, parts) in tables {
        for (at, rectangle) in rectangles(parts).into_iter().enumerate() {
            if facets.len() <= at {
                facets.push(BTreeMap::new());
            }
            facets[at].insert(table.clone(), rectangle);
        }
    }
    let role = |at| role_name(project, persona, at + 1);
    facets.into_iter().enumerate().map(|(at, reads)| Facet { role: role(at), reads }).collect()
}

/// The columns of the grant's fields, and always the key's, by which rows are told apart.
fn columns(object: &Object, grant: &ReadGrant, masks: &Masks<'_>) -> Columns {
    let mut columns = Columns::new();
    let mut plain: Vec<&ColumnName> = object.key.iter().collect();
    for field in grant.fields.iter().filter_map(|name| object.fields.get(name)) {
        match grant.mask(object, &field.name) {
            Some(mask) => _ = columns.insert(Shown::Masked(field.column.clone(), mask)),
            None => plain.push(&field.column),
        }
    }
    for column in plain {
        let known = masks.get(column).into_iter().flatten();
        columns.extend(known.map(|mask| Shown::Masked(column.clone(), *mask)));
        columns.insert(Shown::Plain(column.clone()));
    }
    columns
}

/// What a role of its own is shown.
fn rectangle(set: &Columns, grants: Vec<(ObjectName, usize)>) -> Rectangle {
    let plain: BTreeSet<ColumnName> = set
        .iter()
        .filter_map(|shown| match shown {
            Shown::Plain(column) => Some(column.clone()),
            Shown::Masked(..) => None,
        })
        .collect();
    let masked = set.iter().filter_map(|shown| match shown {
        Shown::Masked(column, mask) if !plain.contains(column) => Some((column.clone(), *mask)),
        Shown::Masked(..) | Shown::Plain(_) => None,
    });
    Rectangle { masked: masked.collect(), columns: plain, grants }
}

/// The rectangles of one table, the one that lists use first.
fn rectangles(parts: Vec<Part<'_>>) -> Vec<Rectangle> {
    if let [only] = parts.as_slice() {
        return vec![rectangle(&only.columns, vec![(only.object.clone(), only.index)])];
    }
    let parts = simplify(parts);
    let mut sets: Vec<&Columns> = parts.iter().map(|part| &part.columns).collect::<BTreeSet<_>>().into_iter().collect();
    sets.sort_by_key(|set| (Reverse(set.len()), *set));
    let shared = sets.iter().map(|set| (*set).clone()).reduce(|left, right| &left & &right).unwrap_or_default();
    let first = if shared.is_empty() {
        // Two objects without a common key on one table: no list could show the rows of both.
        sets.iter().copied().max_by_key(|set| (holders(&parts, set).count(), Reverse(*set))).cloned()
    } else {
        Some(shared)
    };
    first
        .iter()
        .chain(sets.into_iter().filter(|set| first.as_ref() != Some(*set)))
        .map(|set| rectangle(set, rows(&parts, set)))
        .collect()
}

/// The same cells in fewer parts: what is shown of some rows is shown of every row proved to be among them.
fn simplify(mut parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let wider: Vec<Columns> = parts
        .iter()
        .map(|part| {
            let around = parts.iter().filter(|other| within(part, other));
            around.fold(part.columns.clone(), |all, other| &all | &other.columns)
        })
        .collect();
    for (part, columns) in parts.iter_mut().zip(wider) {
        part.columns = columns;
    }
    let superfluous: Vec<bool> = (0..parts.len())
        .map(|at| {
            let part = &parts[at];
            parts.iter().enumerate().any(|(other_at, other)| {
                at != other_at
                    && part.columns.is_subset(&other.columns)
                    && within(part, other)
                    && (!within(other, part) || other_at < at)
            })
        })
        .collect();
    let mut superfluous = superfluous.into_iter();
    parts.retain(|_| !superfluous.next().unwrap_or(false));
    parts
}

fn holders<'a, 'p>(parts: &'a [Part<'p>], set: &'a Columns) -> impl Iterator<Item = &'a Part<'p>> {
    parts.iter().filter(|part| part.columns.is_superset(set))
}

/// The rows on which all of `set` is shown; a grant whose rows another one covers adds nothing.
fn rows(parts: &[Part<'_>], set: &Columns) -> Vec<(ObjectName, usize)> {
    let all: Vec<&Part<'_>> = holders(parts, set).collect();
    let covered = |at: usize, part: &Part<'_>| {
        all.iter()
            .enumerate()
            .any(|(other_at, other)| at != other_at && within(part, other) && (!within(other, part) || other_at < at))
    };
    let kept = all.iter().enumerate().filter(|(at, part)| !covered(*at, part));
    kept.map(|(_, part)| (part.object.clone(), part.index)).collect()
}

fn within(part: &Part<'_>, other: &Part<'_>) -> bool {
    part.object == other.object && rows_within(&part.grant.rows, &other.grant.rows)
}
