//! A retention that could not be carried out as it is written.
//!
//! ## Why is this bad
//!
//! Data that are to go would stay, in silence: nothing is counted from a field that is no date, no row is kept by a hold that
//! is no boolean, and a row whose tenant were made anonymous would be behind no wall any more.
//!
//! ## Example
//!
//! ```yaml
//! retention: {after: 7y, from: number, then: anonymise, fields: [account_id]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! retention: {after: 7y, from: closed_at, then: anonymise, fields: [email, phone], unless: legal_hold}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("retention-unfit");
