//! Acceptances: which may be written, and where.

use super::context::Context;
use super::error::CliError;
use super::project::{Changed, Project, invalid};
use crate::check::{RULES, Rule, Stage, rule};
use crate::diagnostic::escape::is_unshowable;
use crate::diagnostic::{Finding, Severity, Span, closest, one_line};
use crate::names::PortalName;
use crate::spec::edit::{Change, Edit, New, Place, document_named, edited, item_saying};
use std::collections::BTreeSet;
use time::Date;

/// What is to be accepted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub check: &'a str,
    pub object: &'a str,
    pub reason: &'a str,
    pub until: Date,
    pub portal: Option<&'a str>,
}

/// The document that it is written into.
#[derive(Debug)]
pub struct Target {
    pub path: String,
    /// As it is now.
    pub text: String,
    place: Place,
}

/// A reason that can be written: a line with something in it.
///
/// # Errors
/// It is empty, or more than a line.
pub fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("say why it is accepted".to_owned());
    }
    if text.contains(is_unshowable) {
        return Err("write the reason in one line, of letters that can be seen".to_owned());
    }
    Ok(text.to_owned())
}

impl Wanted<'_> {
    /// What can be said without the project.
    ///
    /// # Errors
    /// There is no such check, it cannot be accepted, or the day is over: exit code 2.
    pub fn check_words(&self, today: Date, with_database: bool) -> Result<(), CliError> {
        let id = one_line(self.check);
        let Some(Rule { acceptable, stage, .. }) = rule(self.check) else {
            let error = CliError::usage(format!("there is no check `{id}`"));
            let meant = closest(self.check, RULES.iter().filter(|rule| rule.acceptable).map(|rule| rule.id));
            return Err(error.hint(meant.map_or_else(
                || "`portalctl explain` lists the checks".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            )));
        };
        if !acceptable {
            return Err(CliError::usage(format!("what `{id}` finds cannot be accepted"))
                .hint(format!("mend it: `portalctl explain {id}` says how")));
        }
        if self.until < today {
            return Err(CliError::usage(format!("{} is over", self.until)).hint("give today or a later day"));
        }
        if matches!(stage, Stage::Revisions) {
            return Err(CliError::usage(format!("`{id}` is found by `portalctl diff`, not by `validate`"))
                .hint(format!("write the acceptance by hand, under `accept`: `portalctl explain {id}` shows one")));
        }
        if matches!(stage, Stage::Live(_)) && !with_database {
            return Err(CliError::usage(format!("`{id}` looks at the database")).hint("add `--database`"));
        }
        Ok(())
    }

    pub fn is_about(&self, finding: &Finding) -> bool {
        let in_portal = match (self.portal, &finding.portal) {
            (Some(wanted), Some(of)) => wanted == of,
            _ => true,
        };
        finding.id == self.check && finding.subject.as_deref() == Some(self.object) && in_portal
    }
}

