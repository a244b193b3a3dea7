//! After a move, or after handing a row over, the persona would no longer see the row.
//!
//! ## Why is this bad
//!
//! PostgreSQL refuses to change a row into one that its author may not read. The button would be there, and always fail.
//! In scope `reports` a row may be handed over inside the team, and there alone.
//!
//! ## Example
//!
//! ```yaml
//! case:
//!   read: {fields: [subject], where: {status: draft}}
//!   transition: {state: {draft: [submitted]}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case:
//!   read: {fields: [subject], where: {status: [draft, submitted]}}
//!   transition: {state: {draft: [submitted]}}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("self-hiding-transition");
