//! Access tests, whoever runs them: what was expected and what came of it. The evaluator runs them here.

mod act;
mod candidates;
pub mod words;

use super::evaluate::{Asking, Labels, Truth, World};
use crate::diagnostic::Span;
use crate::model::{AccessModel, AccessTest, Expectation, Listed};
use crate::names::{ColumnName, ObjectName, RowLabel, TableName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// One thing that was expected, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub span: Span,
    pub expected: String,
    /// Empty where it is as expected.
    pub got: String,
    pub answer: Answer,
}

/// What came of it, whatever was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Of the given rows, those that are seen.
    Rows(BTreeSet<RowLabel>),
    Allowed,
    Denied,
    /// They may not act as that persona at all.
    Nobody,
    /// Neither allowed nor denied.
    Unknown,
}

impl Outcome {
    pub fn holds(&self) -> bool {
        self.got.is_empty()
    }

    /// Whether two that ran it say different things.
    pub fn contradicts(&self, other: &Self) -> bool {
        self.answer != Answer::Unknown && other.answer != Answer::Unknown && self.answer != other.answer
    }

    /// They may not act so, which fails whatever is expected.
    pub fn nobody(test: &AccessTest, expectation: &Expectation, got: &str) -> Self {
        let asker = &expectation.asker;
        let spans = expectation.lists.iter().map(|listed| listed.span);
        let span = spans.chain(expectation.acts.iter().map(|act| act.span)).next().unwrap_or(test.span);
        let expected = format!("`{}` may act as `{}`", asker.text, asker.place.persona);
        Self { span, expected, got: got.to_owned(), answer: Answer::Nobody }
    }

    /// Which rows were seen, where that can be told.
    pub fn listed(
        test: &AccessTest,
        expectation: &Expectation,
        listed: &Listed,
        found: BTreeSet<RowLabel>,
        strange: &[String],
    ) -> Self {
        let expected = words::sees(&expectation.asker.text, listed);
        let extra: Vec<String> =
            found.difference(&listed.rows).map(|label| words::whose(test, &listed.object, label)).collect();
        let missing: Vec<&RowLabel> = listed.rows.difference(&found).collect();
        let holds = found == listed.rows && strange.is_empty();
        let got = if holds { String::new() } else { words::saw(&found, extra, &missing, strange) };
        Self { span: listed.span, expected, got, answer: Answer::Rows(found) }
    }
}

/// What of a test's rows only a database can tell.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Columns that it fills where nothing is written.
    pub filled: BTreeSet<(TableName, ColumnName)>,
    /// What it filled the given rows with.
    pub cells: BTreeMap<(ObjectName, RowLabel), BTreeMap<ColumnName, Option<String>>>,
    /// Of the project's time zone at the time of the test.
    pub offset: Option<UtcOffset>,
}

/// Every expectation of the test, in written order, by the evaluator. `now` is the present; without `around` what only a
/// database could tell is not told.
pub fn evaluate(
    model: &AccessModel,
    test: &AccessTest,
    now: OffsetDateTime,
    around: Option<&Surroundings>,
) -> Vec<Outcome> {
    let now = match &test.now {
        None => now,
        Some(text) => match OffsetDateTime::parse(text, &Rfc3339) {
            Ok(now) => now,
            Err(_) => {
                let expected = "the time of the test is known".to_owned();
                let got = format!("unknown, because `{text}` has no offset");
                return vec![Outcome { span: test.span, expected, got, answer: Answer::Unknown }];
            }
        },
    };
    let world = world(model, test, now, around);
    let labels = Labels { model, given: &test.given };
    let mut outcomes = Vec::new();
    for expectation in &test.expect {
        let asker = World::asker(&test.given, &expectation.asker);
        let Some(asking) = Asking::new(model, &world, &asker) else {
            outcomes.push(Outcome::nobody(test, expectation, "nobody of that tenant may"));
            continue;
        };
        let stage = Stage { model, test, expectation, labels: &labels, world: &world, asking };
        outcomes.extend(expectation.lists.iter().map(|listed| stage.lists(listed)));
        outcomes.extend(expectation.acts.iter().map(|act| stage.act(act)));
    }
    outcomes
}

/// What a test gives, with what a database made of it.
pub fn world(model: &AccessModel, test: &AccessTest, now: OffsetDateTime, around: Option<&Surroundings>) -> World {
    let mut world = World::given(model, &test.given, now);
    let Some(around) = around else { return world };
    Arc::make_mut(&mut world.fillings).filled.clone_from(&around.filled);
    world.offset = around.offset.or(world.offset);
    let mut places: BTreeMap<&TableName, usize> = BTreeMap::new();
    for id in test.given.rows.keys() {
        let Some(object) = model.objects.get(&id.0) else { continue };
        let place = places.entry(&object.table).or_default();
        let row = world.rows.get_mut(&object.table).and_then(|rows| rows.get_mut(*place));
        *place += 1;
        let Some((row, filled)) = row.zip(around.cells.get(id)) else { continue };
        for (column, text) in filled {
            row.0.entry(column.clone()).or_insert_with(|| super::evaluate::Datum::of(text.clone()));
        }
    }
    world
}

/// One expectation of one test, on the rows that are given.
struct Stage<'a> {
    model: &'a AccessModel,
    test: &'a AccessTest,
    expectation: &'a Expectation,
    labels: &'a Labels<'a>,
    world: &'a World,
    asking: Asking<'a>,
}

impl Stage<'_> {
    fn lists(&self, listed: &Listed) -> Outcome {
        let expected = words::sees(&self.expectation.asker.text, listed);
        let unknown = |why: String| Outcome {
            span: listed.span,
            expected: expected.clone(),
            got: format!("unknown, because {why}"),
            answer: Answer::Unknown,
        };
        let Some(object) = self.model.objects.get(&listed.object) else {
            return unknown("the object is not there".to_owned());
        };
        let mut found = BTreeSet::new();
        for (_, label) in self.test.given.rows.keys().filter(|(name, _)| *name == listed.object) {
            let Some(row) = self.row(&listed.object, label) else { continue };
            match self.asking.sees(&object.table, row).row() {
                Truth::Yes => drop(found.insert(label.clone())),
                Truth::No | Truth::Null => {}
                Truth::Untold(why) => return unknown(format!("of `{}/{label}`: {why}", listed.object)),
            }
        }
        Outcome::listed(self.test, self.expectation, listed, found, &[])
    }

    /// The row as it is in the world: what a database filled it with is part of it.
    fn row(&self, object: &ObjectName, label: &RowLabel) -> Option<&super::evaluate::Row> {
        let table = &self.model.objects.get(object)?.table;
        let of_table = |(name, _): &&(ObjectName, RowLabel)| {
            self.model.objects.get(name).is_some_and(|other| other.table == *table)
        };
        let mut given = self.test.given.rows.keys().filter(of_table);
        let place = given.position(|(name, one)| name == object && one == label)?;
        self.world.rows.get(table)?.get(place)
    }
}
