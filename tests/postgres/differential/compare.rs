//! PostgreSQL beside the evaluator: every cell that somebody is shown, and everything that they try.

use crate::provisioned::run;
use portalctl::adapters::postgres::access_test::{Bench, Cells};
use portalctl::analysis::access_test::{Answer, evaluate, world};
use portalctl::analysis::evaluate::{Asking, World};
use portalctl::analysis::verify::{Tried, hold};
use portalctl::model::AccessTest;
use sqlx::PgConnection;
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
                let persona = &bench.model.personas[&asker.persona];
                let held = hold(model, &world, (persona, asking), rows, &Tried::new());
                tally.reads += held.probes;
                tally.shown += held.shown;
                tally.masked += held.masked;
                // Everything is given, so nothing is left untold.
                tally.wrong.extend(
                    held.differences
                        .iter()
                        .chain(&held.untold)
                        .map(|difference| format!("{} as {}: {difference:?}", expectation.asker.text, asker.persona)),
                );
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
