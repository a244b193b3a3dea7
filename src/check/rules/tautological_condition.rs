//! A condition that holds for every row, or for none.
//!
//! ## Why is this bad
//!
//! Somebody wrote a condition in order to keep rows back, and it keeps back all of them or nothing. `not_in` with an empty
//! list is true of every row: a list that was emptied one value at a time ends as an open door.
//!
//! ## Example
//!
//! ```yaml
//! customer:
//!   grants: {case: {read: {fields: [subject], where: {status: {not_in: []}}}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:
//!   grants: {case: {read: {fields: [subject], where: {status: {not_in: [spam]}}}}}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("tautological-condition");
