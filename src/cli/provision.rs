//! From the access model to a plan, and from a plan to the database: what `plan`, `apply` and `up` share.

use super::assertions;
use super::context::Context;
use super::error::CliError;
use super::project::render_options;
use super::watch::Watch;
use crate::adapters::clock;
use crate::adapters::postgres::Connection;
use crate::adapters::postgres::apply::{Agreed, ApplyError, Patience, Receipt, apply};
use crate::adapters::postgres::connect::DatabaseUrl;
use crate::adapters::postgres::planning::{PlanError, survey};
use crate::adapters::terminal::{Terminal, WARNING};
use crate::check;
use crate::diagnostic::escape::one_line;
use crate::diagnostic::{Finding, Report, Severity, closest, render_text};
use crate::model::AccessModel;
use crate::plan::change::join;
use crate::plan::{Hazard, Plan, SavedPlan, StalePlan, with_managed_tables};
use crate::state::DatabaseState;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// Reads the database in one snapshot, checks it, and says what would be done. Changes nothing.
///
/// # Errors
/// The database cannot be read, a live check found an error, or something in the database or in the rights of the
/// administrator forbids a plan.
pub async fn plan(
    context: &Context,
    model: &AccessModel,
    connection: &mut Connection,
    allowed: &BTreeSet<Hazard>,
) -> Result<Plan, CliError> {
    let progress = context.terminal.progress("reading the database");
    let survey = survey(connection, model, &Hazard::destroyed(allowed)).await?;
    drop(progress);
    let (found, outcome) = check_live(context, model, &survey.live);
    if !found.is_empty() {
        tell_found(&context.terminal, &found, outcome.is_err());
    }
    outcome?;
    let plan = survey.plan.map_err(|error| explain(context, error))?;
    refuse_in_vain(context, &plan, allowed)?;
    Ok(plan)
}

/// Tells what was allowed and is nothing that the plan does. Where the plan does something that is called nearly so, whoever
/// wrote it meant that. Else it is done already, as in every later run of a pipeline, and nothing is refused.
///
/// # Errors
/// Exit code 2, with what was meant.
pub fn refuse_in_vain(context: &Context, plan: &Plan, allowed: &BTreeSet<Hazard>) -> Result<(), CliError> {
    in_vain(context, plan.allowed_in_vain(allowed), &plan.allowable(), allowed)
}

fn in_vain(
    context: &Context,
    hazards: Vec<&Hazard>,
    allowable: &BTreeSet<String>,
    allowed: &BTreeSet<Hazard>,
) -> Result<(), CliError> {
    let allowed: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
    for hazard in hazards.into_iter().map(ToString::to_string) {
        let text = format!("`--allow {}` allows nothing: the plan does no such thing", one_line(&hazard));
        if let Some(near) = closest(&hazard, allowable.difference(&allowed).map(String::as_str)) {
            return Err(CliError::usage(text).hint(format!("did you mean `--allow {near}`?")));
        }
        context.terminal.warn(&text);
    }
    Ok(())
}

/// What the live checks find, as it is shown, and whether it is an error. Empty where nothing is worth showing.
pub(super) fn check_live(
    context: &Context,
    model: &AccessModel,
    live: &DatabaseState,
) -> (String, Result<(), CliError>) {
    // Tables of ours are checked as they are going to be.
    let planned = with_managed_tables(model, live, &BTreeSet::new());
    let findings = check::run_live(model, &planned, clock::now().date());
    let report = Report::new(Arc::clone(&model.sources), findings);
    let text = live_text(context, &report);
    let outcome = if report.has_errors() {
        Err(CliError::usage("the documents and the database do not go together")
            .hint("mend them, or accept by name what may be so: `accept: [{check, object, reason, until}]`"))
    } else {
        Ok(())
    };
    (text, outcome)
}

/// Shows what the live checks find: errors even when quiet.
pub(super) fn tell_found(terminal: &Terminal, found: &str, has_errors: bool) {
    if has_errors { terminal.report(found) } else { terminal.accompany(found) }
}

