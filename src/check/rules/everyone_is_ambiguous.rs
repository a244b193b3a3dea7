//! An audience is called as if everyone were of it, and does not say who that is.
//!
//! ## Why is this bad
//!
//! "Everyone" has meant everyone in the company to the one who wrote it and everyone on the internet to the program that
//! read it. Boards and dashboards of large companies were public for years by that one word.
//!
//! ## Example
//!
//! ```yaml
//! audiences:
//!   everyone: {grants: {article: {read: [title]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! audiences:
//!   visitor: {who: guest, grants: {article: {read: {where: {state: published}, fields: [title]}}}}
//! ```
//!
//! With `who: guest`, `external` or `internal` written, the name is left to you.

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("everyone-is-ambiguous").warn().acceptable();
