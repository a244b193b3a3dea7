//! A search goes through all rows of a large table, since no index can serve it under row security.
//!
//! ## Why is this bad
//!
//! Row security lets PostgreSQL try a comparison before the row policy only where the comparison cannot tell what it has
//! seen: where it is *leakproof*. `ILIKE`, by which lists are searched, is not, and neither are `lower()` and the operators of
//! trigram indexes. So an index on the searched column is left aside, and the search reads every row that the searcher's grants
//! do not rule out by a column of the table. For a tenant's people these are the rows of the tenant. For whoever reads every
//! row it is the whole table, for each word that anybody types.
//!
//! Asked are tables of which the planner believes that they have 100,000 rows or more, and fields with `search: true` that
//! somebody reads with the scope `all` or `public`.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: order
//! table: sales.orders      # 2,300,000 rows
//! tenant: customer_id
//! fields: {number: {type: text, search: true}, note: {type: long_text, search: true}}
//! ```
//!
//! and an audience of staff with `order: {read: [number, note]}`.
//!
//! ## Use instead
//!
//! ```yaml
//! audiences:
//!   agent: {who: internal, grants: {order: {read: {scope: assigned, fields: [number, note]}}}}
//! ```
//!
//! or take `search: true` off the fields: lists are still narrowed by states and days and opened at a row, which indexes
//! serve. Where the table stays in memory and a second is no harm, accept it.

use crate::check::grants::listed;
use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{Condition, Object, Persona, Rows, Scope};
use crate::names::FieldName;
use std::collections::BTreeSet;

pub(in crate::check) const RULE: Rule = Rule::live("unleakproof-search", check).warn();

/// Fewer are read through while one types the next word.
const MANY: u64 = 100_000;

fn check(live: &Live<'_>) -> Vec<Finding> {
    live.model.objects.values().filter_map(|object| of_object(live, object)).collect()
}

fn of_object(live: &Live<'_>, object: &Object) -> Option<Finding> {
    let relation = live.relation(&object.table)?;
    if relation.rows < MANY || !relation.kind.takes_row_security() {
        return None;
    }
    let mut fields: BTreeSet<&FieldName> = BTreeSet::new();
    let mut who: Vec<String> = Vec::new();
    for persona in live.model.personas.values() {
        let searched = searched(object, persona);
        if !searched.is_empty() {
            fields.extend(searched);
            who.push(persona.name.to_string());
        }
    }
    let first = object.fields.get(*fields.first()?)?;
    let names = listed(fields.iter().map(ToString::to_string));
    let message =
        format!("each search of `{}` goes through its whole table, about {} rows", object.name, grouped(relation.rows));
    Some(
        Finding::warn(RULE.id, first.span, message)
            .why(format!(
                "under row security no index serves a search for parts of words, and {} read every row",
                listed(who)
            ))
            .label(object.table_span, "the table")
            .hint(format!("take `search: true` off {names}, or give them a narrower scope"))
            .acceptable_for(object.name.as_str()),
    )
}

/// The fields by which the persona searches rows that no column narrows.
fn searched<'a>(object: &'a Object, persona: &Persona) -> BTreeSet<&'a FieldName> {
    let grants = persona.reads.get(&object.name).map_or(&[][..], Vec::as_slice);
    let is_wide = |rows: &Rows| {
        matches!(rows.scope, Scope::All | Scope::Public) && rows.reach.is_none() && rows.condition == Condition::True
    };
    let wide: Vec<_> = grants.iter().filter(|grant| is_wide(&grant.rows)).collect();
    let fields = object.fields.values().filter(|field| field.search);
    let is_shown =
        |name: &FieldName| wide.iter().any(|grant| grant.fields.contains(name) && grant.mask(object, name).is_none());
    fields.map(|field| &field.name).filter(|name| is_shown(name)).collect()
}

/// `2,300,000`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let places = digits.char_indices().map(|(at, digit)| {
        let comma = at > 0 && (digits.len() - at).is_multiple_of(3);
        format!("{}{digit}", if comma { "," } else { "" })
    });
    places.collect()
}
