//! A grant lets somebody write all fields of an object.
//!
//! ## Why is this bad
//!
//! A field added to the object later, for the office or for a calculation, would be writable at once, and nobody would have
//! decided it.
//!
//! ## Example
//!
//! ```yaml
//! case: {update: {fields: all}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case: {update: [subject, description]}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("wildcard-fields");
