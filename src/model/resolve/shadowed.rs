//! Grants that give nobody anything, since a `deny` or a `restrict` takes away all of it again.

use super::bundle::Bundle;
use super::place::implies;
use crate::diagnostic::{Finding, Severity, SourceMap, Span};
use crate::model::{Comparison, Condition, Persona, Rows, Scope, Test, Value};
use crate::names::ObjectName;
use std::collections::{BTreeMap, BTreeSet};

/// What became of one grant in the hands of one persona.
pub(super) struct Fate {
    grant: Span,
    object: ObjectName,
    /// What takes it away; `None`: something is left of it, or it is missing for another reason.
    taken_by: Option<Span>,
}

/// What became of each grant of `bundles`.
pub(super) fn fates(bundles: &[&Bundle], persona: &Persona) -> Vec<Fate> {
    let reads = bundles.iter().flat_map(|bundle| &bundle.grants).map(|draft| (&draft.object, &draft.rows));
    let writes = bundles.iter().flat_map(|bundle| &bundle.writes).map(|draft| (&draft.object, &draft.rows));
    let given: Vec<_> = reads.chain(writes).collect();
    let kept = Kept::of(persona, &given.iter().map(|(_, rows)| rows.span).collect());
    given
        .into_iter()
        .map(|(object, rows)| {
            let is_none = rows.scope.as_ref().is_some_and(|scope| scope.value == Scope::None);
            let denied = || {
                let denies = bundles.iter().flat_map(|bundle| &bundle.denies);
                denies.filter(|deny| deny.object == *object).map(|deny| deny.span).next()
            };
            let taken_by = match kept.0.get(&rows.span) {
                None if is_none => None,
                None => denied(),
                Some(fate) => *fate,
            };
            Fate { grant: rows.span, object: object.clone(), taken_by }
        })
        .collect()
}

/// The grants of which a persona has something, and for each what leaves it no row.
struct Kept(BTreeMap<Span, Option<Span>>);

impl Kept {
    fn of(persona: &Persona, grants: &BTreeSet<Span>) -> Self {
        let reads = persona.reads.values().flatten().map(|grant| (&grant.sources, &grant.rows));
        let writes = persona.writes.values().flatten().map(|grant| (&grant.sources, &grant.rows));
        let mut kept: BTreeMap<Span, Option<Span>> = BTreeMap::new();
        for (sources, rows) in reads.chain(writes) {
            let closed_by = closed_by(rows, sources, grants);
            for source in sources {
                let fate = kept.entry(*source).or_insert(closed_by);
                // One part of it that shows a row is enough.
                *fate = fate.and(closed_by);
            }
        }
        Self(kept)
    }
}

/// The `deny` or `restrict` under which none of the rows is left.
fn closed_by(rows: &Rows, sources: &[Span], grants: &BTreeSet<Span>) -> Option<Span> {
    let denied = rows.denied.iter().find(|deny| implies(&rows.condition, &deny.condition)).map(|deny| deny.span);
    // Of several grants that came to one the places are beside those of what restricts them.
    let restrict = || sources.iter().find(|source| !grants.contains(source)).copied();
    denied.or_else(|| is_contradictory(&rows.condition).then(restrict)?)
}

/// Whether two tests of one field can never both hold, as far as constants tell.
fn is_contradictory(condition: &Condition) -> bool {
    let Condition::All(parts) = condition else { return false };
    let tests: Vec<&Test> =
        parts.iter().filter_map(|part| if let Condition::Test(test) = part { Some(test) } else { None }).collect();
    tests.iter().any(|one| {
        let few = constants(&one.comparison);
        few.is_some_and(|few| tests.iter().any(|other| other.field == one.field && excludes(&other.comparison, &few)))
    })
}

/// The few values that a field has where the comparison holds.
fn constants(comparison: &Comparison<Value>) -> Option<Vec<&Value>> {
    let values: Vec<&Value> = match comparison {
        Comparison::Eq(value) => vec![value],
        Comparison::In(values) => values.iter().collect(),
        _ => return None,
    };
    values.iter().all(|value| matches!(value, Value::Text(_) | Value::Boolean(_))).then_some(values)
}

/// Whether the comparison holds for none of `few`.
fn excludes(comparison: &Comparison<Value>, few: &[&Value]) -> bool {
    match comparison {
        Comparison::Ne(value) => few.iter().all(|known| *known == value),
        Comparison::NotIn(values) => few.iter().all(|known| values.contains(known)),
        Comparison::IsNull(is) => *is,
        other => constants(other).is_some_and(|others| !few.iter().any(|known| others.contains(known))),
    }
}

/// Reports the project's own grants that are taken away from all who hold them. Grants of the catalogue are there to be
/// taken away, and where a grant is wrong something else is to be said of it.
pub(super) fn check(fates: impl IntoIterator<Item = Fate>, sources: &SourceMap, findings: &mut Vec<Finding>) {
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return;
    }
    let mut all: BTreeMap<Span, Fate> = BTreeMap::new();
    for fate in fates.into_iter().filter(|fate| !sources.is_built_in(fate.grant)) {
        match all.entry(fate.grant) {
            std::collections::btree_map::Entry::Vacant(first) => drop(first.insert(fate)),
            std::collections::btree_map::Entry::Occupied(mut known) if fate.taken_by.is_none() => {
                known.get_mut().taken_by = None;
            }
            std::collections::btree_map::Entry::Occupied(_) => {}
        }
    }
    for fate in all.into_values() {
        let Some(taker) = fate.taken_by else { continue };
        let message = format!("nobody is given anything of `{}` by this", fate.object);
        findings.push(
            Finding::warn("shadowed-grant", fate.grant, message)
                .why("whoever reads it believes that somebody may do what it says")
                .label(taker, "takes all of it away")
                .hint("take one of the two out")
                .acceptable_for(fate.object.as_str()),
        );
    }
}
