//! A field is preset by a grant that also lets it be given.
//!
//! ## Why is this bad
//!
//! What is preset is set by the database whatever was given. One of the two is not meant, and guessing which could open a
//! field that was to be fixed.
//!
//! ## Example
//!
//! ```yaml
//! comment: {create: {fields: [body, visibility], preset: {visibility: public}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! comment: {create: {fields: [body], preset: {visibility: public}}}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("preset-not-fixed");
