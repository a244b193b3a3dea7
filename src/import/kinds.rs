//! Tenants of several kinds in one table: which column could say of which kind a row is.

use super::answers::{Answers, Extent, KindCount, KindQuestion};
use super::check_values::values_of;
use super::found::{FoundColumn, FoundRelation};
use super::naming::snake;
use super::outline::Outline;
use super::report::{Choice, Decision};
use super::settings::TenantTable;
use super::yaml;
use crate::names::TableName;
use crate::spec::PROJECT_FILE;
use std::fmt::Write as _;

/// What such columns are called, whatever stands before it.
const WORDS: &[&str] = &["type", "kind", "category", "class", "role", "relationship", "segment"];
/// With more values it is no kind of tenant that it says.
const MOST: usize = 8;

impl TenantTable {
    /// Whether nobody has said of which kind its rows are.
    pub fn kind_is_open(&self) -> bool {
        self.only.is_none() && !(self.declared && self.kind.is_some())
    }
}

/// The values that a column can have, as its type or a check says.
pub fn values(column: &FoundColumn) -> Option<Vec<String>> {
    if column.category == 'E' {
        return Some(column.labels.clone());
    }
    column.checks.iter().find_map(|check| values_of(check)).filter(|_| column.category == 'S')
}

pub fn questions(table: &TableName, relation: &FoundRelation, extent: Extent) -> Vec<KindQuestion> {
    let is_called_so = |column: &&FoundColumn| {
        let name = snake(column.name.as_str(), "column");
        column.category != 'B' && WORDS.contains(&name.trim_end_matches("_id").rsplit('_').next().unwrap_or(&name))
    };
    let ask = |column: &FoundColumn| {
        let values = values(column).unwrap_or_default();
        let (table, column) = (table.clone(), column.name.clone());
        (values.len() <= MOST).then_some(KindQuestion { table, column, values, extent })
    };
    relation.columns.iter().filter(is_called_so).filter_map(ask).collect()
}

/// Whoever says nothing gets one kind, so this is told once and asks for no answer.
pub fn decisions(outline: &Outline<'_>, answers: &Answers) -> Vec<Decision> {
    let open = outline.tenants.iter().filter(|tenant| tenant.kind_is_open() && !tenant.declared);
    let of_tenant = |tenant: &TenantTable| {
        let counted = answers.kinds.iter().filter(|((table, _), _)| *table == tenant.table);
        let found = counted.filter_map(|((table, column), count)| {
            let column = outline.found.relations.get(table)?.column(column)?;
            (count.different > 1 && count.different <= MOST as u64).then(|| decision(tenant, column, count))
        });
        found.collect::<Vec<_>>()
    };
    open.flat_map(of_tenant).collect()
}

fn decision(tenant: &TenantTable, column: &FoundColumn, count: &KindCount) -> Decision {
    let values = values(column).unwrap_or_default();
    let (table, name) = (yaml::remark(&tenant.table.to_string()), yaml::remark(column.name.as_str()));
    let mut message = format!("`{table}` may hold several kinds of tenant, of which `{name}` would tell: ");
    if values.is_empty() {
        // Values of rows are written nowhere, so whoever knows them has to.
        let _ = write!(
            message,
            "it has {} different values. Where one kind is to see other things than another, ",
            count.different
        );
        message.push_str("say which value is which, and import into a folder without objects of the tenants");
    } else {
        let each = values.iter().zip(&count.rows).map(|(value, rows)| format!("{} {rows}", yaml::remark(value)));
        let each: Vec<String> = each.collect();
        let _ = write!(message, "{}. Where one kind is to see other things than another, ", each.join(", "));
        let _ = write!(message, "import anew with `--tenant {table}:{name}`, before anything is written by hand");
    }
    let kinds = match values.as_slice() {
        [] => "VALUE: KIND".to_owned(),
        values => {
            let pair = |value: &String| format!("{}: {}", yaml::text(value), snake(value, "kind"));
            values.iter().map(pair).collect::<Vec<_>>().join(", ")
        }
    };
    let (table, key) = (yaml::text(&tenant.table.to_string()), yaml::text(tenant.key.as_str()));
    let by = format!("{{column: {}, values: {{{kinds}}}}}", yaml::text(column.name.as_str()));
    Decision {
        about: "tenant_kinds",
        object: None,
        table: Some(tenant.table.to_string()),
        message,
        file: Some(PROJECT_FILE.to_owned()),
        choices: vec![Choice {
            yaml: format!("tenants:\n  - {{from_table: {table}, key: {key}, tenant_kind: {by}}}"),
            told: Some("without the values that are no tenants".to_owned()),
        }],
    }
}
