//! Everything that somebody is shown, cell by cell: what the evaluator is compared with.

use super::super::PgError;
use super::super::given::{Keys, LoadError, load};
use super::session::{Answer, Session};
use super::{Bench, Stage, execute};
use crate::model::{AccessTest, Facet};
use crate::names::{ColumnName, Ident, TableName};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// One row as one of the persona's facets shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRow {
    /// Among the persona's facets.
    pub facet: usize,
    pub table: TableName,
    pub cells: BTreeMap<ColumnName, Option<String>>,
}

/// What of a test could be shown.
#[derive(Debug)]
pub enum Cells {
    /// By expectation; `None`: they may not act so.
    Shown(Vec<Option<Vec<ShownRow>>>),
    /// The database does not take the rows, because of this.
    NotTaken(String),
}

impl Bench<'_> {
    /// Everything that the people of the test's expectations are shown, whatever is expected.
    ///
    /// # Errors
    /// The server cannot be asked, or refuses what a facet reads.
    pub async fn cells(&self, connection: &mut PgConnection, test: &AccessTest) -> Result<Cells, PgError> {
        execute(connection, "begin a test", "BEGIN").await?;
        let cells = self.cells_within(connection, test).await;
        execute(connection, "end a test", "ROLLBACK").await?;
        cells
    }

    async fn cells_within(&self, connection: &mut PgConnection, test: &AccessTest) -> Result<Cells, PgError> {
        let keys = Keys { model: self.own, columns: &self.columns, given: &test.given, now: test.now.as_deref() };
        match load(connection, self.model, &keys).await {
            Ok(()) => {}
            Err(LoadError::Server(error)) => return Err(error),
            Err(LoadError::Given { message, .. }) => return Ok(Cells::NotTaken(message)),
        }
        let mut shown = Vec::new();
        for expectation in &test.expect {
            let stage = Stage { bench: self, test, keys: &keys, expectation };
            let Some(mut session) = Session::open(&stage, connection).await? else {
                shown.push(None);
                continue;
            };
            let mut rows = Vec::new();
            for (at, facet) in session.facets.iter().enumerate() {
                match stage.shown_in(&mut session, (at, facet)).await? {
                    Ok(more) => rows.extend(more),
                    Err(refused) => return Ok(Cells::NotTaken(refused)),
                }
            }
            shown.push(Some(rows));
        }
        Ok(Cells::Shown(shown))
    }
}

impl Stage<'_> {
    async fn shown_in(
        &self,
        session: &mut Session<'_, '_>,
        (at, facet): (usize, &Facet),
    ) -> Result<Result<Vec<ShownRow>, String>, PgError> {
        let mut shown = Vec::new();
        for (table, rectangle) in &facet.reads {
            let columns: Vec<&ColumnName> = rectangle.columns.iter().chain(rectangle.masked.keys()).collect();
            let texts: Vec<String> =
                columns.iter().map(|column| format!("{}::text", Ident::new(column.as_str()))).collect();
            let sql = format!("SELECT {} FROM {}", texts.join(", "), self.read_as(&facet.role, table));
            match session.ask(&facet.role, &sql).await? {
                Answer::Done { rows, .. } => shown.extend(rows.into_iter().map(|row| ShownRow {
                    facet: at,
                    table: table.clone(),
                    cells: columns.iter().map(|column| (*column).clone()).zip(row).collect(),
                })),
                Answer::Denied(why) | Answer::Stopped(why) => return Ok(Err(format!("{sql}: {why}"))),
            }
        }
        Ok(Ok(shown))
    }
}
