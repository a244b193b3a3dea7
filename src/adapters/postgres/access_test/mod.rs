//! Access tests on PostgreSQL: each in a transaction of its own that is rolled back, each expectation tried as the persona,
//! with a signed context, on the rows as they were given.

mod act;
mod candidates;
mod cells;
mod lists;
pub(super) mod session;
mod surroundings;

pub use cells::Cells;
pub(super) use cells::{readable, shown_of};

use super::PgError;
use super::barriers::{Barriers, barriers};
use super::given::{Columns, Keys, LoadError, copy_people, load};
use crate::analysis::access_test::{Answer, Outcome, Surroundings};
use crate::model::{AccessModel, AccessTest, Expectation, PeopleSource};
use crate::names::TableName;
use crate::plan::Touched;
use session::Session;
use sqlx::{AssertSqlSafe, PgConnection};

/// What came of a test, and what was around it.
#[derive(Debug, Default)]
pub struct Ran {
    pub outcomes: Vec<Outcome>,
    /// `None`: what is given was not taken.
    pub around: Option<Surroundings>,
}

/// A database that access tests run on: made for them, with everything applied and no rows.
#[derive(Debug)]
pub struct Bench<'a> {
    /// Of the project, by which types of keys are known.
    pub own: &'a AccessModel,
    /// The same access in this database.
    pub model: &'a AccessModel,
    columns: Columns,
    barriers: Barriers,
}

/// Far from the keys that are given: what a sequence draws is not taken back with a transaction.
const SEQUENCES: &str = "
    SELECT setval(s.seqrelid::regclass, 5000) FROM pg_sequence AS s
    WHERE s.seqincrement > 0 AND s.seqstart < 5000 AND s.seqmax > 10000";

/// What stands in the database before anything is applied.
///
/// # Errors
/// The server refuses.
pub async fn prepare(connection: &mut PgConnection, copies: &[(TableName, PeopleSource)]) -> Result<(), PgError> {
    copy_people(connection, copies).await
}

impl<'a> Bench<'a> {
    /// # Errors
    /// The server cannot be asked.
    pub async fn open(
        connection: &mut PgConnection,
        own: &'a AccessModel,
        model: &'a AccessModel,
    ) -> Result<Self, PgError> {
        let mut tables = Touched::of(own).relations;
        tables.extend(Touched::of(model).relations);
        let columns = Columns::read(connection, &tables).await?;
        execute(connection, "set sequences on", SEQUENCES).await?;
        let barriers = barriers(connection, &model.project.control_schema).await?;
        Ok(Self { own, model, columns, barriers })
    }

    /// Every expectation of the test, in written order.
    ///
    /// # Errors
    /// The server cannot be asked; what it refuses is an outcome.
    pub async fn run(&self, connection: &mut PgConnection, test: &AccessTest) -> Result<Ran, PgError> {
        execute(connection, "begin a test", "BEGIN").await?;
        let ran = self.within(connection, test).await;
        execute(connection, "end a test", "ROLLBACK").await?;
        ran
    }

    async fn within(&self, connection: &mut PgConnection, test: &AccessTest) -> Result<Ran, PgError> {
        let keys = Keys { model: self.own, columns: &self.columns, given: &test.given, now: test.now.as_deref() };
        match load(connection, self.model, &keys).await {
            Ok(()) => {}
            Err(LoadError::Server(error)) => return Err(error),
            Err(LoadError::Given { span, message }) => {
                let expected = "what is given can be put into the database".to_owned();
                let span = span.unwrap_or(test.span);
                let outcome = Outcome { span, expected, got: message, answer: Answer::Unknown };
                return Ok(Ran { outcomes: vec![outcome], around: None });
            }
        }
        let around = Some(self.surroundings(connection, test, &keys).await?);
        let mut outcomes = Vec::new();
        for expectation in &test.expect {
            let stage = Stage { bench: self, test, keys: &keys, expectation };
            stage.try_all(connection, &mut outcomes).await?;
        }
        Ok(Ran { outcomes, around })
    }
}

/// One expectation of one test, on the rows that are given.
struct Stage<'a> {
    bench: &'a Bench<'a>,
    test: &'a AccessTest,
    keys: &'a Keys<'a>,
    expectation: &'a Expectation,
}

impl Stage<'_> {
    async fn try_all(&self, connection: &mut PgConnection, outcomes: &mut Vec<Outcome>) -> Result<(), PgError> {
        let Some(mut session) = Session::open(self, connection).await? else {
            let got = "the database gives them no context";
            outcomes.push(Outcome::nobody(self.test, self.expectation, got));
            return Ok(());
        };
        for listed in &self.expectation.lists {
            outcomes.push(self.lists(&mut session, listed).await?);
        }
        for act in &self.expectation.acts {
            outcomes.push(self.act(&mut session, act).await?);
        }
        Ok(())
    }
}

async fn execute(connection: &mut PgConnection, doing: &'static str, sql: &str) -> Result<(), PgError> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.map(drop).map_err(PgError::query(doing))
}
