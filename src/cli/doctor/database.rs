//! The database: the way to it, what it is, and how far it is from the spec.

use super::{Line, PATIENCE};
use crate::adapters::local_postgres::{LocalCluster, Status};
use crate::adapters::postgres::connect::DatabaseUrl;
use crate::adapters::postgres::local_database::url_at;
use crate::adapters::postgres::planning::{PlanError, Survey, survey};
use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::project::Project;
use crate::cli::provision::{check_live, explain};
use crate::cli::running_site::try_logins;
use crate::model::AccessModel;
use crate::names::Ident;
use crate::plan::Plan;
use crate::plan::control::newest_version;
use std::collections::BTreeSet;
use tokio::time::timeout;

/// The way to the database, where it can be gone without starting anything.
pub fn way(context: &Context, project: &Project, cluster: Option<&LocalCluster>) -> (Option<DatabaseUrl>, Vec<Line>) {
    const ABOUT: &str = "database";
    match context.database_url() {
        Err(error) => return (None, vec![Line::failed(ABOUT, error)]),
        Ok(Some(url)) => {
            let source = if context.url_is_written() { "--database-url" } else { "DATABASE_URL" };
            return (Some(url.clone()), vec![Line::ok(ABOUT, format!("`{url}`, of `{source}`"))]);
        }
        Ok(None) => {}
    }
    let Some(cluster) = cluster else { return (None, Vec::new()) };
    let status = match cluster.status() {
        Ok(status) => status,
        Err(error) => return (None, vec![Line::failed(ABOUT, error.into())]),
    };
    let name = project.spec.project.as_ref().map(|document| document.name.value.as_str().to_owned());
    match status {
        Status::Absent { .. } => {
            let fix = "portalctl up, or another command that needs it";
            (None, vec![Line::warning(ABOUT, "the private local database is not made yet", fix)])
        }
        Status::Stopped { .. } => {
            let left = cluster.left_behind().map(|pid| format!("; process {pid}, which ran it, was killed"));
            let text = format!("the private local database is stopped{}", left.unwrap_or_default());
            (None, vec![Line::warning(ABOUT, text, "portalctl db start, to have it looked at here")])
        }
        Status::Unresponsive { folder, pid } => {
            let text = format!("a server holds `{}` and does not answer", folder.display());
            let pid = pid.map(|pid| format!(" or look at process {pid}")).unwrap_or_default();
            (None, vec![Line::problem(ABOUT, text, format!("portalctl db stop,{pid}"))])
        }
        Status::Running { address, kept, in_use, pid, .. } => {
            let url = name.map(|name| url_at(&address, &name));
            let text = format!("the private local one, process {pid}");
            let line = if kept || in_use {
                Line::ok(ABOUT, text)
            } else {
                Line::warning(ABOUT, format!("{text}, left behind by a command that was killed"), "portalctl db stop")
            };
            (url, vec![line])
        }
    }
}

/// What the server says. None of it is changed.
pub async fn lines(context: &Context, project: &Project, url: &DatabaseUrl) -> Vec<Line> {
    const ABOUT: &str = "connection";
    let late = || Line::problem(ABOUT, "no answer in time", "look at the host and at firewalls on the way");
    let mut connection = match timeout(PATIENCE, url.connect()).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return vec![Line::failed(ABOUT, error.into())],
        Err(_) => return vec![late()],
    };
    let Some(model) = project.model.as_ref().filter(|_| !project.report.has_errors()) else {
        return vec![Line::ok(ABOUT, "the server answers; the rest can be said of a valid spec alone")];
    };
    let survey = match timeout(PATIENCE * 3, survey(&mut connection, model, &BTreeSet::new())).await {
        Ok(Ok(survey)) => survey,
        Ok(Err(error)) if error.is_denied() => {
            let fix = "connect as the role that applies plans: look at the user in the URL";
            return vec![Line::problem(ABOUT, error.to_string(), fix)];
        }
        Ok(Err(error)) => return vec![Line::failed(ABOUT, error.into())],
        Err(_) => return vec![late()],
    };
    let mut lines = vec![server(&survey), control(&survey)];
    lines.extend(fits(context, model, &survey));
    lines.extend(pending(context, survey.plan));
    if survey.live.control_version > 0 {
        lines.push(logins(model, url).await);
    }
    lines
}

