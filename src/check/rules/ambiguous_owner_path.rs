//! An object has several owners, and a grant or a path does not say which is meant.
//!
//! ## Why is this bad
//!
//! The assignee and the manager of a case are two people. Whichever were taken, the other would see nothing, or a
//! third would see too much.
//!
//! ## Example
//!
//! ```yaml
//! owners: {assignee: assigned_to, manager: {via: team_id, object: team}}
//! # …
//! case: {read: {scope: own}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case: {read: {scope: own, path: assignee}}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("ambiguous-owner-path");
