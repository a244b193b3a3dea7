//! A portal adopts a module, and nobody in it holds anything of the module.
//!
//! ## Why is this bad
//!
//! A module opens nothing to anybody by itself: its permission sets say who may do what. A type gives them to its audiences for the
//! modules that it has or offers, for no others. Whoever adds another finds no page of it, and nothing that is wrong.
//!
//! Where somebody has a grant on one of the module's objects, by a permission set of the project for instance, nothing is found; nor for
//! modules that come along because another needs them.
//!
//! ## Example
//!
//! ```yaml
//! kind: portal
//! name: support
//! type: vendor
//! +modules: [projects-milestones]
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: portal
//! name: support
//! type: vendor
//! +modules: [projects-milestones]
//! audiences:
//!   vendor: {+permission_sets: [project_user]}
//!   buyer: {+permission_sets: [project_staff]}
//! ```
//!
//! `portalctl modules projects-milestones` says what each of its permission sets lets people do.

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::resolve("module-without-holder").warn().acceptable().of_whole();
