use super::{Pools, QueryError};
use crate::adapters::postgres::barriers::{Barriers, barriers};
use crate::names::{ColumnName, RoleName, SchemaName, TableName};
use sqlx::Row as _;
use std::collections::{BTreeSet, HashMap};

/// The types that columns have in the database now: what a visitor sends is text, and is cast to them.
#[derive(Debug, Default)]
pub struct LiveTypes {
    columns: HashMap<TableName, HashMap<ColumnName, LiveColumn>>,
    constraints: HashMap<TableName, HashMap<String, Vec<ColumnName>>>,
    barriers: Barriers,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveColumn {
    /// As a cast wants it, without length or precision: `numeric`, `crm.case_status`.
    pub sql_type: String,
    pub not_null: bool,
    /// What is left out is filled in: a default, an identity, a computed value.
    pub has_default: bool,
    /// Letters that fit, of `varchar(n)` and `char(n)`.
    pub length: Option<u32>,
    /// PostgreSQL's category: `N` numbers, `S` texts, `D` dates and times, `B`, `E` enums, `I`, `T`, `U` …
    category: char,
    whole_digits: Option<usize>,
    decimals: Option<usize>,
}

impl LiveColumn {
    /// Whether rows can be put in the order of this column.
    pub fn sortable(&self) -> bool {
        "NSDBEIT".contains(self.category) || self.sql_type == "uuid"
    }

    pub fn is_timestamp_with_zone(&self) -> bool {
        self.sql_type == "timestamp with time zone"
    }

    /// Digits before the point that fit, of `numeric(p, s)` and the integers.
    pub fn whole_digits(&self) -> Option<usize> {
        match self.sql_type.as_str() {
            "smallint" => Some(5),
            "integer" => Some(10),
            "bigint" => Some(19),
            _ => self.whole_digits,
        }
    }

    /// Digits after the point that are kept: `numeric(p, s)` rounds the others away, and an integer takes none.
    pub fn decimals(&self) -> Option<usize> {
        if self.is_integer() { Some(0) } else { self.decimals }
    }

    /// The least and the most that an integer takes.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        match self.sql_type.as_str() {
            "smallint" => Some((i16::MIN.into(), i16::MAX.into())),
            "integer" => Some((i32::MIN.into(), i32::MAX.into())),
            "bigint" => Some((i64::MIN, i64::MAX)),
            _ => None,
        }
    }

    /// Whether `=` takes both without a cast.
    pub fn compares_with(&self, other: &Self) -> bool {
        let texts = self.category == 'S' && other.category == 'S';
        self.sql_type == other.sql_type || texts || (self.is_plain_number() && other.is_plain_number())
    }

    /// The type in which any value of `other`, which it compares with, is compared with this column: where another
    /// is too large for this one, it is no error but equal to nothing.
    pub fn takes<'a>(&'a self, other: &'a Self) -> &'a str {
        if self.is_integer() && other.is_plain_number() { &other.sql_type } else { &self.sql_type }
    }

    fn is_integer(&self) -> bool {
        matches!(self.sql_type.as_str(), "smallint" | "integer" | "bigint")
    }

    /// Whether it compares with every other such number, whichever of them is wider.
    fn is_plain_number(&self) -> bool {
        self.is_integer() || matches!(self.sql_type.as_str(), "numeric" | "real" | "double precision")
    }
}

const READ: &str = "
SELECT n.nspname::text, c.relname::text, a.attname::text,
       pg_catalog.format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END, -1),
       a.attnotnull, t.typcategory::text, a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END
FROM unnest($1::text[], $2::text[]) AS wanted (schema_name, table_name)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = wanted.schema_name
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.table_name
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid";

const CONSTRAINTS: &str = "
WITH wanted AS (
    SELECT c.oid, n.nspname::text AS schema_name, c.relname::text AS table_name
    FROM unnest($1::text[], $2::text[]) AS w (schema_name, table_name)
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = w.schema_name
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.table_name
), named AS (
    SELECT o.conrelid AS relation, o.conname::text AS name, o.conkey AS numbers FROM pg_catalog.pg_constraint AS o
    WHERE o.contype IN ('c', 'f', 'p', 'u')
    UNION ALL
    SELECT i.indrelid, x.relname::text, i.indkey::smallint[] FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS o WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u'))
)
SELECT w.schema_name, w.table_name, c.name, array_agg(a.attname::text ORDER BY a.attnum)
FROM wanted AS w
JOIN named AS c ON c.relation = w.oid
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = w.oid AND a.attnum = ANY (c.numbers) AND a.attnum > 0
GROUP BY 1, 2, 3";