/// Where the acceptance goes: where it stands already, else to the portal that the finding is about, else to the project.
///
/// # Errors
/// Nothing of the kind is found, or of several portals: exit code 2.
pub fn target(context: &Context, project: &Project, wanted: &Wanted<'_>) -> Result<Target, CliError> {
    let portals = || project.spec.portals.iter().map(|portal| (portal.name.value.as_str(), portal.name.span));
    if let Some(name) = wanted.portal
        && !portals().any(|(known, _)| known == name)
    {
        let error = CliError::usage(format!("there is no portal `{}`", one_line(name)));
        return Err(match closest(name, portals().map(|(known, _)| known)) {
            Some(meant) => error.hint(format!("did you mean `{meant}`?")),
            None => error,
        });
    }
    let Some(model) = &project.model else { return Err(invalid(context, &project.report)) };
    let found: Vec<&Finding> = project.report.findings.iter().filter(|finding| wanted.is_about(finding)).collect();
    if found.is_empty() {
        return Err(not_found(project, wanted));
    }
    // Where some are accepted already it is about the others.
    let open = found.iter().any(|finding| finding.severity != Severity::Info);
    let left = found.iter().filter(|finding| !open || finding.severity != Severity::Info);
    let mut places: BTreeSet<Option<&str>> = left.map(|finding| finding.portal.as_deref()).collect();
    let there = model.project.acceptances.iter().find(|one| {
        one.check.as_str() == wanted.check
            && one.object.as_deref() == Some(wanted.object)
            && one.portal.as_ref().is_none_or(|portal| places.contains(&Some(portal.as_str())))
    });
    if wanted.portal.is_some() {
        places = BTreeSet::from([wanted.portal]);
    } else if let Some(there) = there {
        places = BTreeSet::from([there.portal.as_ref().map(PortalName::as_str)]);
    }
    let [portal] = places.iter().copied().collect::<Vec<_>>()[..] else {
        let names: Vec<String> = places.iter().flatten().map(|name| format!("`{name}`")).collect();
        return Err(CliError::usage(format!("it is found in {}", names.join(" and ")))
            .hint("accept it in each of them, with `--portal`"));
    };
    let (kind, name, span) = match portal {
        Some(portal) => {
            let span = portals().find(|(name, _)| *name == portal).map(|(_, span)| span);
            ("portal", portal, span)
        }
        None => {
            let document = project.document()?;
            ("project", document.name.value.as_str(), Some(document.name.span))
        }
    };
    written_in(project, kind, name, span)
}

fn written_in(project: &Project, kind: &str, name: &str, span: Option<Span>) -> Result<Target, CliError> {
    let file = span.map(|span| project.report.sources.file(span.file));
    let place = file.and_then(|file| Some((file, Place::document(document_named(&file.text, kind, name)?))));
    match place {
        Some((file, place)) => Ok(Target { path: file.path.clone(), text: file.text.to_string(), place }),
        None => Err(CliError::usage(format!("the document of the {kind} `{name}` cannot be edited"))
            .hint("write the acceptance by hand, under `accept`")),
    }
}

fn not_found(project: &Project, wanted: &Wanted<'_>) -> CliError {
    let (check, object) = (wanted.check, one_line(wanted.object));
    let place = wanted.portal.map_or_else(String::new, |portal| format!(" in portal `{portal}`"));
    let error = CliError::usage(format!("`{check}` finds nothing of `{object}`{place}"));
    let elsewhere = project.report.findings.iter().filter(|finding| finding.id == check);
    let subjects: BTreeSet<&str> = elsewhere.filter_map(|finding| finding.subject.as_deref()).collect();
    match closest(wanted.object, subjects.iter().copied()) {
        Some(meant) if meant != wanted.object => error.hint(format!("did you mean `{meant}`?")),
        _ if subjects.is_empty() => error.hint(format!("`{check}` finds nothing in this project")),
        _ => error.hint(format!("it finds something of {}", subjects.into_iter().collect::<Vec<_>>().join(", "))),
    }
}

/// The file with the acceptance in it; `None`: it says so already.
///
/// # Errors
/// The document cannot be edited: exit code 2.
pub fn written(target: &Target, wanted: &Wanted<'_>) -> Result<Option<Changed>, CliError> {
    let list = || target.place.clone().key("accept");
    let until = New::word(wanted.until.to_string());
    let same = item_saying(&target.text, &list(), &[("check", wanted.check), ("object", wanted.object)]);
    let edits = match same {
        Some(number) => [("reason", New::text(wanted.reason)), ("until", until)]
            .map(|(key, value)| Edit { place: list().item(number), change: Change::Put(key.to_owned(), value) })
            .to_vec(),
        None => {
            let entry = New::Map(vec![
                ("check".to_owned(), New::text(wanted.check)),
                ("object".to_owned(), New::text(wanted.object)),
                ("reason".to_owned(), New::text(wanted.reason)),
                ("until".to_owned(), until),
            ]);
            let change = Change::AppendTo("accept".to_owned(), entry);
            vec![Edit { place: target.place.clone(), change }]
        }
    };
    let text = edited(&target.text, &edits).map_err(|error| {
        CliError::usage(format!("`{}` cannot be edited: {error}", target.path)).hint("write the acceptance by hand")
    })?;
    Ok((text != target.text).then(|| Changed::from([(target.path.clone(), text)])))
}
