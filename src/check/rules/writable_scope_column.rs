//! A grant lets somebody write a column that says whose a row is, how it stands, or whether it is there.
//!
//! ## Why is this bad
//!
//! Whoever may change the tenant, the owner, the parent or the key of a row moves it into or out of somebody's scope; whoever
//! writes its state walks around the moves. It makes no difference which object shows the column: two objects may have one table.
//!
//! ## Example
//!
//! ```yaml
//! case:
//!   create: [subject, company]                # `company` is the tenant
//!   update: [subject, status]                 # `states: {field: status, …}`
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! case:
//!   create: [subject]                         # the tenant is stamped
//!   update: [subject]
//!   transition: {state: {new: [open]}}
//!   assign: {fields: [owner], to: tenant_member}
//! ```
//!
//! Staff have no tenant of their own: they say whose a row is when they make it, and never after. Whoever else makes a row
//! may name a tenant, an owner or a parent besides the stamped ones only through a `reference` to an object they read, for that
//! is held to what they see.

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("writable-scope-column");
