//! Acceptances: findings that somebody decided to live with, for a reason and until a day.

use super::rule_set::rule;
use crate::diagnostic::{Finding, Replacement, Severity, Span};
use crate::model::{Acceptance, AccessModel};
use crate::spec::edit::{Splice, removal};
use std::collections::BTreeMap;
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

/// Bytes that are read to say how acceptances are taken out. A document is read anew for each, so that a long one with
/// nothing but such would be read for minutes.
const MOST_READ: usize = 1 << 20;

/// How much has been read.
#[derive(Default)]
pub(super) struct Removals(usize);

impl Removals {
    /// With what takes the acceptance out of its document, where that is not one of too many. What it accepted is found
    /// again, so nobody is given anything.
    pub(super) fn removable(&mut self, model: &AccessModel, acceptance: &Acceptance, finding: Finding) -> Finding {
        if self.0 >= MOST_READ {
            return finding;
        }
        self.0 += model.sources.file(acceptance.span.file).text.len();
        removable(model, acceptance, finding)
    }
}

fn removable(model: &AccessModel, acceptance: &Acceptance, finding: Finding) -> Finding {
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
    // In their order, since the first counts.
    let mut by_subject: BTreeMap<(&str, Option<&str>), Vec<&Acceptance>> = BTreeMap::new();
    for one in model.project.acceptances.iter().filter(|one| in_force(one, today)) {
        by_subject.entry((one.check.as_str(), one.object.as_deref())).or_default().push(one);
    }
    for finding in findings.iter_mut().filter(|finding| finding.severity != Severity::Info) {
        let mut about = by_subject.get(&(finding.id, finding.subject.as_deref())).into_iter().flatten();
        let accepted = about.find(|one| concerns(one, finding));
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
