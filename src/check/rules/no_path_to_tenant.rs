//! An external audience reads an object by its tenant, and no path leads from the object to one.
//!
//! ## Why is this bad
//!
//! Without a path there is no wall between tenants.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: order_line
//! table: crm.order_lines
//! fields: {quantity: integer}
//! # … granted to customers
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: object
//! name: order_line
//! table: crm.order_lines
//! tenant: {via: order_id, object: order}
//! fields: {quantity: integer}
//! ```
//!
//! Where the rows are meant for everybody, write `scope: public` in the grant.

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("no-path-to-tenant");
