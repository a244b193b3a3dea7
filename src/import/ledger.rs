//! What earlier imports have seen: whatever of it no document names was left out by somebody who decided so.

use super::found::Found;
use crate::diagnostic::escape::json;
use crate::names::{ColumnName, TableName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Its name beside the documents that were imported.
pub const LEDGER_FILE: &str = ".import.json";
const VERSION: u32 = 1;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    version: u32,
    /// `schema.table`, and its columns with their types.
    tables: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("it is of version {0}, which a newer portalctl wrote")]
    Newer(u32),
}

impl Ledger {
    /// # Errors
    /// It is none, or a newer one.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let ledger: Self = serde_json::from_str(text)?;
        if ledger.version > VERSION { Err(LedgerError::Newer(ledger.version)) } else { Ok(ledger) }
    }

    pub fn to_json(&self) -> String {
        // Maps of texts have no reason to fail.
        json(&serde_json::to_string_pretty(self).unwrap_or_default()) + "\n"
    }

    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    pub fn has_table(&self, table: &TableName) -> bool {
        self.tables.contains_key(&table.to_string())
    }

    /// The type that a column had.
    pub fn column(&self, table: &TableName, column: &ColumnName) -> Option<&str> {
        self.tables.get(&table.to_string())?.get(column.as_str()).map(String::as_str)
    }

    pub fn tables(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, String>)> {
        self.tables.iter().map(|(table, columns)| (table.as_str(), columns))
    }

    /// With everything that is there now; what was seen in schemas that are not asked for today stays.
    #[must_use]
    pub fn after(&self, found: &Found) -> Self {
        let mut tables = self.tables.clone();
        for (table, relation) in &found.relations {
            let columns = relation.columns.iter().map(|column| (column.name.to_string(), column.display_type.clone()));
            tables.insert(table.to_string(), columns.collect());
        }
        Self { version: VERSION, tables }
    }
}
