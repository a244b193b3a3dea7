//! What stands in the way of a project on this machine: each thing looked at by itself, and nothing changed.

mod database;
mod machine;
mod site;
mod spec;

use super::CliError;
use super::context::Context;
use super::database::local_cluster;
use super::project::Project;
use crate::adapters::local_postgres::LocalCluster;
use std::time::Duration;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Ok,
    /// It works, and may not be what is wanted.
    Warning,
    /// It does not work.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Line {
    pub about: &'static str,
    pub status: Standing,
    pub message: String,
    /// What to run or to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// What a server that is asked may take. Its answer is a page at most.
const PATIENCE: Duration = Duration::from_secs(20);

impl Line {
    fn new(about: &'static str, status: Standing, message: impl Into<String>) -> Self {
        Self { about, status, message: message.into(), fix: None }
    }

    fn ok(about: &'static str, message: impl Into<String>) -> Self {
        Self::new(about, Standing::Ok, message)
    }

    fn warning(about: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..Self::new(about, Standing::Warning, message) }
    }

    fn problem(about: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..Self::new(about, Standing::Problem, message) }
    }

    fn failed(about: &'static str, error: CliError) -> Self {
        Self { fix: error.hint, ..Self::new(about, Standing::Problem, error.message) }
    }
}

/// Everything, from what is under a project to what stands on it.
pub async fn examine(context: &Context) -> Vec<Line> {
    let mut lines = vec![Line::ok("portalctl", env!("CARGO_PKG_VERSION"))];
    let uses_local = matches!(context.database_url(), Ok(None));
    let (project, about_spec) = spec::lines(context);
    lines.extend(about_spec);
    let cluster = project.as_ref().map(|project| local_cluster(&project.folder));
    let cluster = match cluster {
        Some(Ok(cluster)) => Some(cluster),
        Some(Err(error)) if uses_local => {
            lines.push(Line::failed("local server", error));
            None
        }
        _ => None,
    };
    lines.push(machine::programs(cluster.as_ref(), uses_local));
    lines.push(machine::git());
    if let Some(project) = &project {
        lines.push(machine::state_folder(project, cluster.as_ref()));
        lines.extend(of_project(context, project, cluster.as_ref().filter(|_| uses_local)).await);
    }
    lines
}

async fn of_project(context: &Context, project: &Project, cluster: Option<&LocalCluster>) -> Vec<Line> {
    let (way, mut lines) = database::way(context, project, cluster);
    if let Some(way) = way {
        lines.extend(database::lines(context, project, &way).await);
    }
    lines.extend(site::files(project));
    lines.extend(site::settings(project));
    lines.push(site::port(&project.folder).await);
    lines
}
