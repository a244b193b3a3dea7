//! A grant lets somebody delete rows of an object that does not say what deleting does.
//!
//! ## Why is this bad
//!
//! A row can go for good, or be marked and shown to nobody. Which of them it is decides what can be brought back, and it is
//! the object's to say, once for everybody.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: case
//! # … no `delete`
//! ---
//! # … granted
//! case: {delete: own}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: object
//! name: case
//! delete: {soft: deleted_at}       # or: hard
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("delete-undefined");
