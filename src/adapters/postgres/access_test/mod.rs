//! Access tests on PostgreSQL: each in a transaction of its own that is rolled back, each expectation tried as the persona,
//! with a signed context, on the rows as they were given.

mod act;
mod candidates;
mod lists;
mod session;
mod words;

use super::PgError;
use super::barriers::{Barriers, barriers};
use super::given::{Columns, Keys, LoadError, copy_people, load};
use crate::diagnostic::Span;
use crate::model::{AccessModel, AccessTest, Expectation, PeopleSource};
use crate::names::TableName;
use crate::plan::Touched;
use session::Session;
use sqlx::{AssertSqlSafe, PgConnection};

/// One thing that was expected, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub span: Span,
    pub expected: String,
    /// Empty where it is as expected.
    pub got: String,
}

impl Outcome {
    pub fn holds(&self) -> bool {
        self.got.is_empty()
    }
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
    pub async fn run(&self, connection: &mut PgConnection, test: &AccessTest) -> Result<Vec<Outcome>, PgError> {
        execute(connection, "begin a test", "BEGIN").await?;
        let outcomes = self.within(connection, test).await;
        execute(connection, "end a test", "ROLLBACK").await?;
        outcomes
    }

    async fn within(&self, connection: &mut PgConnection, test: &AccessTest) -> Result<Vec<Outcome>, PgError> {
        let keys = Keys { model: self.own, columns: &self.columns, given: &test.given, now: test.now.as_deref() };
        match load(connection, self.model, &keys).await {
            Ok(()) => {}
            Err(LoadError::Server(error)) => return Err(error),
            Err(LoadError::Given { span, message }) => {
                let expected = "what is given can be put into the database".to_owned();
                return Ok(vec![Outcome { span: span.unwrap_or(test.span), expected, got: message }]);
            }
        }
        let mut outcomes = Vec::new();
        for expectation in &test.expect {
            let stage = Stage { bench: self, test, keys: &keys, expectation };
            stage.try_all(connection, &mut outcomes).await?;
        }
        Ok(outcomes)
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
            let asker = &self.expectation.asker;
            let spans = self.expectation.lists.iter().map(|listed| listed.span);
            let span = spans.chain(self.expectation.acts.iter().map(|act| act.span)).next().unwrap_or(self.test.span);
            outcomes.push(Outcome {
                span,
                expected: format!("`{}` may act as `{}`", asker.text, asker.place.persona),
                got: "the database gives them no context".to_owned(),
            });
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
