//! An audience may do nothing, and there is no page for it.
//!
//! ## Why is this bad
//!
//! People of such an audience sign in to an empty site. Mostly its grants were forgotten, or went to another audience by
//! a slip; and an audience that is kept "for later" is granted things in a hurry, when nobody looks.
//!
//! ## Example
//!
//! ```yaml
//! audiences:
//!   customer: {grants: {order: {read: [number]}}}
//!   supplier: {}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! audiences:
//!   customer: {grants: {order: {read: [number]}}}
//!   supplier: {grants: {purchase_order: {read: [number]}}}
//! ```
//!
//! or take the audience out until it has something to see.

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("audience-without-purpose").warn().acceptable().of_whole();
