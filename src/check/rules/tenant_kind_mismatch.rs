//! A path, an audience, people or a membership disagree about the kind of tenant, or do not say which of several.
//!
//! ## Why is this bad
//!
//! Tenants of two kinds come from two tables, and their keys overlap: customer 1 is not artist 1. Compared across
//! kinds, a tenant would see the rows of another that happens to have its number.
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
