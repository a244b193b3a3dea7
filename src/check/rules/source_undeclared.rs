//! It is not said to which system the rows of an object belong, or how old they may be.
//!
//! ## Why is this bad
//!
//! People decide by what a portal shows them: an invoice that was paid yesterday and still stands open is paid twice. Where
//! some of the objects belong to another system and one says nothing, nobody who looks at it can tell whether it is kept here
//! or copied, and from where; where it is copied and no age is written, the page cannot say how old it may be.
//!
//! Asked are objects over tables of the business that people outside read, in a project where at least one of them has a
//! `source`. A project without any owns its rows. So does portalctl those of its managed tables, and what users of a portal
//! write without handing it on is this database's own.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: invoice
//! table: erp.invoices
//! source: {system: erp}
//! ---
//! kind: object
//! name: payment
//! table: erp.payments
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: object
//! name: invoice
//! table: erp.invoices
//! source: {system: erp, max_staleness: 15m}
//! ---
//! kind: object
//! name: payment
//! table: erp.payments
//! source: {system: erp, max_staleness: 15m}
//! ```
//!
//! The pages of both then say that they are as of up to 15 minutes ago. `max_staleness: 0s` is for what every read asks the
//! system itself: a foreign table, a view, or a table of the database that is that system: `{system: crm, max_staleness: 0s}`.

use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Object, Who};
use crate::names::ObjectName;
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::model("source-undeclared", check).warn();

fn check(model: &AccessModel) -> Vec<Finding> {
    let outside = model.personas.values().filter(|persona| persona.who != Who::Internal);
    let read: BTreeSet<&ObjectName> = outside.flat_map(|persona| persona.reads.keys()).collect();
    let read: Vec<&Object> = read.into_iter().filter_map(|name| model.objects.get(name)).collect();
    let Some(known) = read.iter().find_map(|object| object.source.as_ref()) else { return Vec::new() };
    let written = model.personas.values().flat_map(|persona| &persona.writes);
    let written: BTreeSet<&ObjectName> = written
        .filter(|(_, grants)| grants.iter().any(|grant| grant.write.changes_rows()))
        .map(|(name, _)| name)
        .collect();
    let found = read.iter().filter_map(|object| match &object.source {
        Some(source) if source.max_staleness.is_none() => {
            let message = format!("it is not said how old the rows of `{}` may be", object.name);
            let finding = Finding::warn(RULE.id, source.span, message)
                .why(format!("people decide by what they read here, and `{}` may have gone on since", source.system))
                .hint("add `max_staleness: 15m` to its `source`, or `0s` where every read asks the system itself");
            Some(finding.acceptable_for(object.name.as_str()))
        }
        None if object.managed.is_none() && !written.contains(&object.name) => {
            let message = format!("it is not said to which system the rows of `{}` belong", object.name);
            let finding = Finding::warn(RULE.id, object.table_span, message)
                .why("other objects of the project are another system's, so that nobody can tell whether this one is a copy")
                .label(known.span, "one that says it")
                .hint(format!(
                    "write `source: {{system: {}, max_staleness: 15m}}`, or name the system that it belongs to",
                    known.system
                ));
            Some(finding.acceptable_for(object.name.as_str()))
        }
        _ => None,
    });
    found.collect()
}
