//! What a plan makes anew under the name that it had: much of it looks like much that changes.

use super::describe::counted;
use super::{Change, ChangeKind};
use crate::names::TableName;
use std::collections::BTreeSet;

/// Fewer are looked through.
const WORTH_TELLING: usize = 10;

/// How much of a plan that is, and why; `None`: little.
pub(super) fn anew(changes: &[Change]) -> Option<String> {
    let kinds = || changes.iter().map(|change| &change.kind);
    let dropped = |of: fn(&ChangeKind) -> Option<(&TableName, &str)>| -> BTreeSet<(&TableName, &str)> {
        kinds().filter_map(of).collect()
    };
    let triggers = dropped(|kind| match kind {
        ChangeKind::DropTrigger { table, name } => Some((table, name)),
        _ => None,
    });
    let policies = dropped(|kind| match kind {
        ChangeKind::DropPolicy { table, name } => Some((table, name)),
        _ => None,
    });
    let (mut again, mut functions, mut row_policies, mut audiences) = (0, 0, 0, false);
    for kind in kinds() {
        match kind {
            ChangeKind::CreateTrigger { table, name, .. } if triggers.contains(&(table, name)) => again += 1,
            ChangeKind::CreatePolicy { table, name, .. } if policies.contains(&(table, name)) => row_policies += 1,
            ChangeKind::AlterPolicy { .. } => row_policies += 1,
            ChangeKind::CreateFunction { replaces: true, .. } => functions += 1,
            ChangeKind::CreateRole { .. } | ChangeKind::DropRole { .. } => audiences = true,
            _ => {}
        }
    }
    if again + functions + row_policies < WORTH_TELLING {
        return None;
    }
    let policies = if row_policies == 1 { "1 row policy".to_owned() } else { format!("{row_policies} row policies") };
    let parts =
        [(again, counted(again, "trigger")), (functions, counted(functions, "function")), (row_policies, policies)];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, told)| told).collect();
    let (last, others) = parts.split_last()?;
    let all = if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) };
    let why = match audiences {
        true => "they name the roles of the audiences, of which one is new or gone",
        false => "they say what the documents as a whole come to",
    };
    Some(format!(
        "of them {all} are made anew under the names that they have: {why}; who gains and who loses by it is said under `access`"
    ))
}
