//! Which facet of a persona a write belongs to: the first whose rows hold its rows, before and after.

use super::condition::normal;
use super::persona::Maker;
use super::place::facet_of;
use super::writes::Holder;
use crate::diagnostic::Finding;
use crate::model::{
    Comparison, Condition, Create, Object, OwnerPath, Rows, Scope, TenantRoute, Test, Value, Write, WriteGrant,
};
use crate::names::FieldName;
use std::collections::BTreeSet;

impl Maker<'_> {
    /// Puts the grant to the first facet whose rows hold its rows; false after a finding.
    pub(super) fn settle_facet(
        &self,
        holder: &Holder<'_>,
        object: &Object,
        grant: &mut WriteGrant,
        findings: &mut Vec<Finding>,
    ) -> bool {
        let reads = holder.reads.get(&object.name).map_or(&[][..], Vec::as_slice);
        let place = |rows: &[Rows]| facet_of(holder.facets, &object.table, (&object.name, reads), rows);
        let found = match &grant.write {
            Write::Export { .. } => return true,
            // Not everybody sees what they send in; then nothing of it is shown to them.
            Write::Create(create) => {
                let seen = as_created(object, &grant.rows, create);
                Some(seen.iter().filter_map(|rows| place(std::slice::from_ref(rows))).min().unwrap_or(0))
            }
            Write::Transition { field, moves, .. } => {
                let before = standing(&grant.rows, field, moves.keys());
                let after = standing(&grant.rows, field, moves.values().flatten());
                if place(&[before.clone(), after.clone()]).is_none() && place(std::slice::from_ref(&before)).is_some() {
                    findings.push(self_hiding(holder, object, grant, "move"));
                    return false;
                }
                place(&[before, after])
            }
            Write::Assign { path, .. } => {
                let after = Rows { scope: handed_over(grant.rows.scope), path: None, ..grant.rows.clone() };
                let mut after = tenant_variants(object, after);
                // Inside the team it is seen as before, and PostgreSQL does not let it out of what its author sees;
                // nor does who else owns it change whose it is by another owner.
                let stays = grant.rows.scope == Scope::Reports || grant.rows.path.as_ref().is_some_and(|by| by != path);
                after.extend(stays.then(|| grant.rows.clone()));
                let both = after.iter().filter_map(|after| place(&[grant.rows.clone(), after.clone()])).min();
                if both.is_none() && place(std::slice::from_ref(&grant.rows)).is_some() {
                    findings.push(self_hiding(holder, object, grant, "handing over"));
                    return false;
                }
                both
            }
            Write::Update { .. } | Write::Delete { .. } | Write::Share(_) | Write::Files(_) => {
                place(std::slice::from_ref(&grant.rows))
            }
        };
        match found {
            Some(facet) => grant.facet = facet,
            None => findings.push(
                Finding::error(
                    "write-without-read",
                    grant.sources.first().copied(),
                    format!(
                        "`{}` may {} rows of `{}` that it may not read",
                        holder.persona,
                        grant.write.action(),
                        object.name
                    ),
                )
                .why("a row is found by reading it, and changed only where it is found")
                .hint(match grant.rows.scope {
                    Scope::Own | Scope::Reports if !reads.is_empty() => {
                        "`own` goes by the owner column alone, over any tenant: grant `read` with this scope as well"
                    }
                    _ => "grant `read` on at least these rows",
                }),
            ),
        }
        found.is_some()
    }
}

fn self_hiding(holder: &Holder<'_>, object: &Object, grant: &WriteGrant, what: &str) -> Finding {
    Finding::error(
        "self-hiding-transition",
        grant.sources.first().copied(),
        format!("after this {what} `{}` would no longer see the `{}`", holder.persona, object.name),
    )
    .why("PostgreSQL refuses to change a row into one that its author may not read")
    .hint("grant `read` on the row as it is afterwards")
}

/// `rows` in one of those states.
fn standing<'s>(rows: &Rows, field: &FieldName, states: impl Iterator<Item = &'s String>) -> Rows {
    let values: BTreeSet<Value> = states.map(|state| Value::Text(state.clone())).collect();
    let test = Test { field: field.clone(), comparison: Comparison::In(values.into_iter().collect()) };
    Rows { condition: normal(rows.condition.clone().and(Condition::Test(test))), ..rows.clone() }
}

/// The scopes that a new row is in by what the database sets.
fn as_created(object: &Object, rows: &Rows, create: &Create) -> Vec<Rows> {
    let constants = create.preset.iter().filter(|(_, value)| matches!(value, Value::Text(_) | Value::Boolean(_)));
    let condition = constants.fold(rows.condition.clone(), |condition, (field, value)| {
        let test = Test { field: field.clone(), comparison: Comparison::Eq(value.clone()) };
        condition.and(Condition::Test(test))
    });
    let rows = Rows { condition: normal(condition), ..rows.clone() };
    let mut all = vec![rows.clone()];
    for (path, owner) in &object.owners {
        if matches!(owner, OwnerPath::Column(user) if create.stamps.contains_key(&user.column)) {
            all.push(Rows { scope: Scope::Own, path: Some(path.clone()), ..rows.clone() });
        }
    }
    for (path, tenant) in &object.tenant_paths {
        if matches!(&tenant.route, TenantRoute::Column { column, .. } if create.stamps.contains_key(column)) {
            all.push(Rows { scope: Scope::Tenant, path: Some(path.clone()), ..rows.clone() });
        }
    }
    all
}

/// Who hands a row over owns it no longer; the row stays with its tenant.
fn handed_over(scope: Scope) -> Scope {
    if matches!(scope, Scope::Own | Scope::Reports) { Scope::Tenant } else { scope }
}

fn tenant_variants(object: &Object, rows: Rows) -> Vec<Rows> {
    if rows.scope != Scope::Tenant {
        return vec![rows];
    }
    object.tenant_paths.keys().map(|path| Rows { path: Some(path.clone()), ..rows.clone() }).collect()
}
