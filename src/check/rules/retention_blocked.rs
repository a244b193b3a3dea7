//! What the database holds does not let a retention be carried out, or would let it reach further than it says.
//!
//! ## Why is this bad
//!
//! A foreign key with `ON DELETE CASCADE` is followed whoever deletes: old rows would take along rows of tables that the
//! project does not name, or that are under a hold of their own. And a column that takes neither NULL nor a word in place of
//! a name cannot be made anonymous, so personal data would stay beyond their time.
//!
//! ## Example
//!
//! ```sql
//! CREATE TABLE billing.invoices (id bigint PRIMARY KEY, case_id bigint REFERENCES crm.cases ON DELETE CASCADE);
//! ```
//!
//! ```yaml
//! retention: {after: 7y, then: delete}        # of the object over crm.cases
//! ```
//!
//! ## Use instead
//!
//! Declare the table as an object, change the foreign key, or make the rows anonymous instead. Of columns that are made
//! anonymous, let NULL in, or leave them texts that need not be unique.

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Span};
use crate::model::{Object, Retention, RetentionEnd};
use crate::names::{ColumnName, TableName};
use crate::state::{OnDelete, Relation};
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::live("retention-blocked", check).never_accepted();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let kept = live.model.objects.values().filter_map(|object| Some((object, object.retention.as_ref()?)));
    kept.flat_map(|(object, retention)| of_object(live, object, retention)).collect()
}

fn of_object(live: &Live<'_>, object: &Object, retention: &Retention) -> Vec<Finding> {
    let Some(relation) = live.relation(&object.table) else { return Vec::new() };
    if !relation.kind.takes_row_security() {
        let message = format!("`{}` is a {}, of which rows neither go nor change", object.table, relation.kind.word());
        return vec![blocked(retention.span, message).hint("write the retention at the object of the table behind it")];
    }
    match retention.then {
        RetentionEnd::Delete => follow(live, object, retention.span),
        RetentionEnd::Anonymise => {
            let fields = retention.fields.iter().filter_map(|name| object.fields.get(name));
            fields.filter_map(|field| emptied(relation, &field.column, retention.span)).collect()
        }
    }
}

fn blocked(span: Span, message: String) -> Finding {
    Finding::error(RULE.id, span, message)
}

/// Everything that goes with a row, at any depth.
fn follow(live: &Live<'_>, object: &Object, span: Span) -> Vec<Finding> {
    let mut seen: BTreeSet<&TableName> = BTreeSet::from([&object.table]);
    let mut open: Vec<&TableName> = vec![&object.table];
    let mut findings = Vec::new();
    while let Some(table) = open.pop() {
        for dependent in live.relation(table).into_iter().flat_map(|relation| &relation.dependents) {
            if !seen.insert(&dependent.table) {
                continue;
            }
            let (what, problem) = match (dependent.on_delete, problem(live, &dependent.table)) {
                (_, None) => {
                    open.push(&dependent.table);
                    continue;
                }
                (OnDelete::Cascade, Some(problem)) => ("delete", problem),
                (OnDelete::SetNull | OnDelete::SetDefault, Some(problem)) => ("change", problem),
            };
            let message =
                format!("deleting old rows of `{}` would {what} rows of `{}`, {problem}", object.name, dependent.table);
            findings.push(
                blocked(span, message)
                    .why("the foreign key is followed whoever deletes")
                    .hint("change the foreign key, or write `then: anonymise`"),
            );
        }
    }
    findings
}

/// Why rows of the table may not go with others.
fn problem(live: &Live<'_>, table: &TableName) -> Option<&'static str> {
    let mut objects = live.model.objects.values().filter(|object| object.table == *table).peekable();
    if objects.peek().is_none() {
        return Some("a table that no document names");
    }
    let is_held = |object: &Object| object.retention.as_ref().is_some_and(|retention| retention.unless.is_some());
    objects.any(is_held).then_some("where some are kept by `unless`")
}

fn emptied(relation: &Relation, name: &ColumnName, span: Span) -> Option<Finding> {
    let column = relation.columns.get(name)?;
    let problem = if column.generated {
        "is generated from others"
    } else if !column.not_null {
        return None;
    } else if column.category != 'S' {
        "takes no NULL, and no word stands for a value of its type"
    } else if relation.unique.iter().any(|columns| columns.contains(name)) {
        "takes no NULL and is unique, so one word cannot stand in all rows"
    } else {
        return None;
    };
    let message = format!("`{name}` cannot be made anonymous: it {problem}");
    Some(blocked(span, message).hint("let the column take NULL, or take the field out of `fields`"))
}
