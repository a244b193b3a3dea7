//! A grant lets somebody make a move that the object does not have.
//!
//! ## Why is this bad
//!
//! The object's `states` are what every portal agrees on. A move that only one grant knows would bring rows to where nobody
//! expects them.
//!
//! ## Example
//!
//! ```yaml
//! states: {field: status, transitions: {draft: [submitted], submitted: [approved]}}
//! # … granted
//! case: {transition: {state: {draft: [approved]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case: {transition: {state: {draft: [submitted]}}}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("transition-undefined");
