//! Which rows are proved to be among which: where a grant's rows lie.

use crate::model::{Comparison, Condition, Facet, ReadGrant, Rows, Scope, Test, Value};
use crate::names::{ObjectName, TableName};

/// Whether every row of `narrow` is proved to be a row of `wide`: the same persona, the same object. A `false`
/// says only that it is not obvious.
pub fn rows_within(narrow: &Rows, wide: &Rows) -> bool {
    scope_within(narrow, wide)
        && unless_written(narrow.reach.as_ref(), wide.reach.as_ref())
        && unless_written(narrow.min_tier.as_ref(), wide.min_tier.as_ref())
        && unless_written(narrow.valid_from.as_ref(), wide.valid_from.as_ref())
        && unless_written(narrow.valid_until.as_ref(), wide.valid_until.as_ref())
        && (narrow.mfa || !wide.mfa)
        && implies(&narrow.condition, &wide.condition)
        && wide.denied.iter().all(|deny| narrow.denied.iter().any(|other| other.condition == deny.condition))
        && wide
            .has
            .iter()
            .all(|has| narrow.has.iter().any(|other| (&other.object, &other.matches) == (&has.object, &has.matches)))
}

/// The first facet one of whose rectangles on the table holds all of each of `rows`.
pub(super) fn facet_of(
    facets: &[Facet],
    table: &TableName,
    (object, reads): (&ObjectName, &[ReadGrant]),
    rows: &[Rows],
) -> Option<usize> {
    facets.iter().position(|facet| {
        let rectangle = facet.reads.get(table);
        let grants = rectangle.map_or(&[][..], |rectangle| &rectangle.grants);
        let read = |at: &usize| reads.get(*at).map(|grant| &grant.rows);
        let wide: Vec<&Rows> = grants.iter().filter(|(of, _)| of == object).filter_map(|(_, at)| read(at)).collect();
        rows.iter().all(|narrow| wide.iter().any(|wide| rows_within(narrow, wide)))
    })
}

fn scope_within(narrow: &Rows, wide: &Rows) -> bool {
    let same_path = narrow.path == wide.path;
    match (narrow.scope, wide.scope) {
        (_, Scope::Public | Scope::All) => true,
        (Scope::Own, Scope::Reports) | (Scope::Tenant, Scope::TenantTree) => same_path,
        (one, other) => one == other && same_path,
    }
}

fn unless_written<T: PartialEq>(narrow: Option<&T>, wide: Option<&T>) -> bool {
    wide.is_none() || narrow == wide
}

/// Whether a row that passes `narrow` passes `wide`, as far as one can see.
pub(super) fn implies(narrow: &Condition, wide: &Condition) -> bool {
    match wide {
        Condition::True => true,
        Condition::All(parts) => parts.iter().all(|part| implies(narrow, part)),
        Condition::Any(parts) => conjuncts(narrow).contains(wide) || parts.iter().any(|part| implies(narrow, part)),
        Condition::Test(test) => conjuncts(narrow).iter().any(|one| match one {
            Condition::Test(known) => known == test || values_imply(known, test),
            Condition::Any(parts) => parts.iter().all(|part| implies(part, wide)),
            Condition::True | Condition::All(_) => false,
        }),
    }
}

/// From constants alone: a field known to be one of a few values.
fn values_imply(known: &Test, wanted: &Test) -> bool {
    if known.field != wanted.field {
        return false;
    }
    let Some(few) = values(&known.comparison) else { return false };
    match &wanted.comparison {
        Comparison::Eq(_) | Comparison::In(_) => {
            values(&wanted.comparison).is_some_and(|all| few.iter().all(|value| all.contains(value)))
        }
        Comparison::Ne(other) => is_constant(other) && !few.contains(&other),
        Comparison::NotIn(others) => others.iter().all(|other| is_constant(other) && !few.contains(&other)),
        Comparison::IsNull(is) => !is,
        Comparison::Lt(_) | Comparison::Lte(_) | Comparison::Gt(_) | Comparison::Gte(_) => false,
    }
}

fn values(comparison: &Comparison<Value>) -> Option<Vec<&Value>> {
    let values = match comparison {
        Comparison::Eq(value) => vec![value],
        Comparison::In(values) => values.iter().collect(),
        _ => return None,
    };
    values.iter().all(|value| is_constant(value)).then_some(values)
}

fn is_constant(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Boolean(_))
}

fn conjuncts(condition: &Condition) -> &[Condition] {
    match condition {
        Condition::True => &[],
        Condition::All(parts) => parts,
        one => std::slice::from_ref(one),
    }
}
