//! The server is of a version whose row security or switching of roles is known to leak.
//!
//! ## Why is this bad
//!
//! Everything that portalctl promises rests on row security and on roles. Versions before 15.14, 16.10 and 17.6 let a reader
//! learn values of rows that a policy hides from the planner's statistics, and earlier ones of each line forget a policy in
//! a query that is planned once and run as several roles, or switch back to the wrong role. Before 15 they lack what the
//! barrier views are made of.
//!
//! ## Example
//!
//! ```text
//! server_version = 15.8
//! ```
//!
//! ## Use instead
//!
//! ```text
//! server_version = 15.18
//! ```
//!
//! The newest minor version of a line is installed over the former; no data is converted.

use crate::check::live::Live;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;

pub(in crate::check) const RULE: Rule = Rule::live("server-too-old", check);

/// Of each line, the first version that is fit, as `server_version_num`. Lines after the last are fit from their start.
const FIT: [u32; 3] = [150_014, 160_010, 170_006];

fn check(live: &Live<'_>) -> Vec<Finding> {
    let version = live.state.server.version;
    let Some(fit) = FIT.into_iter().find(|fit| version / 10_000 <= fit / 10_000) else { return Vec::new() };
    if version >= fit {
        return Vec::new();
    }
    let at = live.model.portals.values().map(|portal| portal.span).min();
    let message = format!("the server is PostgreSQL {}, and its row security is known to leak", said(version));
    let finding = Finding::error(RULE.id, at, message)
        .why("no wall that portalctl builds is stronger than the server it stands on")
        .hint(format!("update it to {} or a newer one of its line", said(fit)))
        .acceptable_for(said(version));
    vec![finding]
}

/// `15.8`.
fn said(version: u32) -> String {
    format!("{}.{}", version / 10_000, version % 10_000)
}
