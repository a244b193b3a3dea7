use super::{Pools, QueryError};
use crate::names::{ColumnName, TableName};
use sqlx::Row as _;
use std::collections::{BTreeSet, HashMap};

/// The types that columns have in the database now: what a visitor sends is text, and is cast to them.
#[derive(Debug, Default)]
pub struct LiveTypes {
    columns: HashMap<TableName, HashMap<ColumnName, LiveColumn>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveColumn {
    /// As a cast wants it, without length or precision: `numeric`, `crm.case_status`.
    pub sql_type: String,
    pub not_null: bool,
    /// PostgreSQL's category: `N` numbers, `S` texts, `D` dates and times, `B`, `E` enums, `I`, `T`, `U` …
    category: char,
}

impl LiveColumn {
    /// Whether rows can be put in the order of this column.
    pub fn sortable(&self) -> bool {
        "NSDBEIT".contains(self.category) || self.sql_type == "uuid"
    }

    pub fn is_timestamp_with_zone(&self) -> bool {
        self.sql_type == "timestamp with time zone"
    }

    /// Whether `=` takes both without a cast.
    pub fn compares_with(&self, other: &Self) -> bool {
        self.sql_type == other.sql_type || (self.category == other.category && "NS".contains(self.category))
    }
}

const READ: &str = "
SELECT n.nspname::text, c.relname::text, a.attname::text,
       pg_catalog.format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END, -1),
       a.attnotnull, t.typcategory::text
FROM unnest($1::text[], $2::text[]) AS wanted (schema_name, table_name)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = wanted.schema_name
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.table_name
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid";

impl LiveTypes {
    /// Reads the catalog, which any login may.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn read(pools: &Pools, tables: &BTreeSet<&TableName>) -> Result<Self, QueryError> {
        let schemas: Vec<&str> = tables.iter().map(|table| table.schema.as_str()).collect();
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        let rows = sqlx::query(READ).persistent(false).bind(schemas).bind(names).fetch_all(&pools.gateway).await?;
        let mut types = Self::default();
        for row in rows {
            let table = TableName::new(row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?);
            let column = LiveColumn {
                sql_type: row.try_get(3)?,
                not_null: row.try_get(4)?,
                category: row.try_get::<String, _>(5)?.chars().next().unwrap_or('X'),
            };
            types.columns.entry(table).or_default().insert(ColumnName::new(row.try_get::<String, _>(2)?), column);
        }
        Ok(types)
    }

    /// `None`: the database has no such column.
    pub fn column(&self, table: &TableName, column: &ColumnName) -> Option<&LiveColumn> {
        self.columns.get(table)?.get(column)
    }
}
