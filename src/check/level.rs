//! How severe findings are where the project says so.

use super::profile::makes_error;
use super::rule_set::{Rule, rule};
use crate::diagnostic::{Finding, Severity};
use crate::model::{AccessModel, CheckLevel};

/// Whether a project may have the findings of `rule` at that level. What is an error is accepted one by one, with a
/// reason and a last day, never for all that may ever be found; and nothing hushes what is said of acceptances.
pub(super) fn permits(rule: &Rule, level: Option<Severity>) -> bool {
    let raised = level.is_some_and(|level| level <= rule.severity);
    raised || (rule.acceptable && rule.severity != Severity::Error)
}

/// Gives each finding its level, and removes those of checks that are off.
pub(super) fn apply(model: &AccessModel, findings: &mut Vec<Finding>) {
    if model.project.check_levels.is_empty() && model.project.profiles.is_empty() {
        return;
    }
    findings.retain_mut(|finding| {
        if makes_error(model, finding.id).is_some() {
            finding.severity = Severity::Error;
            return true;
        }
        let Some(written) = model.project.check_levels.iter().find(|one| concerns(one, finding)) else { return true };
        match written.level {
            Some(level) => finding.severity = level,
            None => return false,
        }
        true
    });
}

fn concerns(written: &CheckLevel, finding: &Finding) -> bool {
    let permitted = rule(finding.id).is_some_and(|rule| permits(rule, written.level));
    let keeps_error = finding.severity == Severity::Error && written.level != Some(Severity::Error);
    let here = match (&written.portal, &finding.portal) {
        (Some(portal), of) => of.as_deref() == Some(portal.as_str()),
        (None, _) => true,
    };
    written.check.as_str() == finding.id && permitted && !keeps_error && here
}