/// Errors as `validate` shows them. What is less is not why anybody plans: a line for each check, unless asked for more.
fn live_text(context: &Context, report: &Report) -> String {
    let rendered = |report: &Report| render_text(report, render_options(context.terminal.colors_talk()));
    if context.terminal.is_verbose() && report.reaches(Severity::Warn) {
        return rendered(report);
    }
    let of = |severity| report.findings.iter().filter(move |finding| finding.severity == severity);
    let mut text = String::new();
    if report.has_errors() {
        text = rendered(&Report::new(Arc::clone(&report.sources), of(Severity::Error).cloned().collect()));
    }
    let mut warnings: BTreeMap<&str, (&Finding, usize)> = BTreeMap::new();
    for finding in of(Severity::Warn) {
        warnings.entry(finding.id).or_insert((finding, 0)).1 += 1;
    }
    for (id, (first, count)) in &warnings {
        let place = first.span.map_or_else(String::new, |span| {
            let at = report.sources.location(span);
            format!(" ({}:{})", at.file, at.line)
        });
        let more = if *count > 1 { format!(", and {} more", count - 1) } else { String::new() };
        let _ = writeln!(
            text,
            "{WARNING}warning[{id}]{WARNING:#}: {}{more}",
            one_line(&format!("{}{place}", first.message))
        );
    }
    if !warnings.is_empty() {
        text.push_str("  `portalctl validate --database` shows why, and what mends it\n");
    }
    text
}

/// Makes a plan true that was read, with progress.
///
/// # Errors
/// Nothing has changed then.
pub async fn make_true(
    context: &Context,
    model: &AccessModel,
    connection: &mut Connection,
    url: &DatabaseUrl,
    plan: &Plan,
) -> Result<Receipt, CliError> {
    let watch = Watch::new(context, model, false, None, None)?;
    watch.apply(connection, url, Agreed::Plan(plan)).await
}

/// Makes true whatever is found to be missing in a database that is there for tests alone: no check and no hazard stands
/// in the way, since nobody else uses it.
///
/// # Errors
/// The model does not fit the tables, or the server refuses.
pub async fn make_for_tests(
    context: &Context,
    model: &AccessModel,
    connection: &mut Connection,
    url: &DatabaseUrl,
) -> Result<Receipt, CliError> {
    let made = apply(connection, &url.options(), model, Agreed::Found, Patience::default(), &()).await;
    made.map_err(|error| explain_apply(context, error))
}

/// Documents that do not lie in the project's folder.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The commit that they are of, where that is known.
    pub commit: Option<String>,
    /// Whether they were applied before: then it is gone back to whatever they give anew, and no assertion speaks against it.
    pub was_applied: bool,
}

/// What somebody wants applied, and what they said of it beforehand.
pub struct Wanted<'a> {
    pub model: &'a AccessModel,
    /// Where they do not lie in the project's folder.
    pub origin: Option<Origin>,
    pub allowed: &'a BTreeSet<Hazard>,
    /// Nobody is to be asked.
    pub yes: bool,
}

/// Shows the plan and asks, or, where nobody is to be asked, plans and applies in one go and refuses hazards that are not
/// allowed by name. `None` where there was nothing to do.
///
/// # Errors
/// As [`plan`] and [`make_true`]; somebody said no, or there is nobody to ask.
pub async fn ask_and_make_true(
    context: &Context,
    wanted: Wanted<'_>,
    connection: &mut Connection,
    url: &DatabaseUrl,
) -> Result<Option<Receipt>, CliError> {
    let Wanted { model, origin, allowed, yes } = wanted;
    if yes {
        let watch = Watch::new(context, model, true, Some(allowed), origin)?;
        let receipt = watch.apply(connection, url, Agreed::Found).await?;
        return Ok(Some(receipt).filter(|receipt| receipt.changes > 0));
    }
    let plan = plan(context, model, connection, allowed).await?;
    context.terminal.report(&plan.to_text());
    let asks = !plan.changes.is_empty();
    if !asks && !plan.is_other_state() {
        return Ok(None);
    }
    if origin.as_ref().is_none_or(|origin| !origin.was_applied) {
        assertions::hold(context, model, &assertions::against_revisions(context, model)?, &plan)?;
    }
    if asks {
        refuse_hazards(&plan, allowed)?;
        confirm(context, &plan, url).await?;
    }
    let watch = Watch::new(context, model, false, None, origin)?;
    let receipt = watch.apply(connection, url, Agreed::Plan(&plan)).await?;
    Ok(Some(receipt).filter(|receipt| receipt.changes > 0))
}

async fn confirm(context: &Context, plan: &Plan, url: &DatabaseUrl) -> Result<(), CliError> {
    let question = format!("apply these {} changes to `{url}`?", plan.changes.len());
    match context.terminal.confirm(&question).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(CliError::refused("not applied; nothing was changed")),
        Err(nobody) => Err(CliError::refused(nobody.to_string())
            .hint("read the plan, then say `--yes`; or save it with `portalctl plan --out FILE` and apply that")),
    }
}

