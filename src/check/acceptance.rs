//! Acceptances: findings that somebody decided to live with, for a reason and until a day.

use super::rule_set::rule;
use crate::diagnostic::{Finding, Replacement, Severity, Span};
use crate::model::{Acceptance, AccessModel};
use crate::spec::edit::{Splice, removal};
use time::Date;
use time::macros::format_description;

/// The last day an acceptance holds; `None` where it says none.
pub(super) fn until(acceptance: &Acceptance) -> Option<Date> {
    Date::parse(&acceptance.until, format_description!("[year]-[month]-[day]")).ok()
}

/// Whether `acceptance` is about `finding`, be it in force or not.
pub(super) fn concerns(acceptance: &Acceptance, finding: &Finding) -> bool {
    acceptance.check.as_str() == finding.id
        && finding.subject.is_some()
        && acceptance.object == finding.subject
        && match (&acceptance.portal, &finding.portal) {
            (Some(written), Some(of)) => written.as_str() == of,
            _ => true,
        }
}

/// With what takes the acceptance out of its document. What it accepted is found again, so nobody is given anything.
pub(super) fn removable(model: &AccessModel, acceptance: &Acceptance, finding: Finding) -> Finding {
    let file = acceptance.span.file;
    let text = &model.sources.file(file).text;
    let edit = |splice: Splice| Replacement {
        span: Span::new(file, splice.range.start, splice.range.end),
        old: text[splice.range].to_owned(),
        new: splice.text,
    };
    match removal(text, "accept", acceptance.span.start as usize) {
        Some(splices) => finding.fixed_by("remove the acceptance", splices.into_iter().map(edit).collect()),
        None => finding,
    }
}

fn in_force(acceptance: &Acceptance, today: Date) -> bool {
    let permitted = rule(acceptance.check.as_str()).is_some_and(|rule| rule.acceptable);
    permitted && !acceptance.reason.is_empty() && until(acceptance).is_some_and(|until| today <= until)
}

/// Turns accepted findings into remarks that say why and until when.
pub(super) fn apply(model: &AccessModel, findings: &mut [Finding], today: Date) {
    for finding in findings.iter_mut().filter(|finding| finding.severity != Severity::Info) {
        let accepted = model.project.acceptances.iter().find(|one| concerns(one, finding) && in_force(one, today));
        if let Some(accepted) = accepted {
            finding.severity = Severity::Info;
            finding.hint = Some(format!("accepted until {}: {}", accepted.until, accepted.reason));
        }
    }
}

/// The acceptance of more access to the object, for the audiences of the portal.
pub(super) fn of_widening(model: &AccessModel, portal: &str, object: &str, today: Date) -> Option<String> {
    let found = model.project.acceptances.iter().find(|one| {
        one.check.as_str() == super::rules::access_widened::RULE.id
            && one.object.as_deref() == Some(object)
            && one.portal.as_ref().is_none_or(|written| written.as_str() == portal)
            && in_force(one, today)
    })?;
    Some(format!("until {}: {}", found.until, found.reason))
}
