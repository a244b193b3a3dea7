//! Row policies and row security.

use super::functions::calls_any;
use super::makes::Retyped;
use super::{Diff, whose};
use crate::names::TableName;
use crate::plan::ChangeKind;
use crate::state::{FunctionName, Relation, RowPolicy};
use std::collections::BTreeSet;

/// `dropped` are functions that go, if only for a moment: policies that call them are made anew.
pub fn compare(work: &mut Diff<'_>, dropped: &BTreeSet<FunctionName>, retyped: &Retyped) {
    let (live, desired) = (work.live, work.desired);
    for (table, wanted) in &desired.relations {
        let Some(now) = live.relations.get(table) else {
            work.refuse(
                format!("the table `{table}` does not exist"),
                "load the business's tables first, or correct the `table` of the object",
            );
            continue;
        };
        policies(work, table, now, wanted, (dropped, retyped));
        if now.row_security != wanted.row_security {
            work.kinds.push(ChangeKind::RowSecurity { table: table.clone(), enable: wanted.row_security });
        }
        if now.force_row_security != wanted.force_row_security {
            work.kinds.push(ChangeKind::ForceRowSecurity { table: table.clone(), force: wanted.force_row_security });
        }
    }
}

fn policies(
    work: &mut Diff<'_>,
    table: &TableName,
    now: &Relation,
    wanted: &Relation,
    (dropped, retyped): (&BTreeSet<FunctionName>, &Retyped),
) {
    for (name, policy) in &wanted.policies {
        match now.policies.get(name) {
            None => create(work, table, name, policy),
            Some(before) if before.marker.as_ref() == Some(work.marker) && policy.marker == before.marker => {
                if must_be_dropped(before, policy) || calls(before, dropped) || names_one(before, table, retyped) {
                    drop_policy(work, table, name);
                    create(work, table, name, policy);
                } else if before != policy {
                    let (from, to) = (before.clone(), policy.clone());
                    work.kinds.push(ChangeKind::AlterPolicy { table: table.clone(), name: name.clone(), from, to });
                }
            }
            Some(before) if before == policy => {}
            Some(before) => work.refuse(
                format!("the row policy `{name}` on `{table}` exists already and {}", whose(before.marker.as_ref())),
                "rename that policy: portalctl never replaces one that it did not write",
            ),
        }
    }
    for (name, before) in now.policies.iter().filter(|(name, _)| !wanted.policies.contains_key(*name)) {
        if before.marker.as_ref() == Some(work.marker) {
            drop_policy(work, table, name);
        } else {
            work.refuse(
                format!("the row policy `{name}` on `{table}` {} and cannot be dropped", whose(before.marker.as_ref())),
                "this is a defect of portalctl: please report it with the plan",
            );
        }
    }
}

fn create(work: &mut Diff<'_>, table: &TableName, name: &str, policy: &RowPolicy) {
    work.kinds.push(ChangeKind::CreatePolicy { table: table.clone(), name: name.to_owned(), policy: policy.clone() });
}

fn drop_policy(work: &mut Diff<'_>, table: &TableName, name: &str) {
    work.kinds.push(ChangeKind::DropPolicy { table: table.clone(), name: name.to_owned() });
}

/// ALTER POLICY changes roles and texts, and takes no text away.
fn must_be_dropped(now: &RowPolicy, wanted: &RowPolicy) -> bool {
    now.command != wanted.command
        || now.permissive != wanted.permissive
        || (now.using.is_some() && wanted.using.is_none())
        || (now.check.is_some() && wanted.check.is_none())
}

/// A column cannot change its type, or go, under a row policy that names it.
fn names_one(policy: &RowPolicy, table: &TableName, retyped: &Retyped) -> bool {
    let texts = [policy.using.as_deref(), policy.check.as_deref()];
    let columns = retyped.iter().filter(|(of, _)| of == table);
    columns.into_iter().any(|(_, column)| texts.iter().flatten().any(|text| text.contains(column.as_str())))
}

fn calls(policy: &RowPolicy, functions: &BTreeSet<FunctionName>) -> bool {
    let texts = [policy.using.as_deref(), policy.check.as_deref()];
    calls_any(texts.into_iter().flatten(), functions)
}
