//! A permission set is given to no audience, and no other set includes it.
//!
//! ## Why is this bad
//!
//! Whoever reads it believes that somebody may do what it says. It is changed with care in reviews and changes nothing,
//! until somebody gives it to an audience and with it grants that nobody has looked at for years.
//!
//! ## Example
//!
//! ```yaml
//! kind: permission_set
//! name: refunds
//! grants: {payment: {update: [refunded]}}
//! # and no `permission_sets: [refunds]` anywhere
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! audiences:
//!   manager: {permission_sets: [refunds]}
//! ```
//!
//! or remove it. Sets of modules are for those who adopt them, and are not found.

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("orphan-permission-set").warn().acceptable().of_whole();
