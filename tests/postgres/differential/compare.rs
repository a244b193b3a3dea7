//! PostgreSQL beside the evaluator: every cell that somebody is shown, and everything that they try.

use crate::provisioned::run;
use portalctl::adapters::postgres::access_test::{Bench, Cells, ShownRow};
use portalctl::analysis::access_test::{Answer, evaluate, world};
use portalctl::analysis::evaluate::{Asking, Datum, Row, Truth, World, masked};
use portalctl::model::{AccessModel, AccessTest, Mask, Object};
use portalctl::names::{ColumnName, TableName};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What was decided, and where the two say different things.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Rows and cells, each for one asker.
    pub(super) reads: usize,
    pub(super) shown: usize,
    pub(super) masked: usize,
    pub(super) writes: usize,
    pub(super) allowed: usize,
    /// The database had another reason than access, or the evaluator could not tell.
    pub(super) untold: usize,
    pub(super) wrong: Vec<String>,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.reads += other.reads;
        self.shown += other.shown;
        self.masked += other.masked;
        self.writes += other.writes;
        self.allowed += other.allowed;
        self.untold += other.untold;
        self.wrong.extend(other.wrong);
    }

    pub(super) fn decisions(&self) -> usize {
        self.reads + self.writes
    }
}

/// What PostgreSQL shows of one row, all facets together.
#[derive(Debug, Default)]
struct Seen {
    plain: BTreeSet<ColumnName>,
    masked: BTreeMap<ColumnName, Option<String>>,
}

pub(super) async fn compare(
    bench: &Bench<'_>,
    connection: &mut PgConnection,
    test: &AccessTest,
    before: &str,
) -> Tally {
    let mut tally = Tally::default();
    begin(connection, before).await;
    let ran = bench.run(connection, test).await.expect("the test runs");
    let model = bench.own;
    let now = OffsetDateTime::parse(test.now.as_deref().expect("a time"), &Rfc3339).expect("a time");
    let evaluated = evaluate(model, test, now, ran.around.as_ref());
    assert_eq!(ran.outcomes.len(), evaluated.len(), "{:#?}", ran.outcomes);
    for (postgres, evaluator) in ran.outcomes.iter().zip(&evaluated) {
        tally.writes += 1;
        tally.allowed += usize::from(postgres.answer == Answer::Allowed);
        tally.untold += usize::from([postgres, evaluator].iter().any(|outcome| outcome.answer == Answer::Unknown));
        if postgres.contradicts(evaluator) {
            tally.wrong.push(format!(
                "{}: PostgreSQL: {:?} {}; evaluator: {:?} {}",
                postgres.expected, postgres.answer, postgres.got, evaluator.answer, evaluator.got
            ));
        }
    }
    begin(connection, before).await;
    let shown = match bench.cells(connection, test).await.expect("the cells are read") {
        Cells::Shown(shown) => shown,
        Cells::NotTaken(why) => {
            tally.wrong.push(format!("PostgreSQL does not take it: {why}"));
            return tally;
        }
    };
    let world = world(model, test, now, ran.around.as_ref());
    for (expectation, rows) in test.expect.iter().zip(shown) {
        let asker = World::asker(&test.given, &expectation.asker);
        let asking = Asking::new(model, &world, &asker);
        match (&asking, &rows) {
            (Some(asking), Some(rows)) => {
                let who = format!("{} as {}", expectation.asker.text, asker.persona);
                let seen = seen(bench.model, &asker.persona, rows);
                for object in model.objects.values() {
                    compare_object(&mut tally, asking, &world, (&who, object), &seen);
                }
            }
            (None, None) => {}
            _ => tally.wrong.push(format!(
                "{}: a context: PostgreSQL {}, evaluator {}",
                expectation.asker.text,
                rows.is_some(),
                asking.is_some()
            )),
        }
    }
    tally
}

/// Changes what the database enforces until the comparison takes it back.
async fn begin(connection: &mut PgConnection, change: &str) {
    if !change.is_empty() {
        run(connection, &format!("BEGIN; {change}")).await;
    }
}

type Place = (TableName, Vec<String>);

fn seen(model: &AccessModel, persona: &portalctl::names::PersonaName, rows: &[ShownRow]) -> BTreeMap<Place, Seen> {
    let mut seen: BTreeMap<Place, Seen> = BTreeMap::new();
    for row in rows {
        let object = model.objects.values().find(|object| object.table == row.table).expect("an object");
        let key =
            object.key.iter().map(|column| row.cells.get(column).cloned().flatten().unwrap_or_default()).collect();
        let entry = seen.entry((row.table.clone(), key)).or_default();
        let rectangle = model.personas[persona].facets[row.facet].reads.get(&row.table);
        for (column, text) in &row.cells {
            if rectangle.is_some_and(|rectangle| rectangle.masked.contains_key(column)) {
                entry.masked.insert(column.clone(), text.clone());
            } else {
                entry.plain.insert(column.clone());
            }
        }
    }
    seen
}

fn compare_object(
    tally: &mut Tally,
    asking: &Asking<'_>,
    world: &World,
    (who, object): (&str, &Object),
    seen: &BTreeMap<Place, Seen>,
) {
    for row in world.rows.get(&object.table).into_iter().flatten() {
        let key = object.key.iter().map(|column| match &row.0[column] {
            Datum::Text(text) => text.clone(),
            other => panic!("a key is {other:?}"),
        });
        let key: Vec<String> = key.collect();
        let place = format!("{who}: {}/{}", object.name, key.join(","));
        let shown = seen.get(&(object.table.clone(), key));
        let sight = asking.sees(&object.table, row);
        tally.reads += 1;
        let mut differ = |what: &str, postgres: String, evaluator: String| {
            tally.wrong.push(format!("{place}{what}: PostgreSQL: {postgres}; evaluator: {evaluator}"));
        };
        let truth = sight.row();
        if truth.holds() != shown.is_some() || matches!(truth, Truth::Untold(_)) {
            differ("", format!("{}", shown.is_some()), format!("{truth:?}"));
            continue;
        }
        for field in object.fields.values() {
            let column = &field.column;
            tally.reads += 1;
            let plain = sight.plain(column);
            let is_plain = shown.is_some_and(|shown| shown.plain.contains(column));
            tally.shown += usize::from(is_plain);
            if plain.holds() != is_plain || matches!(plain, Truth::Untold(_)) {
                differ(&format!(".{}", field.name), is_plain.to_string(), format!("{plain:?}"));
            } else if !is_plain {
                let by_mask = shown.and_then(|shown| shown.masked.get(column));
                let expected = sight.masked(column).filter(|(_, truth)| truth.holds()).map(|(mask, _)| mask);
                tally.masked += usize::from(by_mask.is_some());
                if !agree(by_mask, expected, row, column) {
                    differ(&format!(".{} masked", field.name), format!("{by_mask:?}"), format!("{expected:?}"));
                }
            }
        }
    }
}

/// The mask's text is the one that is due; of a digest, that it is one.
fn agree(by_mask: Option<&Option<String>>, expected: Option<Mask>, row: &Row, column: &ColumnName) -> bool {
    match (by_mask, expected) {
        (None, None) => true,
        (Some(text), Some(mask)) => match row.0.get(column) {
            Some(Datum::Text(value)) => match masked(mask, value) {
                Some(wanted) => *text == Some(wanted),
                None => text.as_ref().is_some_and(|text| text.len() == 16 && text != value),
            },
            _ => text.is_none(),
        },
        _ => false,
    }
}
