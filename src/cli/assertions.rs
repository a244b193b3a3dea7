//! The assertions of a project that need a former state: a revision, or what was applied last.

use super::context::Context;
use super::error::CliError;
use super::project::render_options;
use super::revision::of_revision;
use crate::adapters::clock;
use crate::analysis::assertion::{BROKEN, new_access};
use crate::analysis::diff::diff;
use crate::diagnostic::{Finding, Report, render_text};
use crate::model::{AccessModel, Claim};
use crate::plan::{Former, Plan, accept};
use std::sync::Arc;

/// What speaks against those that name a revision.
///
/// # Errors
/// There is no such revision, or its documents have errors.
pub fn against_revisions(context: &Context, model: &AccessModel) -> Result<Vec<Finding>, CliError> {
    let mut findings = Vec::new();
    for assertion in &model.assertions {
        let Claim::NoNewAccess { against: Some(revision) } = &assertion.claim else { continue };
        let mut found = diff(&of_revision(context, revision)?, model);
        accept(model, &mut found, clock::now().date());
        findings.extend(new_access(assertion, &found, &format!("`{revision}`")));
    }
    Ok(findings)
}

/// What speaks against those that are about what was applied last.
fn against_applied(model: &AccessModel, plan: &Plan) -> Vec<Finding> {
    let applied = model.assertions.iter().filter(|one| one.claim == Claim::NoNewAccess { against: None });
    let told = applied.filter_map(|assertion| match &plan.former {
        Former::None => None,
        Former::Known(since) => new_access(assertion, &since.found, &since.state.words()),
        Former::Unknown(why) => Some(
            Finding::error(BROKEN, assertion.span, "what is new since the last apply cannot be told")
                .why(format!("the documents are not known: {why}"))
                .hint("leave the assertion out for this one time, or assert against a git revision"),
        ),
    });
    told.collect()
}

/// Refuses a plan that an assertion of the project speaks against. What speaks against those that name a revision was found
/// before: it depends on the documents alone, and git is not asked while the database waits.
///
/// # Errors
/// Exit code 4, with what speaks against it at its place.
pub fn hold(
    context: &Context,
    model: &AccessModel,
    against_revisions: &[Finding],
    plan: &Plan,
) -> Result<(), CliError> {
    let mut findings = against_applied(model, plan);
    findings.extend(against_revisions.iter().cloned());
    if findings.is_empty() {
        return Ok(());
    }
    show(context, model, findings);
    Err(CliError::refused("an assertion of the project does not hold"))
}

/// Shows findings at their places.
pub fn show(context: &Context, model: &AccessModel, findings: Vec<Finding>) {
    let report = Report::new(Arc::clone(&model.sources), findings);
    context.terminal.report(&render_text(&report, render_options(context.terminal.colors_talk())));
}