fn server(survey: &Survey) -> Line {
    let version = survey.live.server.version;
    let text = format!("PostgreSQL {}.{}", version / 10_000, version % 10_000);
    match &survey.plan {
        Err(error @ PlanError::TooOld { .. }) => {
            Line::problem("server", error.to_string(), "upgrade the server, or name another one with `--database-url`")
        }
        _ => Line::ok("server", text),
    }
}

fn control(survey: &Survey) -> Line {
    const ABOUT: &str = "control schema";
    let (live, known) = (survey.live.control_version, newest_version());
    match live {
        0 => Line::warning(ABOUT, "there is none: nothing was applied to this database yet", "portalctl apply"),
        _ if live == known => Line::ok(ABOUT, format!("version {live}, that of this portalctl")),
        _ if live < known => {
            Line::warning(ABOUT, format!("version {live}; this portalctl brings it to {known}"), "portalctl apply")
        }
        _ => Line::problem(
            ABOUT,
            format!("version {live}; this portalctl knows versions up to {known}"),
            "use the portalctl that wrote it, or a newer one",
        ),
    }
}

/// What the live checks find.
fn fits(context: &Context, model: &AccessModel, survey: &Survey) -> Option<Line> {
    const ABOUT: &str = "database checks";
    let (shown, outcome) = check_live(context, model, &survey.live);
    match outcome {
        Err(error) => Some(Line::problem(ABOUT, error.message, "portalctl validate --database")),
        Ok(()) if !shown.is_empty() => {
            let text = "something in the database weakens what the spec says";
            Some(Line::warning(ABOUT, text, "portalctl validate --database --deny warn"))
        }
        Ok(()) => Some(Line::ok(ABOUT, "the tables are as the spec names them, and nothing opens a way around it")),
    }
}

/// Rights of the administrator, and what is not applied yet.
fn pending(context: &Context, plan: Result<Plan, PlanError>) -> Vec<Line> {
    const RIGHTS: &str = "rights";
    const APPLIED: &str = "applied";
    match plan {
        Ok(plan) => {
            let who = &plan.administrator;
            let rights = if who.superuser {
                Line::ok(RIGHTS, format!("`{}`, a superuser", who.name))
            } else if who.create_role {
                Line::ok(RIGHTS, format!("`{}`, with all that this plan needs", who.name))
            } else {
                let text = format!("`{}` may not create roles, which an audience that is added needs", who.name);
                let fix = format!("a superuser runs: ALTER ROLE {} CREATEROLE", Ident::new(who.name.as_str()));
                Line::warning(RIGHTS, text, fix)
            };
            let applied = match plan.changes.len() {
                0 => Line::ok(APPLIED, "the database is as the files declare it"),
                1 => Line::warning(APPLIED, "1 change is not applied", "portalctl plan, then portalctl apply"),
                many => Line::warning(
                    APPLIED,
                    format!("{many} changes are not applied"),
                    "portalctl plan, then portalctl apply",
                ),
            };
            vec![rights, applied]
        }
        // Both are said with the server and the control schema.
        Err(PlanError::TooOld { .. } | PlanError::NewerControl { .. }) => Vec::new(),
        Err(PlanError::Rights(missing)) => {
            missing.into_iter().map(|right| Line::problem(RIGHTS, right.message, right.hint)).collect()
        }
        Err(PlanError::Refused(refusals)) => {
            refusals.into_iter().map(|refusal| Line::problem(APPLIED, refusal.message, refusal.hint)).collect()
        }
        Err(error) => vec![Line::failed(APPLIED, explain(context, error))],
    }
}

async fn logins(model: &AccessModel, url: &DatabaseUrl) -> Line {
    const ABOUT: &str = "site's logins";
    let database = Database { url: url.clone(), local: None };
    match timeout(PATIENCE, try_logins(model, &database)).await {
        Ok(Ok(())) => Line::ok(ABOUT, "the gateway and the issuer sign in, and row policies bind them"),
        Ok(Err(error)) => Line::problem(
            ABOUT,
            error.message,
            "portalctl db credentials; or set `PORTALCTL_GATEWAY_URL` and `PORTALCTL_ISSUER_URL` as `serve` has them",
        ),
        Err(_) => Line::failed(ABOUT, CliError::database("no answer in time")),
    }
}
