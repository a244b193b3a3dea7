//! The generated site, and where it would answer.

use super::Line;
use crate::adapters::project_files::prepare;
use crate::adapters::serving;
use crate::cli::CliError;
use crate::cli::project::Project;
use crate::cli::running_site::USUAL;
use crate::scaffold::{Decision, Kept, Options, render};
use crate::site::{Remark, remarks};
use std::path::Path;
use tokio::net::TcpListener;

/// How the files of the site stand to the spec and to what was done to them by hand.
pub fn files(project: &Project) -> Option<Line> {
    const ABOUT: &str = "site's files";
    let model = project.model.as_ref().filter(|_| !project.report.has_errors())?;
    let prepared = render(model)
        .map_err(|error| CliError::usage(error.to_string()))
        .and_then(|tree| Ok(prepare(&project.folder, &tree, &model.spec_hash, Options::default())?));
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return Some(Line::failed(ABOUT, error)),
    };
    let count = |wanted: fn(&Decision) -> bool| prepared.actions().iter().filter(|one| wanted(&one.decision)).count();
    let all = count(|decision| !matches!(decision, Decision::Remove));
    let missing = count(|decision| matches!(decision, Decision::Create(_)));
    let edited = count(|decision| matches!(decision, Decision::Keep(Kept::Yours) | Decision::Merge(_)));
    let by_hand = if edited == 0 { String::new() } else { format!(", {edited} of them changed by hand") };
    Some(if prepared.refused().count() > 0 {
        Line::warning(ABOUT, "some cannot be brought up to date", "portalctl scaffold --dry-run, which says why")
    } else if missing == all && all > 0 {
        Line::warning(ABOUT, "none is written yet", "portalctl scaffold")
    } else if prepared.is_drift() {
        Line::warning(ABOUT, format!("{all} files{by_hand}, not up to date with the spec"), "portalctl scaffold")
    } else {
        Line::ok(ABOUT, format!("{all} files{by_hand}, up to date"))
    })
}

/// What the portals' own files say of how they look.
pub fn settings(project: &Project) -> Vec<Line> {
    const ABOUT: &str = "site's settings";
    let Some(model) = project.model.as_ref().filter(|_| !project.report.has_errors()) else { return Vec::new() };
    let remarks = remarks(model, &project.folder.join("site"));
    if remarks.is_empty() {
        return vec![Line::ok(ABOUT, "they can be used, and text can be read with the colours")];
    }
    let line = |remark: Remark| match remark.is_fatal {
        true => Line::problem(ABOUT, remark.message, remark.fix),
        false => Line::warning(ABOUT, remark.message, remark.fix),
    };
    remarks.into_iter().map(line).collect()
}

/// Whether the site runs, or somebody else has its usual port.
pub async fn port(folder: &Path) -> Line {
    const ABOUT: &str = "port";
    if let Some(address) = serving::address(folder) {
        return Line::ok(ABOUT, format!("the site answers at {address}"));
    }
    match TcpListener::bind(USUAL).await {
        Ok(_) => Line::ok(ABOUT, format!("{USUAL} is free")),
        Err(error) => Line::warning(
            ABOUT,
            format!("{USUAL} cannot be had: {error}; the site would take another free one"),
            "portalctl serve --listen 127.0.0.1:PORT",
        ),
    }
}
