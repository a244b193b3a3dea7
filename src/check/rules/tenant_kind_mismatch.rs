//! A path, an audience, people or a membership disagree about the kind of tenant, or do not say which of several.
//!
//! ## Why is this bad
//!
//! Tenants of two kinds come from two tables, and their keys overlap: customer 1 is not artist 1. Compared across
//! kinds, a tenant would see the rows of another that happens to have its number.
//!
//! A path may leave its kind unsaid, and is open to all of them, where portalctl keeps the tenants and the table itself: then no
//! two tenants have one key. On a table of the business, by a named key, in a column that holds no text, or where tenants are read
//! from a table, it must say the kind.
//!
//! ## Example
//!
//! ```yaml
//! tenants: {customer: customer_id, artist: artist_id}
//! # …
//! audiences:
//!   artist:
//!     tenant_kind: artist
//!     grants: {invoice: {read: {path: customer}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! audiences:
//!   artist:
//!     tenant_kind: artist
//!     grants: {invoice: {read: {path: artist}}}
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("tenant-kind-mismatch");
