//! Triggers and sequences, by name.

use super::roles::{Names, marker};
use super::wire;
use crate::names::{SchemaName, TableName};
use crate::state::{Event, FunctionName, Sequence, Timing, Trigger};
use std::collections::{BTreeMap, BTreeSet};

/// Bits of `pg_trigger.tgtype`.
const ROW: i16 = 1;
const BEFORE: i16 = 1 << 1;
const INSTEAD: i16 = 1 << 6;
const EVENTS: [(i16, Event); 4] =
    [(1 << 2, Event::Insert), (1 << 3, Event::Delete), (1 << 4, Event::Update), (1 << 5, Event::Truncate)];

pub fn trigger_of(trigger: &wire::Trigger) -> (String, Trigger) {
    let is = |bit: i16| trigger.kind & bit != 0;
    let timing = match (is(INSTEAD), is(BEFORE)) {
        (true, _) => Timing::InsteadOf,
        (false, true) => Timing::Before,
        (false, false) => Timing::After,
    };
    let built = Trigger {
        timing,
        events: EVENTS.into_iter().filter(|(bit, _)| is(*bit)).map(|(_, event)| event).collect(),
        row: is(ROW),
        function: FunctionName {
            schema: SchemaName::new(&trigger.function_schema),
            name: trigger.function_name.clone(),
            argument_types: String::new(),
        },
        arguments: trigger.arguments.clone(),
        condition: trigger.condition.clone(),
        enabled: trigger.enabled,
        marker: marker(trigger.comment.as_deref()),
    };
    (trigger.name.clone(), built)
}

/// Sequences that the defaults of one relation's columns draw from, by the column's number.
pub fn draws(draws: &[&wire::Draw]) -> BTreeMap<i16, BTreeSet<TableName>> {
    let mut by_column: BTreeMap<i16, BTreeSet<TableName>> = BTreeMap::new();
    for draw in draws {
        by_column.entry(draw.number).or_default().insert(TableName::new(&draw.schema, &draw.name));
    }
    by_column
}

pub fn sequences(facts: &wire::Facts, names: &Names<'_>) -> BTreeMap<TableName, Sequence> {
    let sequence = |draw: &wire::Draw| Sequence { owner: names.role(draw.owner), acl: names.acl(&draw.acl) };
    let owned = facts.owned.iter().map(|owned| {
        let sequence = Sequence { owner: names.role(owned.owner), acl: names.acl(&owned.acl) };
        (TableName::new(&owned.schema, &owned.name), sequence)
    });
    let drawn = facts.sequences.iter().map(|draw| (TableName::new(&draw.schema, &draw.name), sequence(draw)));
    drawn.chain(owned).collect()
}
