//! A new or changed row may name a parent, or another row it refers to, that its author cannot see.
//!
//! ## Why is this bad
//!
//! Naming somebody else's row shows that it exists, and hangs one's own row under it, where its readers find it.
//!
//! ## Example
//!
//! ```yaml
//! task:
//!   read: [title]
//!   create: [title, project]      # and no grant on `project`
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! project: {read: [title]}
//! task:
//!   read: [title]
//!   create: [title, project]
//! ```
//!
//! Which of the projects may be named is held in the database: those that the author reads.

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("insert-under-hidden-parent");
