//! What the database made of the rows that a test gives: what it filled, and which hour it is in the project's time zone.

use super::super::PgError;
use super::super::as_persona::collect;
use super::super::given::Keys;
use super::Bench;
use crate::analysis::access_test::Surroundings;
use crate::model::{AccessTest, Object};
use crate::names::{ColumnName, Ident, ObjectName, RowLabel};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::UtcOffset;

impl Bench<'_> {
    pub(super) async fn surroundings(
        &self,
        connection: &mut PgConnection,
        test: &AccessTest,
        keys: &Keys<'_>,
    ) -> Result<Surroundings, PgError> {
        let mut around = Surroundings { offset: self.offset(connection, test).await?, ..Surroundings::default() };
        for object in self.model.objects.values() {
            for (column, facts) in self.columns.of(&object.table) {
                if facts.has_default || facts.generated || facts.required {
                    around.filled.insert((object.table.clone(), column.clone()));
                }
            }
        }
        for (id, given) in &test.given.rows {
            let Some(object) = self.model.objects.get(&id.0) else { continue };
            let unwritten = self.columns.of(&object.table).iter().map(|(column, _)| column);
            let unwritten: Vec<&ColumnName> = unwritten
                .filter(|column| !given.cells.contains_key(*column) && !object.key.contains(column))
                .filter(|column| around.filled.contains(&(object.table.clone(), (*column).clone())))
                .collect();
            if !unwritten.is_empty() {
                let cells = held(connection, object, id, keys, &unwritten).await?;
                around.cells.insert(id.clone(), cells);
            }
        }
        Ok(around)
    }

    async fn offset(&self, connection: &mut PgConnection, test: &AccessTest) -> Result<Option<UtcOffset>, PgError> {
        let now = test.now.as_deref().map_or_else(|| "now()".to_owned(), Ident::literal);
        let zone = Ident::literal(&self.model.project.timezone);
        let sql = format!(
            "SELECT extract(epoch FROM ({now}::timestamptz AT TIME ZONE {zone}) - ({now}::timestamptz AT TIME ZONE 'UTC'))::integer::text"
        );
        let seconds = collect(connection, &sql).await?.rows.pop().and_then(|mut row| row.pop()).flatten();
        Ok(seconds.and_then(|seconds| UtcOffset::from_whole_seconds(seconds.parse().ok()?).ok()))
    }
}

/// What these columns of a given row hold.
async fn held(
    connection: &mut PgConnection,
    object: &Object,
    (name, label): &(ObjectName, RowLabel),
    keys: &Keys<'_>,
    columns: &[&ColumnName],
) -> Result<BTreeMap<ColumnName, Option<String>>, PgError> {
    let shown: Vec<String> = columns.iter().map(|column| format!("{}::text", Ident::new(column.as_str()))).collect();
    let key = keys.row(name, label);
    let is_row = object.key.iter().zip(&key);
    let is_row: Vec<String> =
        is_row.map(|(column, part)| format!("{} = {}", Ident::new(column.as_str()), Ident::literal(part))).collect();
    let sql = format!("SELECT {} FROM {} WHERE {}", shown.join(", "), object.table.sql(), is_row.join(" AND "));
    let row = collect(connection, &sql).await?.rows.pop().unwrap_or_default();
    Ok(columns.iter().map(|column| (*column).clone()).zip(row).collect())
}
