//! Somebody gains access to an object between two revisions.
//!
//! `portalctl diff` finds it, and `validate` does not: a single revision has nothing to be compared with. An acceptance names the
//! object; in a portal's document it accepts what that portal's audiences gain, in the project's what anybody gains. `diff`
//! shows what is accepted, and `--fail-on` lets it pass. What is gained by signing in more easily, and data that is lost,
//! is never accepted so.
//!
//! ## Why is this bad
//!
//! It need not be: access is given on purpose every day. It should be seen by somebody who did not write it.
//!
//! ## Example
//!
//! ```console
//! $ portalctl diff origin/main --fail-on widen
//! + support/customer: read invoice (total) — widen, sensitive
//! ```
//!
//! ## Use instead
//!
//! Narrow the grant; or write down who decided that it is meant:
//!
//! ```yaml
//! accept: [{check: access-widened, object: invoice, reason: "customers see their totals, decided with finance", until: 2026-09-30}]
//! ```

use crate::check::rule_set::Rule;

pub(in crate::check) const RULE: Rule = Rule::revisions("access-widened");
