//! Rows of the business as they are, whoever may see them: those that are asked about, and those that decide about them.

use super::super::PgError;
use super::super::as_persona::collect;
use super::super::given::Columns;
use crate::analysis::evaluate::{Datum, Row};
use crate::analysis::verify::{Link, Tried, identity, links, whole};
use crate::model::AccessModel;
use crate::names::{ColumnName, Ident, TableName};
use crate::plan::Touched;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// So many keys are looked up at once.
const AT_ONCE: usize = 1000;

/// Reads rows as somebody who sees all of them.
pub(super) struct Rows<'a> {
    connection: &'a mut PgConnection,
    model: &'a AccessModel,
    columns: &'a Columns,
    found: BTreeMap<TableName, HashSet<Vec<Option<String>>>>,
}

/// Tables that are longer than what is asked about of each.
pub(super) async fn long_tables(
    connection: &mut PgConnection,
    model: &AccessModel,
    columns: &Columns,
    most: usize,
) -> Result<BTreeSet<TableName>, PgError> {
    let mut long = BTreeSet::new();
    for table in Touched::of(model).relations {
        if columns.of(&table).is_empty() {
            continue;
        }
        let sql = format!("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) AS counted", table.sql(), most + 1);
        let count = collect(connection, &sql).await?.rows.pop().and_then(|mut row| row.pop()).flatten();
        if count.and_then(|count| count.parse::<usize>().ok()).is_some_and(|count| count > most) {
            long.insert(table);
        }
    }
    Ok(long)
}

/// Some rows of a table, by their keys: always the same ones of the same rows.
pub(super) async fn some_keys(
    connection: &mut PgConnection,
    table: &TableName,
    key: &[ColumnName],
    most: usize,
) -> Result<Vec<Vec<String>>, PgError> {
    let texts = texts(key);
    let sql =
        format!("SELECT {0} FROM {1} ORDER BY md5(concat_ws(',', {0})) LIMIT {most}", texts.join(", "), table.sql());
    Ok(keys_of(collect(connection, &sql).await?.rows))
}

pub(super) fn keys_of(rows: Vec<Vec<Option<String>>>) -> Vec<Vec<String>> {
    rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect()).collect()
}

pub(super) fn texts(columns: &[ColumnName]) -> Vec<String> {
    columns.iter().map(|column| format!("{}::text", Ident::new(column.as_str()))).collect()
}

/// A WHERE clause for rows that hold one of these in the columns, by an index where there is one. A value that the column
/// cannot hold is in no row.
pub(super) fn holding(columns: &Columns, table: &TableName, named: &[&ColumnName], values: &[Vec<String>]) -> String {
    let typed = |column: &ColumnName| match columns.get(table, column).map(|facts| facts.base.as_str()) {
        Some(base @ ("int2" | "int4" | "int8" | "uuid" | "text" | "varchar")) => Some(base),
        _ => None,
    };
    let fits = |base: &str, text: &str| match base {
        "int2" => text.parse::<i16>().is_ok(),
        "int4" => text.parse::<i32>().is_ok(),
        "int8" => text.parse::<i64>().is_ok(),
        "uuid" => uuid::Uuid::try_parse(text).is_ok(),
        _ => true,
    };
    let bases: Vec<Option<&str>> = named.iter().map(|column| typed(column)).collect();
    let left: Vec<String> = named
        .iter()
        .zip(&bases)
        .map(|(column, base)| {
            let name = Ident::new(column.as_str());
            if base.is_some() { name.to_string() } else { format!("{name}::text") }
        })
        .collect();
    let fitting =
        values.iter().filter(|row| row.iter().zip(&bases).all(|(text, base)| base.is_none_or(|base| fits(base, text))));
    let tuples: Vec<String> = fitting
        .map(|row| {
            let parts = row
                .iter()
                .zip(&bases)
                .map(|(text, base)| format!("{}::{}", Ident::literal(text), base.unwrap_or("text")));
            format!("({})", parts.collect::<Vec<_>>().join(", "))
        })
        .collect();
    if tuples.is_empty() {
        return " WHERE false".to_owned();
    }
    format!(" WHERE ({}) IN ({})", left.join(", "), tuples.join(", "))
}

