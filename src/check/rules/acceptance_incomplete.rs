//! An acceptance that does not say of what, why, or until when.
//!
//! ## Why is this bad
//!
//! Who reads the project later cannot tell whether the reason still holds. Such an acceptance accepts nothing.
//!
//! ## Example
//!
//! ```yaml
//! accept: [{check: nullable-tenant-path, object: order}]
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! accept:
//!   - {check: nullable-tenant-path, object: order, reason: counter sales have no customer, until: 2027-01-31}
//! ```

use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Severity};
use crate::model::{Acceptance, AccessModel};
use time::Date;

pub(in crate::check) const RULE: Rule = Rule::acceptance("acceptance-incomplete", Severity::Error, check);

fn check(model: &AccessModel, _: &[Finding], _: Date) -> Vec<Finding> {
    model.project.acceptances.iter().filter_map(one).collect()
}

fn one(acceptance: &Acceptance) -> Option<Finding> {
    let lacks = [
        (acceptance.object.is_none(), "`object`: what the finding is about"),
        (acceptance.reason.is_empty(), "`reason`: why it is accepted"),
        (acceptance.until.is_empty(), "`until`: the last day it is accepted, as 2027-01-31"),
    ];
    let missing: Vec<&str> = lacks.iter().filter(|(lacking, _)| *lacking).map(|(_, what)| *what).collect();
    if missing.is_empty() {
        return None;
    }
    let message = format!("this acceptance of `{}` is not complete, and accepts nothing", acceptance.check);
    Some(Finding::error(RULE.id, acceptance.span, message).hint(format!("add {}", missing.join("; "))))
}
