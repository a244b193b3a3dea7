//! What the columns of the tables take.

use super::super::PgError;
use crate::names::{ColumnName, TableName};
use serde::Deserialize;
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

#[derive(Debug, Clone, Deserialize)]
pub struct ColumnFacts {
    /// Of a domain, the type below it; `_` begins an array.
    pub base: String,
    pub required: bool,
    pub has_default: bool,
    /// Computed: nobody gives it a value.
    pub generated: bool,
    pub max_length: Option<usize>,
    /// Of an enum type, in order; of CHECK constraints about this column alone, the texts in them.
    pub words: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    schema: String,
    table: String,
    column: String,
    #[serde(flatten)]
    facts: ColumnFacts,
    checks: Vec<String>,
}

#[derive(Debug, Default)]
pub struct Columns(HashMap<TableName, Vec<(ColumnName, ColumnFacts)>>);

const READ: &str = "
    WITH RECURSIVE base AS (
        SELECT t.oid, t.oid AS below, t.typnotnull AS required, t.typtypmod AS modifier FROM pg_type AS t
        UNION ALL
        SELECT b.oid, t.typbasetype, b.required OR t.typnotnull, t.typtypmod
        FROM base AS b JOIN pg_type AS t ON t.oid = b.below WHERE t.typtype = 'd'
    )
    SELECT json_build_object(
        'schema', n.nspname, 'table', c.relname, 'column', a.attname, 'base', t.typname,
        'required', a.attnotnull OR b.required,
        'has_default', a.atthasdef OR a.attidentity <> '' OR d.typdefault IS NOT NULL,
        'generated', a.attgenerated <> '',
        'max_length', CASE WHEN t.typname IN ('varchar', 'bpchar') AND greatest(a.atttypmod, b.modifier) > 4
            THEN greatest(a.atttypmod, b.modifier) - 4 END,
        'words', coalesce((SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid), '[]'),
        'checks', coalesce((SELECT json_agg(pg_get_constraintdef(k.oid) ORDER BY k.conname) FROM pg_constraint AS k
            WHERE k.contype = 'c' AND ((k.conrelid = c.oid AND k.conkey = ARRAY[a.attnum]) OR k.contypid = d.oid)), '[]')
    )::text
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_type AS d ON d.oid = a.atttypid
    JOIN base AS b ON b.oid = a.atttypid
    JOIN pg_type AS t ON t.oid = b.below AND t.typtype <> 'd'
    WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname || '.' || c.relname = ANY ($1)
    ORDER BY n.nspname, c.relname, a.attnum";

impl Columns {
    /// # Errors
    /// The server cannot be asked.
    pub async fn read(connection: &mut PgConnection, tables: &BTreeSet<TableName>) -> Result<Self, PgError> {
        let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
        let rows: Vec<String> = sqlx::query_scalar(READ)
            .bind(names)
            .persistent(false)
            .fetch_all(connection)
            .await
            .map_err(PgError::query("read the columns of the tables"))?;
        let mut columns = Self::default();
        for row in rows {
            let row: Row =
                serde_json::from_str(&row).map_err(|source| PgError::Answer { what: "the columns", source })?;
            let mut facts = row.facts;
            facts.words.extend(row.checks.iter().flat_map(|check| texts(check)));
            let table = columns.0.entry(TableName::new(row.schema, row.table)).or_default();
            table.push((ColumnName::new(row.column), facts));
        }
        Ok(columns)
    }

    pub fn of(&self, table: &TableName) -> &[(ColumnName, ColumnFacts)] {
        self.0.get(table).map_or(&[], Vec::as_slice)
    }

    pub fn get(&self, table: &TableName, column: &ColumnName) -> Option<&ColumnFacts> {
        self.of(table).iter().find(|(name, _)| name == column).map(|(_, facts)| facts)
    }
}

/// The quoted texts of a constraint as PostgreSQL writes it; in `CHECK (status = ANY (ARRAY['new'::text, …]))` the values
/// that there are.
fn texts(check: &str) -> Vec<String> {
    let mut texts = Vec::new();
    // A pattern is no value.
    let mut rest = if check.contains('~') || !check.contains(" = ") { "" } else { check };
    while let Some((_, after)) = rest.split_once('\'') {
        let mut text = String::new();
        let mut letters = after.char_indices().peekable();
        let mut end = after.len();
        while let Some((at, letter)) = letters.next() {
            match (letter, letters.peek()) {
                ('\'', Some((_, '\''))) => {
                    letters.next();
                    text.push('\'');
                }
                ('\'', _) => {
                    end = at + 1;
                    break;
                }
                _ => text.push(letter),
            }
        }
        texts.push(text);
        rest = &after[end..];
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_check_are_its_quoted_texts() {
        let check = "CHECK ((status = ANY (ARRAY['new'::text, 'it''s'::text, ''::text])))";
        assert_eq!(texts(check), ["new", "it's", ""]);
        assert!(texts("CHECK ((amount > 0))").is_empty());
        assert!(texts("CHECK ((slug ~ '^[a-z]+$'::text))").is_empty());
        assert!(texts("CHECK ((slug <> ''::text))").is_empty());
        assert_eq!(texts("CHECK ((a = 'unclosed"), ["unclosed"]);
    }
}
