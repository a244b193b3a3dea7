//! The spec names a table or a column that the database does not have.
//!
//! ## Why is this bad
//!
//! Nothing can be granted on what is not there, so nothing at all is applied.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: case
//! table: crm.cases
//! fields: {subject: text, priorty: text}
//! ```
//!
//! ## Use instead
//!
//! Write the names as the database has them; a field whose name differs from its column says so:
//!
//! ```yaml
//! fields: {subject: text, priority: {type: text, column: prio}}
//! ```

use crate::check::live::Live;
use crate::check::references::{Reference, references};
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, closest};
use crate::names::{ColumnName, TableName};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::live("missing-column", check).never_accepted();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let mut reported = BTreeSet::new();
    references(live.model).iter().filter_map(|reference| one(live, reference, &mut reported)).collect()
}

/// A missing table is said once, not for each of its columns.
fn one(live: &Live<'_>, reference: &Reference, reported: &mut BTreeSet<TableName>) -> Option<Finding> {
    let Reference { table, column, span } = reference;
    let Some(relation) = live.relation(table) else {
        if !reported.insert(table.clone()) {
            return None;
        }
        let named = live.model.objects.values().find(|object| object.table == *table).map(|object| object.table_span);
        let at = named.unwrap_or(*span);
        let finding = Finding::error(RULE.id, at, format!("the database has no table `{table}`"));
        let known: Vec<String> = live.state.relations.keys().map(ToString::to_string).collect();
        return Some(match closest(&table.to_string(), known.iter().map(String::as_str)) {
            Some(meant) => finding.hint(format!("did you mean `{meant}`?")),
            None => finding.hint("name a table that is there; `database.setup` is for the local database alone"),
        });
    };
    if relation.columns.contains_key(column) {
        return None;
    }
    let finding = Finding::error(RULE.id, *span, format!("`{table}` has no column `{column}`"));
    Some(match closest(column.as_str(), relation.columns.keys().map(ColumnName::as_str)) {
        Some(meant) => finding.hint(format!("did you mean `{meant}`?")),
        None => finding.hint("name a column that is there, or leave the field out"),
    })
}
