//! A level for something that is no check, or one that the check does not take.
//!
//! ## Why is this bad
//!
//! It changes nothing, and looks as if it did. An error stands for rows that somebody sees who should not: it is accepted
//! one by one, with a reason and a last day, never for everything that may still be written. What is said of acceptances
//! is not hushed either.
//!
//! ## Example
//!
//! ```yaml
//! checks: {guest-write: warn}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! accept: [{check: guest-write, object: enquiry, reason: the contact form, until: 2027-01-31}]
//! checks: {vacuous-grant: error, share-without-expiry: "off"}
//! ```

use crate::check::level::permits;
use crate::check::profile::makes_error;
use crate::check::rule_set::{RULES, Rule, rule};
use crate::diagnostic::{Finding, Severity, closest};
use crate::model::{AccessModel, CheckLevel};

pub(in crate::check) const RULE: Rule = Rule::model("check-level-refused", check).never_accepted();

fn check(model: &AccessModel) -> Vec<Finding> {
    model.project.check_levels.iter().filter_map(|written| one(model, written)).collect()
}

fn one(model: &AccessModel, written: &CheckLevel) -> Option<Finding> {
    let check = written.check.as_str();
    if let Some(profile) = makes_error(model, check).filter(|_| written.level != Some(Severity::Error)) {
        let message = format!("under profile `{}` findings of `{check}` are errors", profile.word());
        return Some(Finding::error(RULE.id, written.span, message).hint("remove this"));
    }
    let finding = match rule(check) {
        Some(rule) if permits(rule, written.level) => return None,
        Some(rule) => {
            let finding =
                Finding::error(RULE.id, written.span, format!("`{check}` cannot be made less than {}", least(rule)));
            if rule.acceptable {
                finding
                    .why("lowered, it would let pass what nobody has looked at yet")
                    .hint(format!("accept what is found, each with its reason: `accept: [{{check: {check}, …}}]`"))
            } else {
                finding.hint("mend what it reports, and remove this")
            }
        }
        None => {
            let finding = Finding::error(RULE.id, written.span, format!("no check is called `{check}`"));
            match closest(check, RULES.iter().map(|rule| rule.id)) {
                Some(meant) => finding.hint(format!("did you mean `{meant}`?")),
                None => finding.hint("the id stands in brackets before the message of a finding"),
            }
        }
    };
    Some(finding)
}

fn least(rule: &Rule) -> &'static str {
    match rule.severity {
        Severity::Error => "an error",
        Severity::Warn => "a warning",
        Severity::Info => "a remark",
    }
}
