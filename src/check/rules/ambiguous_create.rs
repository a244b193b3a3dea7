//! A persona may create rows of one object in two ways that differ in more than their fields.
//!
//! ## Why is this bad
//!
//! A new row is made under one grant: it decides what the database stamps, what it presets and where the row must lie.
//! Between two the database could not tell which one is meant, and would have to let through what either lets through.
//!
//! ## Example
//!
//! ```yaml
//! case:
//!   create:
//!     - {fields: [subject], preset: {priority: low}}
//!     - {scope: own, fields: [subject]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case:
//!   create: {scope: own, fields: [subject], preset: {priority: low}}
//! ```
//!
//! Grants that differ in their fields alone are put together, also those of several permission sets.

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("ambiguous-create");
