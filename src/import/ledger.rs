//! What earlier imports have seen: whatever of it no document names was left out by somebody who decided so.

use super::found::Found;
use super::settings::TenantTable;
use crate::diagnostic::escape::json;
use crate::names::{ColumnName, TableName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Its name beside the documents that were imported.
pub const LEDGER_FILE: &str = ".import.json";
const VERSION: u32 = 1;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    version: u32,
    /// `schema.table`, and its columns with their types.
    tables: BTreeMap<String, BTreeMap<String, String>>,
    /// Tables of tenants to which ways were looked for.
    #[serde(default)]
    tenants: BTreeSet<String>,
    /// Tables of people that the project document was given a remark about.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    people: BTreeSet<String>,
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

    /// Whether ways to the tenants of this table were looked for.
    pub fn has_tenant(&self, table: &TableName) -> bool {
        self.tenants.contains(&table.to_string())
    }

    /// Whether a remark was written about the people of this table.
    pub fn has_people(&self, table: &str) -> bool {
        self.people.contains(table)
    }

    pub fn propose<'t>(&mut self, people: impl Iterator<Item = &'t str>) {
        self.people.extend(people.map(str::to_owned));
    }

    /// Without a table that became no object: the next import may make one of it.
    pub fn forget(&mut self, table: &TableName) {
        self.tables.remove(&table.to_string());
    }

    /// With everything that is there now; what was seen in schemas that are not asked for today stays.
    #[must_use]
    pub fn after(&self, found: &Found, tenants: &[TenantTable]) -> Self {
        let mut after = Self { version: VERSION, ..self.clone() };
        let is_gone = |name: &str| {
            let table = name.split_once('.').map(|(schema, table)| TableName::new(schema, table));
            table.is_some_and(|table| found.looked_for(&table) && !found.has(&table))
        };
        after.tables.retain(|name, _| !is_gone(name));
        for (table, relation) in &found.relations {
            let columns = relation.columns.iter().map(|column| (column.name.to_string(), column.display_type.clone()));
            after.tables.insert(table.to_string(), columns.collect());
        }
        after.tenants.extend(tenants.iter().map(|tenant| tenant.table.to_string()));
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_one_is_read_and_a_newer_one_is_not() {
        let old = Ledger::parse(r#"{"version": 1, "tables": {"crm.cases": {"id": "integer"}}}"#).unwrap();
        assert_eq!(old.column(&TableName::new("crm", "cases"), &"id".into()), Some("integer"));
        assert!(matches!(Ledger::parse(r#"{"version": 2, "tables": {}}"#), Err(LedgerError::Newer(2))));
        assert!(Ledger::parse("{").is_err());
    }

    #[test]
    fn what_is_gone_is_forgotten_where_it_was_looked_for() {
        let old = Ledger::parse(r#"{"version": 1, "tables": {"a.gone": {}, "b.other": {}}}"#).unwrap();
        let after = old.after(&Found { asked: vec!["a".into()], ..Found::default() }, &[]);
        let has = |schema: &str, name: &str| after.has_table(&TableName::new(schema, name));
        assert_eq!((has("a", "gone"), has("b", "other")), (false, true));
    }
}
