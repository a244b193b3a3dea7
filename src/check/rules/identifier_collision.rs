//! Two names that are one in the database: two personas with one role, two fields on one column.
//!
//! ## Why is this bad
//!
//! One role would have the rights of both personas. A column denied as one field would be shown as the other.
//!
//! ## Example
//!
//! ```yaml
//! fields:
//!   cost: {type: money, class: internal}
//!   price: {type: money, column: cost}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! fields:
//!   cost: {type: money, class: internal}
//!   price: {type: money, column: list_price}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("identifier-collision");
