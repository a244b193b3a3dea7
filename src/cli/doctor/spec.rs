//! The project and its documents.

use super::Line;
use crate::cli::context::Context;
use crate::cli::project::{Project, load};
use crate::diagnostic::{Severity, summary_line};
use crate::model::AccessModel;

/// The project where there is one that can be read, and what there is to say of it.
pub fn lines(context: &Context) -> (Option<Project>, Vec<Line>) {
    if let Err(error) = context.project_folder() {
        let fix = "go to a project's folder or name it with `-C DIR`; `portalctl new NAME` begins one";
        return (None, vec![Line::warning("project", error.message, fix)]);
    }
    let project = match load(context) {
        Ok(project) => project,
        Err(error) => return (None, vec![Line::failed("project", error)]),
    };
    let mut lines = vec![Line::ok("project", project.folder.display().to_string())];
    lines.push(environment(&project));
    lines.push(valid(&project));
    (Some(project), lines)
}

fn environment(project: &Project) -> Line {
    let known = project.spec.project.iter().flat_map(|document| &document.environments);
    let known: Vec<&str> = known.map(|name| name.value.as_str()).collect();
    Line::ok(
        "environment",
        match (&project.spec.environment, known.as_slice()) {
            (Some(name), _) => format!("`{name}`"),
            (None, []) => "the project has one alone".to_owned(),
            (None, known) => format!("none is chosen; there is {}", known.join(", ")),
        },
    )
}

fn valid(project: &Project) -> Line {
    let found = summary_line(project.report.summary());
    let read = &project.spec.read;
    match &project.model {
        Some(model) if !project.report.has_errors() => {
            let text = format!("{read}: {}; {found}", counted(model));
            if project.report.reaches(Severity::Warn) {
                Line::warning("spec", text, "portalctl validate")
            } else {
                Line::ok("spec", text)
            }
        }
        _ => Line::problem("spec", format!("{read}: {found}"), "portalctl validate"),
    }
}

fn counted(model: &AccessModel) -> String {
    let count = |number: usize, one: &str| if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") };
    [
        count(model.portals.len(), "portal"),
        count(model.personas.len(), "audience"),
        count(model.objects.len(), "object"),
        count(model.access_tests.len(), "access test"),
    ]
    .join(", ")
}
