//! An acceptance of something that is no check, or that nothing can accept.
//!
//! ## Why is this bad
//!
//! It accepts nothing, and looks as if it did. Names that mean nothing, rows without a path to their tenant and
//! roles that would fall together cannot be compiled at all, so no decision could let them pass.
//!
//! ## Example
//!
//! ```yaml
//! accept: [{check: ambiguous-tenant-path, object: rental, reason: either will do, until: 2027-01-31}]
//! ```
//!
//! ## Use instead
//!
//! Mend the finding, and remove the acceptance.

use crate::check::rule_set::{RULES, Rule, rule};
use crate::diagnostic::{Finding, Severity, closest};
use crate::model::{Acceptance, AccessModel};
use time::Date;

pub(in crate::check) const RULE: Rule = Rule::acceptance("acceptance-refused", Severity::Error, check);

fn check(model: &AccessModel, _: &[Finding], _: Date) -> Vec<Finding> {
    model.project.acceptances.iter().filter_map(one).collect()
}

fn one(acceptance: &Acceptance) -> Option<Finding> {
    let check = acceptance.check.as_str();
    let finding = match rule(check) {
        Some(rule) if rule.acceptable => return None,
        Some(_) => Finding::error(RULE.id, acceptance.span, format!("`{check}` cannot be accepted"))
            .hint("mend what it reports, and remove this"),
        None => {
            let finding =
                Finding::error(RULE.id, acceptance.span, format!("no check that can be accepted is called `{check}`"));
            let ids = RULES.iter().filter(|rule| rule.acceptable).map(|rule| rule.id);
            match closest(check, ids) {
                Some(meant) => finding.hint(format!("did you mean `{meant}`?")),
                None => finding.hint("the id stands in brackets before the message of a finding"),
            }
        }
    };
    Some(finding)
}
