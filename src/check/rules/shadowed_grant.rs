//! A grant of which nothing is left for anybody who holds it, since a `deny` or a `restrict` takes all of it away.
//!
//! ## Why is this bad
//!
//! Whoever reads it believes that somebody may do what it says. And whoever one day removes the `deny`, which seems to be
//! about something else, opens what nobody remembers to be granted.
//!
//! What a `deny` takes from one of several who hold a grant has its purpose and is not found; nor are grants of the catalogue,
//! which are there to be taken away from. Of conditions, those are compared that test a field for written values.
//!
//! ## Example
//!
//! ```yaml
//! customer:
//!   grants: {order: {read: [number], update: [margin]}}
//!   deny: {order: [margin]}
//! clerk:
//!   grants: {case: {read: {where: {status: held}, fields: [subject]}}}   # and `restrict: {case: {where: {status: {ne: held}}}}`
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:
//!   grants: {order: {read: [number]}}
//! clerk:
//!   grants: {case: {read: {where: {status: open}, fields: [subject]}}}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("shadowed-grant").warn().acceptable();