/// Makes exactly the plan of a file true, whose hazards are allowed by name.
///
/// # Errors
/// As [`make_true`]; also what the live checks find.
pub async fn make_saved_true(
    context: &Context,
    model: &AccessModel,
    connection: &mut Connection,
    url: &DatabaseUrl,
    (saved, allowed): (&SavedPlan, &BTreeSet<Hazard>),
) -> Result<Receipt, CliError> {
    let hazards = saved.hazards();
    let others = allowed.iter().filter(|hazard| !hazards.contains(hazard.to_string().as_str()));
    let by_name = hazards.iter().filter(|name| Hazard::parse(name).is_ok()).map(ToString::to_string);
    in_vain(context, others.collect(), &by_name.collect(), allowed)?;
    let watch = Watch::new(context, model, true, None, None)?;
    watch.apply(connection, url, Agreed::Saved(saved, allowed)).await
}

/// Refuses a plan with hazards that nobody allowed by name.
///
/// # Errors
/// Exit code 4, with what to write to allow them.
pub fn refuse_hazards(plan: &Plan, allowed: &BTreeSet<Hazard>) -> Result<(), CliError> {
    let refused = plan.not_allowed(allowed);
    if refused.is_empty() { Ok(()) } else { Err(not_allowed(refused)) }
}

fn not_allowed<'a>(hazards: impl IntoIterator<Item = &'a Hazard>) -> CliError {
    let hazards: Vec<&Hazard> = hazards.into_iter().collect();
    let advice: Vec<String> = hazards.iter().filter_map(|hazard| hazard.advice()).collect();
    let flags = hazards.iter().map(|hazard| format!("--allow {hazard}")).collect::<Vec<_>>().join(" ");
    CliError::refused(format!("the plan has hazards that `--yes` does not cover: {}", join(hazards)))
        .hint(format!("{}\nallow them with {flags}", advice.join("\n")))
}

/// Several things in the way are all said; the last becomes the command's error.
fn one_of_all(context: &Context, problems: Vec<(String, String)>, kind: fn(String) -> CliError) -> CliError {
    let mut problems = problems.into_iter().peekable();
    while let Some((message, hint)) = problems.next() {
        if problems.peek().is_none() {
            return kind(message).hint(hint);
        }
        context.terminal.error(&message, Some(&hint));
    }
    kind("something stands in the way".to_owned())
}

pub(super) fn explain(context: &Context, error: PlanError) -> CliError {
    match error {
        PlanError::Server(error) => error.into(),
        PlanError::TooOld { .. } => CliError::database(error.to_string()),
        PlanError::Compile(error) => CliError::usage(error.to_string()),
        PlanError::NewerControl { .. } => {
            CliError::refused(error.to_string()).hint("use the portalctl that wrote it, or a newer one")
        }
        PlanError::Refused(refusals) => {
            let problems = refusals.into_iter().map(|refusal| (refusal.message, refusal.hint));
            one_of_all(context, problems.collect(), CliError::refused)
        }
        PlanError::Rights(rights) => {
            let problems = rights.into_iter().map(|right| (right.message, right.hint));
            one_of_all(context, problems.collect(), CliError::database)
        }
    }
}

pub(super) fn explain_apply(context: &Context, error: ApplyError) -> CliError {
    match error {
        ApplyError::Plan(error) => explain(context, error),
        ApplyError::Server(error) => error.into(),
        ApplyError::NotAllowed(hazards) => not_allowed(&hazards),
        ApplyError::Stale(reason) => {
            let hint = match reason {
                StalePlan::Target { .. } => "look at `--database-url`",
                _ => "run `portalctl plan` again and read what it says now",
            };
            CliError::refused(error_text(&reason)).hint(hint)
        }
        ApplyError::Busy { .. } => {
            CliError::database(error.to_string()).hint("nothing was changed; try again when the other has ended")
        }
        ApplyError::Unknown(_) => {
            CliError::database(error.to_string()).hint("`portalctl plan` says whether there is anything left to change")
        }
        ApplyError::NotLetPass | ApplyError::Phase { .. } | ApplyError::Residual(_) => {
            CliError::database(error.to_string())
        }
    }
}

fn error_text(reason: &StalePlan) -> String {
    format!("the plan is stale: {reason}")
}
