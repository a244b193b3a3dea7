//! Row triggers, and the sequences that defaults draw from.

use super::{Acl, FunctionName, Marker};
use crate::names::RoleName;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Timing {
    Before,
    After,
    /// On views.
    InsteadOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Event {
    Insert,
    Update,
    Delete,
    Truncate,
}

/// A trigger of a table; those that a partition has from its parent are not told again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Trigger {
    pub timing: Timing,
    pub events: BTreeSet<Event>,
    /// Fires for each row rather than for each statement.
    pub row: bool,
    pub function: FunctionName,
    pub arguments: Vec<String>,
    /// `WHEN`, as PostgreSQL shows it; one over OLD and NEW is told by its mere presence.
    pub condition: Option<String>,
    pub enabled: bool,
    pub marker: Option<Marker>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Sequence {
    pub owner: RoleName,
    /// Privilege `USAGE`, and those that are never ours to give.
    pub acl: Acl,
}
