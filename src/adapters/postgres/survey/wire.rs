//! The answer about the tables of the business, and what it means.

use super::super::inspect::relation_kind;
use crate::import::{Found, FoundColumn, FoundPolicy, FoundPrivilege, FoundRelation, PassedOver};
use crate::names::{ColumnName, RoleName, SchemaName, TableName};
use crate::state::ForeignKey;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Debug, Deserialize)]
pub struct Answer {
    database: String,
    elsewhere: Vec<(String, usize)>,
    passed_over: Vec<Passed>,
    relations: Vec<Relation>,
    columns: Vec<Column>,
    keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
struct Passed {
    schema: String,
    name: String,
    extension: Option<String>,
    parent_schema: Option<String>,
    parent: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Relation {
    oid: i64,
    schema: String,
    name: String,
    kind: char,
    comment: Option<String>,
    owner: String,
    inherits: Vec<(String, String)>,
    partitions: usize,
    reads: Vec<(String, String)>,
    row_security: bool,
    hides_rows: bool,
    readable: bool,
    estimate: Option<u64>,
    unique: Vec<Vec<ColumnName>>,
    privileges: Vec<FoundPrivilege>,
    policies: Vec<FoundPolicy>,
}

#[derive(Debug, Deserialize)]
struct Column {
    relation: i64,
    #[serde(flatten)]
    column: FoundColumn,
}

#[derive(Debug, Deserialize)]
struct Key {
    relation: i64,
    kind: char,
    validated: bool,
    columns: Vec<ColumnName>,
    references_schema: Option<String>,
    references_name: Option<String>,
    referenced: Option<Vec<ColumnName>>,
}

impl Answer {
    pub fn found(self, asked: &[SchemaName]) -> Found {
        let mut columns: HashMap<i64, Vec<FoundColumn>> = HashMap::new();
        for column in self.columns {
            columns.entry(column.relation).or_default().push(column.column);
        }
        let mut keys: HashMap<i64, Vec<Key>> = HashMap::new();
        for key in self.keys {
            keys.entry(key.relation).or_default().push(key);
        }
        let relations = self.relations.into_iter().filter_map(|relation| {
            let name = TableName::new(&relation.schema, &relation.name);
            let (columns, keys) = (columns.remove(&relation.oid), keys.remove(&relation.oid));
            Some((name, relation.found(columns.unwrap_or_default(), keys.unwrap_or_default())?))
        });
        Found {
            relations: relations.collect(),
            database: self.database,
            asked: asked.to_vec(),
            elsewhere: self.elsewhere.into_iter().map(|(schema, tables)| (SchemaName::new(schema), tables)).collect(),
            passed_over: self.passed_over.into_iter().map(Passed::found).collect(),
        }
    }
}

impl Passed {
    fn found(self) -> (TableName, PassedOver) {
        let why = match (self.extension, self.parent_schema, self.parent) {
            (Some(extension), _, _) => PassedOver::Extension(extension),
            (None, Some(schema), Some(parent)) => PassedOver::PartitionOf(TableName::new(schema, parent)),
            _ => PassedOver::Managed,
        };
        (TableName::new(self.schema, self.name), why)
    }
}

fn tables(pairs: Vec<(String, String)>) -> Vec<TableName> {
    pairs.into_iter().map(|(schema, name)| TableName::new(schema, name)).collect()
}

impl Relation {
    fn found(self, columns: Vec<FoundColumn>, keys: Vec<Key>) -> Option<FoundRelation> {
        let (primary, foreign): (Vec<Key>, Vec<Key>) = keys.into_iter().partition(|key| key.kind == 'p');
        Some(FoundRelation {
            kind: relation_kind(self.kind, false)?,
            owner: RoleName::new(self.owner),
            comment: self.comment,
            columns,
            primary_key: primary.into_iter().next().map(|key| key.columns).unwrap_or_default(),
            unique: self.unique,
            foreign_keys: foreign.into_iter().filter_map(Key::foreign).collect(),
            inherits: tables(self.inherits),
            partitions: self.partitions,
            reads: tables(self.reads),
            hides_rows: self.hides_rows,
            readable: self.readable,
            estimate: self.estimate,
            privileges: self.privileges,
            policies: self.policies,
            row_security: self.row_security,
        })
    }
}

impl Key {
    fn foreign(self) -> Option<ForeignKey> {
        Some(ForeignKey {
            columns: self.columns,
            references: TableName::new(self.references_schema?, self.references_name?),
            referenced: self.referenced?,
            validated: self.validated,
        })
    }
}
