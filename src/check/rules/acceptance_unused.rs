//! An acceptance of something that is not found any more.
//!
//! Acceptances of live checks are left alone: only a database can tell whether they are needed.
//!
//! ## Why is this bad
//!
//! It would let the next occurrence pass, which nobody has looked at.
//!
//! ## Example
//!
//! ```yaml
//! accept: [{check: guest-unfiltered-read, object: article, reason: all of them are public, until: 2027-01-31}]
//! # … and no guest reads `article` without a `where`.
//! ```
//!
//! ## Use instead
//!
//! Remove the acceptance.

use crate::check::acceptance::{concerns, removable};
use crate::check::rule_set::{Rule, Stage, rule};
use crate::diagnostic::{Finding, Severity};
use crate::model::AccessModel;
use time::Date;

pub(in crate::check) const RULE: Rule = Rule::acceptance("acceptance-unused", Severity::Info, check);

fn check(model: &AccessModel, findings: &[Finding], _: Date) -> Vec<Finding> {
    let of_model = |check: &str| rule(check).is_some_and(|rule| matches!(rule.stage, Stage::Model(_)));
    let unused = model.project.acceptances.iter().filter(|one| {
        of_model(one.check.as_str()) && one.object.is_some() && !findings.iter().any(|finding| concerns(one, finding))
    });
    unused
        .map(|one| {
            let object = one.object.as_deref().unwrap_or_default();
            let message = format!("nothing is found that this accepts: `{}` for `{object}`", one.check);
            removable(model, one, Finding::info(RULE.id, one.span, message).hint("remove it"))
        })
        .collect()
}
