//! People read a copy of rows that this database could ask their system for.
//!
//! ## Why is this bad
//!
//! A copy is right as of its last import. Where another object of the same system is a foreign table, or a view on one, the
//! system can be asked, and the copy is one more thing that can stop, lag behind, or say something else than the object beside it.
//!
//! Asked are objects whose `source` is such a system, whose table is an ordinary one or a materialised view, and of which
//! it is not said that they are of this moment.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: invoice
//! table: erp.invoices          # a foreign table
//! source: {system: erp, max_staleness: 0s}
//! ---
//! kind: object
//! name: payment
//! table: crm.erp_payments      # filled every night
//! source: {system: erp, max_staleness: 1d}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: object
//! name: payment
//! table: erp.payments
//! source: {system: erp, max_staleness: 0s}
//! ```
//!
//! Where the copy is meant, since the system is slow or closed at night, accept it.

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{Object, Source};
use crate::names::SystemName;
use crate::state::RelationKind;
use std::collections::BTreeMap;

pub(in crate::check) const RULE: Rule = Rule::live("stale-copy", check).warn();

fn check(live: &Live<'_>) -> Vec<Finding> {
    let sourced = || live.model.objects.values().filter_map(|object| Some((object, object.source.as_ref()?)));
    let asked = sourced().filter(|(object, _)| asks_elsewhere(live, object));
    let reachable: BTreeMap<&SystemName, &Object> = asked.map(|(object, source)| (&source.system, object)).collect();
    let copies = sourced().filter(|(object, source)| source.max_staleness != Some(0) && is_kept(live, object));
    copies.filter_map(|(object, source)| Some(of_copy(object, source, reachable.get(&source.system)?))).collect()
}

fn of_copy(object: &Object, source: &Source, other: &Object) -> Finding {
    let message = format!("the rows of `{}` are a copy, and `{}` can be asked for them", object.name, source.system);
    Finding::warn(RULE.id, source.span, message)
        .why("a copy is as of its last import, and may say something else than the object beside it")
        .label(other.table_span, format!("`{}` asks `{}` itself", other.name, source.system))
        .hint("show the foreign table, or a view on it, and write `max_staleness: 0s`")
        .acceptable_for(object.name.as_str())
}

/// Whether every read of it goes to another server.
fn asks_elsewhere(live: &Live<'_>, object: &Object) -> bool {
    let is_foreign = |table| live.relation(table).is_some_and(|relation| relation.kind == RelationKind::ForeignTable);
    let reads = live.relation(&object.table).filter(|relation| relation.kind == RelationKind::View);
    is_foreign(&object.table) || reads.is_some_and(|view| view.reads.iter().any(is_foreign))
}

/// Whether its rows lie in this database.
fn is_kept(live: &Live<'_>, object: &Object) -> bool {
    let kind = live.relation(&object.table).map(|relation| relation.kind);
    kind.is_some_and(|kind| kind.takes_row_security() || kind == RelationKind::MaterializedView)
}
