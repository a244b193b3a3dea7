//! One row: what is known of it, beside what the grants ask.

use super::super::words;
use super::{Action, Asked, Because, Decision, Hidden, Verdict, because};
use crate::model::{
    AccessModel, Comparison, Condition, FieldType, Object, Persona, Rows, Test, Value, Write, WriteGrant,
};
use crate::names::FieldName;
use std::collections::{BTreeMap, BTreeSet};

/// The fields of a row as its persona reads them, as text. A field that it cannot read is not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowFacts(pub BTreeMap<FieldName, Option<String>>);

impl RowFacts {
    /// The fields that decide whether `persona` may do `action` to a row.
    pub fn wanted(persona: &Persona, action: &Action, object: &Object) -> BTreeSet<FieldName> {
        let grants = persona.writes.get(&object.name).into_iter().flatten().filter(|grant| action.is_kind_of(grant));
        let mut fields = BTreeSet::new();
        for grant in grants {
            grant.rows.condition.tests().for_each(|test| _ = fields.insert(test.field.clone()));
            if let Write::Transition { field, .. } = &grant.write {
                fields.insert(field.clone());
            }
        }
        fields
    }
}

/// One row, as its persona is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneRow {
    Shown(RowFacts),
    /// By its key.
    Hidden(Vec<String>, Hidden),
}

/// Whether `persona` may do `action` to the row.
///
/// The documents and what the persona reads of the row decide as far as they go. What they leave open is said: only
/// the database can tell whether a row is in a scope.
pub fn of_row(
    model: &AccessModel,
    persona: &Persona,
    action: &Action,
    object: &Object,
    field: Option<&FieldName>,
    row: &OneRow,
) -> Decision {
    let asked = Asked { model, persona, action, object, field };
    let decision = super::can(model, persona, action, object, field);
    if decision.decision == Verdict::Deny {
        return decision;
    }
    let facts = match row {
        OneRow::Shown(facts) => facts,
        OneRow::Hidden(key, hidden) => return Decision::denied(hidden.because(model, (persona, object), key)),
    };
    if !action.is_of_a_row() {
        return decision;
    }
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    for grant in asked.allowing(persona) {
        match asked.speaks_against(grant, facts) {
            Some(reason) => closed.push(reason),
            None => open.extend(asked.allows(grant).into_iter().chain(asked.remains(grant, facts))),
        }
    }
    if open.is_empty() { Decision::denied(closed) } else { Decision { because: open, ..decision } }
}

impl Asked<'_> {
    /// What is known of the row and rules the grant out.
    fn speaks_against(&self, grant: &WriteGrant, facts: &RowFacts) -> Option<Because> {
        let at = *grant.sources.first()?;
        if let (Action::Transition(to), Write::Transition { field, moves, .. }) = (self.action, &grant.write)
            && let Some(Some(state)) = facts.0.get(field)
            && !moves.get(state).is_some_and(|targets| targets.contains(to))
        {
            let from: Vec<String> =
                moves.iter().filter(|(_, targets)| targets.contains(to)).map(|(from, _)| words::quoted(from)).collect();
            let text = format!(
                "the row's {field} is {}, and this grant moves to `{to}` from {} only",
                words::quoted(state),
                from.join(", ")
            );
            return Some(because(self.model, text, at));
        }
        let failed = conjuncts(&grant.rows.condition).find(|test| self.holds(test, facts) == Some(false))?;
        let value = facts.0.get(&failed.field).and_then(Option::as_deref).map_or("empty".to_owned(), words::quoted);
        let asks = words::condition(&Condition::Test(failed.clone()));
        let text = format!("the row's {} is {value}, and this grant asks that {asks}", failed.field);
        Some(because(self.model, text, at))
    }

    /// Of tests with constants on texts and booleans; `None`: the database alone can tell.
    fn holds(&self, test: &Test, facts: &RowFacts) -> Option<bool> {
        let known = facts.0.get(&test.field)?;
        if let Comparison::IsNull(is) = test.comparison {
            return Some(known.is_none() == is);
        }
        let field_type = &self.object.fields.get(&test.field)?.field_type;
        let is_text = matches!(field_type, FieldType::Text | FieldType::LongText | FieldType::Enum(_));
        let text = |value: &Value| match value {
            Value::Text(text) if is_text => Some(text.clone()),
            Value::Boolean(value) => Some(value.to_string()),
            _ => None,
        };
        let all = |values: &[Value]| values.iter().map(text).collect::<Option<Vec<_>>>();
        let (values, wanted) = match &test.comparison {
            Comparison::Eq(value) => (vec![text(value)?], true),
            Comparison::In(values) => (all(values)?, true),
            Comparison::Ne(value) => (vec![text(value)?], false),
            Comparison::NotIn(values) => (all(values)?, false),
            _ => return None,
        };
        // NULL is unknown, and unknown denies.
        Some(known.as_ref().is_some_and(|known| values.contains(known) == wanted))
    }

    /// What the row's own state still decides, with what is known of it.
    fn remains(&self, grant: &WriteGrant, facts: &RowFacts) -> Option<Because> {
        let unsettled = conjuncts(&grant.rows.condition).any(|test| self.holds(test, facts) != Some(true));
        let plain = matches!(&grant.rows, Rows { denied, has, min_tier: None, valid_from: None, valid_until: None,
            reach: None, mfa: false, .. } if denied.is_empty() && has.is_empty());
        let any = grant.rows.condition.tests().count() != conjuncts(&grant.rows.condition).count();
        if plain && !unsettled && !any && self.reads_the_same_scope(&grant.rows) {
            return None;
        }
        let known: Vec<String> = grant
            .rows
            .condition
            .tests()
            .filter_map(|test| {
                let value = facts.0.get(&test.field)?.as_deref().map_or("empty".to_owned(), words::quoted);
                Some(format!("{} is {value}", test.field))
            })
            .collect();
        let known = if known.is_empty() { "nothing more is known".to_owned() } else { known.join(", ") };
        let text = format!("the row's own state decides whether it is among `{}`: {known}", words::rows(&grant.rows));
        Some(because(self.model, text, *grant.sources.first()?))
    }

    /// Whether every row that the persona is shown is in the scope: all its read grants have it.
    fn reads_the_same_scope(&self, rows: &Rows) -> bool {
        let mut reads = self.persona.reads.get(&self.object.name).into_iter().flatten();
        reads.all(|read| (read.rows.scope, &read.rows.path) == (rows.scope, &rows.path))
    }
}

/// The tests that must all hold.
fn conjuncts(condition: &Condition) -> impl Iterator<Item = &Test> {
    let parts = match condition {
        Condition::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    parts.iter().filter_map(|part| match part {
        Condition::Test(test) => Some(test),
        _ => None,
    })
}
