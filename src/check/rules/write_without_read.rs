//! A grant changes rows that its persona may not read.
//!
//! ## Why is this bad
//!
//! A row is found by reading it, and PostgreSQL changes only what its author may read. Writing never implies reading: whoever
//! may change a row and not see it could only guess at it.
//!
//! ## Example
//!
//! ```yaml
//! case:
//!   read: {scope: own, fields: [subject]}
//!   update: {scope: tenant, fields: [subject]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case:
//!   read: {scope: tenant, fields: [subject]}
//!   update: {scope: tenant, fields: [subject]}
//! ```
//!
//! A condition of the read grant has to stand in the write as well: `where: {status: open}` in both.

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("write-without-read");