/// What a type's modifier says: letters of a text, digits before and after the point of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Room {
    letters: Option<u32>,
    whole_digits: Option<usize>,
    decimals: Option<usize>,
}

fn room(sql_type: &str, modifier: i32) -> Room {
    let Some(given) = modifier.checked_sub(4).filter(|given| *given >= 0) else { return Room::default() };
    match sql_type {
        "character varying" | "bpchar" => Room { letters: u32::try_from(given).ok(), ..Room::default() },
        "numeric" => {
            // Eleven bits, signed: a negative scale leaves room before the point.
            let scale = ((given & 0x7ff) ^ 1024) - 1024;
            let whole_digits = usize::try_from((given >> 16) - scale).ok();
            Room { whole_digits, decimals: Some(usize::try_from(scale).unwrap_or(0)), ..Room::default() }
        }
        _ => Room::default(),
    }
}

impl LiveTypes {
    /// Reads the catalog, which any login may.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn read(pools: &Pools, tables: &BTreeSet<&TableName>, control: &SchemaName) -> Result<Self, QueryError> {
        let schemas: Vec<&str> = tables.iter().map(|table| table.schema.as_str()).collect();
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        let rows = sqlx::query(READ).persistent(false).bind(&schemas).bind(&names).fetch_all(&pools.gateway).await?;
        let mut types = Self::default();
        for row in rows {
            let table = TableName::new(row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?);
            let sql_type: String = row.try_get(3)?;
            let Room { letters: length, whole_digits, decimals } = room(&sql_type, row.try_get(7)?);
            let column = LiveColumn {
                sql_type,
                length,
                whole_digits,
                decimals,
                not_null: row.try_get(4)?,
                has_default: row.try_get(6)?,
                category: row.try_get::<String, _>(5)?.chars().next().unwrap_or('X'),
            };
            types.columns.entry(table).or_default().insert(ColumnName::new(row.try_get::<String, _>(2)?), column);
        }
        types.read_constraints(pools, &schemas, &names).await?;
        let mut connection = pools.gateway.acquire().await?;
        types.barriers =
            barriers(&mut connection, control).await.map_err(|error| QueryError::Failed(error.to_string()))?;
        Ok(types)
    }

    async fn read_constraints(&mut self, pools: &Pools, schemas: &[&str], names: &[&str]) -> Result<(), QueryError> {
        let query = sqlx::query(CONSTRAINTS).persistent(false).bind(schemas).bind(names);
        for row in query.fetch_all(&pools.gateway).await? {
            let table = TableName::new(row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?);
            let columns: Vec<String> = row.try_get(3)?;
            let columns = columns.into_iter().map(ColumnName::new).collect();
            self.constraints.entry(table).or_default().insert(row.try_get(2)?, columns);
        }
        Ok(())
    }

    /// The columns that a constraint or a unique index of the table speaks of.
    pub fn constrained(&self, table: &TableName, constraint: &str) -> &[ColumnName] {
        self.constraints.get(table).and_then(|known| known.get(constraint)).map_or(&[], Vec::as_slice)
    }

    /// What a role reads in place of the table: a view of the control schema, where one stands before it.
    pub fn relation<'a>(&'a self, role: &RoleName, table: &'a TableName) -> &'a TableName {
        self.barriers.get(&(role.clone(), table.clone())).unwrap_or(table)
    }

    /// `None`: the database has no such column.
    pub fn column(&self, table: &TableName, column: &ColumnName) -> Option<&LiveColumn> {
        self.columns.get(table)?.get(column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_types_modifier_says_what_fits() {
        assert_eq!(room("character varying", 24), Room { letters: Some(20), ..Room::default() });
        let number = |whole, decimals| Room { letters: None, whole_digits: Some(whole), decimals: Some(decimals) };
        assert_eq!(room("numeric", ((14 << 16) | 2) + 4), number(12, 2));
        assert_eq!(room("numeric", ((3 << 16) | (-2 & 0x7ff)) + 4), number(5, 0));
        assert_eq!((room("numeric", -1), room("text", -1)), (Room::default(), Room::default()));
    }
}
