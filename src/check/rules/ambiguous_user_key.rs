//! Users have keys of several names, and a column does not say which of them it holds.
//!
//! ## Why is this bad
//!
//! Contact 5 and employee 5 are two people. Compared with the wrong key, a row belongs to a stranger.
//!
//! ## Example
//!
//! ```yaml
//! people:
//!   - {from_table: crm.contacts, keys: {contact: id}, …}
//!   - {from_table: hr.employees, keys: {employee: id}, …}
//! # …
//! owner: created_by
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! owner: {column: created_by, key: contact}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("ambiguous-user-key");
