//! Several paths lead from an object to a tenant, and a grant or a path does not say which is meant.
//!
//! ## Why is this bad
//!
//! Each path shows other rows. A rental belongs to a store through its customer and through the copy that was
//! rented; these are two lists, and only the author knows which wall was meant.
//!
//! ## Example
//!
//! ```yaml
//! tenants: {partner: partner_account_id, customer: end_customer_account_id}
//! # …
//! opportunity: {read: [name, amount]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! opportunity: {read: {path: partner, fields: [name, amount]}}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("ambiguous-tenant-path");
