//! `deny`: what is taken away from everything else that a persona was given.

use super::bundle::DenyDraft;
use crate::model::{Condition, Deny, ReadGrant, Rows};
use crate::names::FieldName;
use std::collections::{BTreeMap, BTreeSet};

/// Beyond this many combinations of conditions a row in full is one grant and the partial rows are one each;
/// what may be read is the same, only fewer cells of one row come together in one query.
const MAX_COMBINATIONS: usize = 32;

/// What remains of `grant`: nothing, itself, or one grant for each set of conditions that decides about fields.
///
/// A cell may be read where the grant holds and every deny over its field is false. The fields under the same
/// denies form a class; each grant returned holds the fields whose denies are among its own.
pub(super) fn apply(mut grant: ReadGrant, denies: &[&DenyDraft]) -> Vec<ReadGrant> {
    let mut conditional: Vec<(&DenyDraft, &Condition)> = Vec::new();
    for deny in denies {
        match (&deny.condition, &deny.fields) {
            (Some(condition), _) => conditional.push((deny, condition)),
            (None, None) => return Vec::new(),
            (None, Some(fields)) => {
                let before = grant.fields.len();
                grant.fields.retain(|field| !fields.contains(field));
                grant.unmasked.retain(|field| !fields.contains(field));
                if grant.fields.len() < before {
                    grant.sources.push(deny.span);
                }
            }
        }
    }
    if conditional.is_empty() {
        // What most grants are: under no condition, or nothing at all.
        return if grant.fields.is_empty() { Vec::new() } else { vec![grant] };
    }
    let class = |field: &FieldName| -> BTreeSet<usize> {
        let concerns = |(deny, _): &(&DenyDraft, _)| deny.fields.as_ref().is_none_or(|fields| fields.contains(field));
        (0..conditional.len()).filter(|at| concerns(&conditional[*at])).collect()
    };
    let classes: BTreeMap<&FieldName, BTreeSet<usize>> =
        grant.fields.iter().map(|field| (field, class(field))).collect();
    combinations(classes.values().cloned().collect())
        .into_iter()
        .map(|held| {
            let mut part = grant.clone();
            part.fields.retain(|field| classes.get(field).is_some_and(|class| class.is_subset(&held)));
            part.unmasked.retain(|field| part.fields.contains(field));
            for at in held {
                let (deny, condition) = &conditional[at];
                part.rows.denied.push(Deny { condition: (*condition).clone(), span: deny.span });
                part.sources.push(deny.span);
            }
            tidy(&mut part.rows.denied);
            part
        })
        .collect()
}

/// What remains of rows under denies of whole rows; `None`: nothing.
pub(super) fn apply_to_rows(mut rows: Rows, denies: &[&DenyDraft]) -> Option<Rows> {
    for deny in denies {
        rows.denied.push(Deny { condition: deny.condition.clone()?, span: deny.span });
    }
    tidy(&mut rows.denied);
    Some(rows)
}

fn tidy(denied: &mut Vec<Deny>) {
    denied.sort_by(|a, b| a.condition.cmp(&b.condition));
    denied.dedup_by(|a, b| a.condition == b.condition);
}

/// The classes and their unions, so that a row that several denies spare is shown whole.
fn combinations(classes: BTreeSet<BTreeSet<usize>>) -> BTreeSet<BTreeSet<usize>> {
    let mut all = classes.clone();
    for class in &classes {
        let joined: Vec<_> = all.iter().map(|other| other | class).collect();
        all.extend(joined);
        if all.len() > MAX_COMBINATIONS {
            let whole = classes.iter().flatten().copied().collect();
            let mut few = classes;
            few.insert(whole);
            return few;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(lists: &[&[usize]]) -> BTreeSet<BTreeSet<usize>> {
        lists.iter().map(|list| list.iter().copied().collect()).collect()
    }

    #[test]
    fn unions_are_complete_where_they_are_few() {
        assert_eq!(combinations(sets(&[&[], &[0], &[1]])), sets(&[&[], &[0], &[1], &[0, 1]]));
        assert_eq!(combinations(sets(&[&[0], &[0, 1]])), sets(&[&[0], &[0, 1]]));
    }

    #[test]
    fn many_denies_do_not_multiply() {
        let classes: BTreeSet<BTreeSet<usize>> = (0..40).map(|n| BTreeSet::from([n])).collect();
        assert_eq!(combinations(classes).len(), 41);
    }
}
