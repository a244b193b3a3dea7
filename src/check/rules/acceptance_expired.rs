//! An acceptance whose last day is over.
//!
//! ## Why is this bad
//!
//! What was accepted for a while is no longer accepted: the finding it covered counts again.
//!
//! ## Example
//!
//! ```yaml
//! accept: [{check: nullable-tenant-path, object: order, reason: being cleaned up, until: 2020-01-31}]
//! ```
//!
//! ## Use instead
//!
//! Mend what was accepted and remove the acceptance, or decide again and write a later day.

use crate::check::acceptance::{Removals, until};
use crate::check::rule_set::Rule;
use crate::diagnostic::{Finding, Severity};
use crate::model::AccessModel;
use time::Date;

pub(in crate::check) const RULE: Rule = Rule::acceptance("acceptance-expired", Severity::Warn, check);

fn check(model: &AccessModel, _: &[Finding], today: Date) -> Vec<Finding> {
    let expired = model.project.acceptances.iter().filter(|one| until(one).is_some_and(|until| until < today));
    let mut removals = Removals::default();
    expired
        .map(|one| {
            let finding =
                Finding::warn(RULE.id, one.span, format!("this acceptance of `{}` ended on {}", one.check, one.until))
                    .why("what it accepted counts again")
                    .hint("mend what was accepted and remove this, or write a later day");
            removals.removable(model, one, finding)
        })
        .collect()
}