impl<'a> Rows<'a> {
    pub(super) fn new(connection: &'a mut PgConnection, model: &'a AccessModel, columns: &'a Columns) -> Self {
        Self { connection, model, columns, found: BTreeMap::new() }
    }

    /// What is asked about, with everything that decides about it: short tables whole, of long ones what leads there.
    pub(super) async fn load(
        mut self,
        long: &BTreeSet<TableName>,
        tried: &Tried,
    ) -> Result<BTreeMap<TableName, Vec<Row>>, PgError> {
        let links = links(self.model);
        let mut wanted: BTreeSet<&TableName> = self.model.objects.values().map(|object| &object.table).collect();
        wanted.extend(links.iter().map(|link| link.table));
        wanted.retain(|table| !long.contains(*table));
        wanted.extend(whole(self.model));
        let mut new: Vec<(TableName, Vec<Vec<Option<String>>>)> = Vec::new();
        // Of these, every row is there.
        let complete: BTreeSet<TableName> = wanted.iter().map(|table| (*table).clone()).collect();
        for table in wanted {
            let rows = self.read(table, "").await?;
            new.push((table.clone(), rows));
        }
        for (table, keys) in tried.iter().filter(|(table, _)| !complete.contains(*table)) {
            let key: Vec<&ColumnName> = identity(self.model, table).iter().collect();
            let rows = self.some(table, &key, keys.iter().cloned()).await?;
            new.push((table.clone(), rows));
        }
        let mut asked: BTreeMap<&Link<'_>, HashSet<Vec<String>>> = BTreeMap::new();
        while let Some((table, rows)) = new.pop() {
            for link in links.iter().filter(|link| *link.from == table && !complete.contains(link.table)) {
                let known = asked.entry(link).or_default();
                let held: Vec<Vec<String>> =
                    self.held(&table, &link.own, &rows).filter(|key| known.insert(key.clone())).collect();
                let found = self.some(link.table, &link.columns, held.into_iter()).await?;
                new.push((link.table.clone(), found));
            }
        }
        let columns = self.columns;
        let row = |table: &TableName, cells: Vec<Option<String>>| {
            Row(loaded(columns, table).zip(cells).map(|(column, cell)| (column.clone(), Datum::of(cell))).collect())
        };
        let tables = self.found.into_iter();
        Ok(tables
            .map(|(table, rows)| (table.clone(), rows.into_iter().map(|cells| row(&table, cells)).collect()))
            .collect())
    }

    /// What the rows hold in these columns, where they hold something in each.
    fn held(
        &self,
        table: &TableName,
        own: &[&ColumnName],
        rows: &[Vec<Option<String>>],
    ) -> impl Iterator<Item = Vec<String>> {
        let places = own.iter().map(|column| loaded(self.columns, table).position(|one| one == *column));
        let places: Option<Vec<usize>> = places.collect();
        let keys =
            rows.iter().filter_map(move |row| places.as_ref()?.iter().map(|place| row.get(*place)?.clone()).collect());
        keys.collect::<Vec<Vec<String>>>().into_iter()
    }

    async fn some(
        &mut self,
        table: &TableName,
        columns: &[&ColumnName],
        values: impl Iterator<Item = Vec<String>>,
    ) -> Result<Vec<Vec<Option<String>>>, PgError> {
        let values: Vec<Vec<String>> = values.collect();
        let mut found = Vec::new();
        for values in values.chunks(AT_ONCE) {
            let only = holding(self.columns, table, columns, values);
            found.extend(self.read(table, &only).await?);
        }
        Ok(found)
    }

    /// Those that were not there yet.
    async fn read(&mut self, table: &TableName, only: &str) -> Result<Vec<Vec<Option<String>>>, PgError> {
        let columns: Vec<ColumnName> = loaded(self.columns, table).cloned().collect();
        if columns.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT {} FROM {}{only}", texts(&columns).join(", "), table.sql());
        let rows = collect(self.connection, &sql).await?.rows;
        let known = self.found.entry(table.clone()).or_default();
        Ok(rows.into_iter().filter(|row| known.insert(row.clone())).collect())
    }
}

/// What is read of a table: no files.
fn loaded<'c>(columns: &'c Columns, table: &TableName) -> impl Iterator<Item = &'c ColumnName> {
    columns.of(table).iter().filter(|(_, facts)| facts.base != "bytea").map(|(column, _)| column)
}
