//! An acceptance that holds for more than a year.
//!
//! ## Why is this bad
//!
//! An acceptance is a decision to be made again. Beyond a year, nobody who made it may be there any more.
//!
//! ## Example
//!
//! ```yaml
//! accept: [{check: nullable-tenant-path, object: order, reason: old orders have no customer, until: 2099-12-31}]
//! ```
//!
//! ## Use instead
//!
//! Write a day within a year.

use crate::check::acceptance::until;
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Severity};
use crate::model::AccessModel;
use time::{Date, Duration};

pub(in crate::check) const RULE: Rule = Rule::acceptance("acceptance-far-ahead", Severity::Info, check);

/// A leap year, so that the same day next year is never too far.
const YEAR: Duration = Duration::days(366);

fn check(model: &AccessModel, _: &[Finding], today: Date) -> Vec<Finding> {
    let far = |until: Date| today.checked_add(YEAR).is_some_and(|limit| until > limit);
    let far_ahead = model.project.acceptances.iter().filter(|one| until(one).is_some_and(far));
    far_ahead
        .map(|one| {
            let message = format!("this acceptance of `{}` holds until {}, more than a year", one.check, one.until);
            Finding::info(RULE.id, one.span, message).hint("write a day within a year, and decide again then")
        })
        .collect()
}
