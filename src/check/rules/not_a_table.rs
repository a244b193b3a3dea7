//! A view, a materialised view or a foreign table is exposed in a way that only a table can be.
//!
//! Such a relation is read through a view of the control schema that holds the rows. It can only be read, its `key` is
//! written out, since PostgreSQL knows none, and it runs with its own owner's rights.
//!
//! ## Why is this bad
//!
//! PostgreSQL has row policies for tables alone, so nothing could hold a write to the rows of one tenant. A view with
//! `security_invoker` would want every privilege below it of the role that reads for all personas.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: open_case
//! table: crm.open_cases        # a view
//! # … open_case: {read: [subject], update: [subject]}
//! ```
//!
//! ## Use instead
//!
//! Write to the table below, by an object of its own:
//!
//! ```yaml
//! kind: object
//! name: open_case
//! table: crm.open_cases
//! key: id
//! # … open_case: {read: [subject]}
//! # … case: {read: [subject], update: [subject]}
//! ```

use crate::check::grants::each_write;
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{Object, Write};

pub(in crate::check) const RULE: Rule = Rule::live("not-a-table", check).never_accepted();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let written = each_write(live.model, |_, object, grant| {
        kind(live, object)?;
        (!matches!(grant.write, Write::Export { .. })).then(|| grant.write.action())
    });
    let written = written.iter().filter_map(|held| {
        let (table, what) = (&held.object.table, kind(live, held.object)?);
        let message = format!("`{table}` is a {what}, which can only be read, and this grant is for `{}`", held.found);
        let finding = Finding::error(RULE.id, held.span, message)
            .why(format!("a {what} has no row policies: nothing could hold the rows of one tenant from another"))
            .label(held.object.span, "the object")
            .hint("grant it on an object over the table below");
        Some(finding)
    });
    let read = live.exposed().into_values().flat_map(|object| of_object(live, object));
    written.chain(read).collect()
}

/// What people call it; `None`: it is a table.
fn kind(live: &Live<'_>, object: &Object) -> Option<&'static str> {
    let kind = live.relation(&object.table)?.kind;
    (!kind.takes_row_security()).then(|| kind.word())
}

fn of_object(live: &Live<'_>, object: &Object) -> Vec<Finding> {
    let (Some(what), Some(relation)) = (kind(live, object), live.relation(&object.table)) else { return Vec::new() };
    let table = &object.table;
    let mut findings = Vec::new();
    if !object.key_written {
        let message = format!("`{table}` is a {what}, and nothing says which columns tell its rows apart");
        findings.push(
            Finding::error(RULE.id, object.span, message)
                .why(format!("a {what} has no primary key to go by"))
                .hint("write the `key` of the object: a column, or several, by which each row is one"),
        );
    }
    if relation.security_invoker {
        let message = format!("the view `{table}` reads with the rights of whoever asks, by `security_invoker`");
        findings.push(
            Finding::error(RULE.id, object.span, message)
                .why("the role that reads it for all personas has no rights on what is below")
                .hint(format!("`ALTER VIEW {} RESET (security_invoker)`, or name the table below", table.sql())),
        );
    }
    findings
}
