//! What was found and written, and what is left for somebody to decide.

use super::answers::Extent;
use super::fields::{Guessed, LeftOut};
use super::owners::Owner;
use super::ways::Ways;
use crate::names::ColumnName;
use serde::Serialize;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub database: String,
    pub objects: Vec<ObjectReport>,
    /// What tenants could be, where nobody has said it.
    pub tenant_candidates: Vec<TenantCandidate>,
    pub decisions: Vec<Decision>,
    /// What the project document was given.
    pub added_to_project: Vec<String>,
    /// What documents name and the database has no more, or has of another type.
    pub changed: Vec<Changed>,
    pub passed_over: Vec<Passed>,
    /// Schemas with tables that were not asked for.
    pub other_schemas: Vec<OtherSchema>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    New,
    /// Fields for new columns were added.
    Extended,
    Known,
    /// It was imported before, and nobody wanted it.
    LeftOut,
    /// It cannot be an object before something is decided.
    Undecided,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectReport {
    pub object: String,
    pub table: String,
    pub kind: &'static str,
    pub status: Status,
    pub file: Option<String>,
    pub key: Vec<ColumnName>,
    pub fields: usize,
    pub tenants: Vec<Ways>,
    pub owners: Vec<Owner>,
    /// What an import added to a document that was there.
    pub added: Vec<String>,
    pub guesses: Vec<Guessed>,
    pub left_out: Vec<LeftOut>,
    /// Row security hides rows from whoever imported: what was counted may be a part.
    pub hides_rows: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_looked_into: Option<String>,
    /// Why no document can name the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unnameable: Option<&'static str>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TenantCandidate {
    pub table: String,
    pub object: String,
    /// How many tables foreign keys lead to it from.
    pub reached_from: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    pub about: &'static str,
    pub object: Option<String>,
    #[serde(skip)]
    pub table: Option<String>,
    pub message: String,
    /// The file that it is written in.
    pub file: Option<String>,
    /// What to write; of several, one.
    pub choices: Vec<Choice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub yaml: String,
    pub told: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    pub object: Option<String>,
    pub table: String,
    pub column: Option<String>,
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passed {
    pub table: String,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherSchema {
    pub schema: String,
    pub tables: usize,
}

impl Extent {
    /// More than `most`, as far as anybody knows.
    pub fn exceeds(self, most: u64) -> bool {
        self.rows.is_some_and(|rows| rows > most)
    }
}
