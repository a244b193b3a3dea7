//! A grant is about attachments of an object that does not say which files it takes.
//!
//! ## Why is this bad
//!
//! Which types and how many bytes is the object's to say, once for everybody. Nothing is taken that nobody asked for.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: case
//! # … no `attachments`
//! ---
//! # … granted
//! case: {attach: own}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: object
//! name: case
//! attachments: {types: [image/*, application/pdf], max_bytes: 10MiB}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("attachments-undefined");
