//! Everything that somebody is shown, cell by cell: what the evaluator is compared with.

use super::super::PgError;
use super::super::as_persona::collect;
use super::super::given::{Keys, LoadError, load};
use super::session::{Answer, Session};
use super::{Bench, Stage, execute};
use crate::analysis::verify::ShownRow;
use crate::model::{AccessTest, Facet};
use crate::names::{ColumnName, Ident, RoleName, TableName};
use sqlx::PgConnection;
use std::collections::BTreeSet;

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
        let tables: BTreeSet<&TableName> = self.bench.model.objects.values().map(|object| &object.table).collect();
        for table in tables {
            let source = self.read_as(&facet.role, table);
            let columns = readable(session.connection(), &facet.role, &source).await?;
            match shown_of(session, (at, facet), (table, &source), &columns, "").await? {
                Ok(rows) => shown.extend(rows),
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(shown))
    }
}

/// The rows that a role is shown of `table`, of which it reads these columns at `source`: those for which `only`, a WHERE
/// clause, holds.
pub(in super::super) async fn shown_of(
    session: &mut Session<'_, '_>,
    (at, facet): (usize, &Facet),
    (table, source): (&TableName, &str),
    columns: &[ColumnName],
    only: &str,
) -> Result<Result<Vec<ShownRow>, String>, PgError> {
    if columns.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let texts: Vec<String> = columns.iter().map(|column| format!("{}::text", Ident::new(column.as_str()))).collect();
    let sql = format!("SELECT {} FROM {source}{only}", texts.join(", "));
    let row = |cells: Vec<Option<String>>| ShownRow {
        facet: at,
        table: table.clone(),
        cells: columns.iter().cloned().zip(cells).collect(),
    };
    Ok(match session.ask(&facet.role, &sql).await? {
        Answer::Done { rows, .. } => Ok(rows.into_iter().map(row).collect()),
        Answer::Denied(why) | Answer::Stopped(why) => Err(format!("{sql}: {why}")),
    })
}

/// The columns that the role may read there, whatever the access model says.
pub(in super::super) async fn readable(
    connection: &mut PgConnection,
    role: &RoleName,
    source: &str,
) -> Result<Vec<ColumnName>, PgError> {
    let (role, relation) = (Ident::literal(role.as_str()), Ident::literal(source));
    let sql = format!(
        "SELECT json_agg(attname ORDER BY attnum)::text FROM pg_attribute WHERE attrelid = {relation}::regclass AND attnum > 0 \
         AND NOT attisdropped AND has_column_privilege({role}, attrelid, attnum, 'SELECT')"
    );
    let names = collect(connection, &sql).await?.rows.pop().and_then(|mut row| row.pop()).flatten();
    let names = names.map(|names| serde_json::from_str::<Vec<String>>(&names)).transpose();
    let names = names.map_err(|source| PgError::Answer { what: "the columns", source })?;
    Ok(names.unwrap_or_default().into_iter().map(ColumnName::new).collect())
}
