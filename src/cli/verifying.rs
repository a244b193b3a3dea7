//! Holding a live database against the access model, and telling what came of it.

use super::context::Context;
use super::database::Database;
use super::directory::open_directory;
use super::project::Project;
use super::site_logins::GATEWAY;
use super::{CliError, Format};
use crate::adapters::postgres::applied;
use crate::adapters::postgres::verify::{self, Extent, Failure, Report, Sessions, VerifyError};
use crate::analysis::verify::Difference;
use crate::diagnostic::escape::one_line;
use crate::model::AccessModel;
use crate::plan::control::ProjectRoles;
use crate::plan::counted;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;

/// So many kinds are told; the rest are counted.
const MOST: usize = 50;

/// Tries so many people of each audience, and so many rows of each table.
///
/// # Errors
/// Nothing has been applied; the administrator does not see every row; the database cannot be asked.
pub async fn verify(
    context: &Context,
    project: &Project,
    model: &AccessModel,
    (people, rows): (usize, usize),
) -> Result<Report, CliError> {
    let document = project.document()?;
    let database = Database::open(context, &project.folder, document).await?;
    let mut administrator = database.url.connect().await?;
    open_directory(&mut administrator, document).await?;
    let applied = applied::history(&mut administrator, &document.control_schema()).await?;
    if applied.first().is_some_and(|state| state.spec_hash != model.spec_hash) {
        context.terminal.warn(
            "the documents are not what was applied last, and it is them that the database is held against: \
             `portalctl plan` shows what they would change",
        );
    }
    let mut minting = database.url.connect().await?;
    let gateway = database.login(&ProjectRoles::of(&model.project).gateway, GATEWAY)?;
    let mut gateway = gateway.connect().await?;
    let progress = context.terminal.progress("reading what decides");
    let sessions = Sessions { administrator: &mut administrator, minting: &mut minting, gateway: &mut gateway };
    let told = |at: usize, all: usize| progress.step(&format!("acting as {} of {all}", at + 1));
    verify::verify(sessions, model, Extent { people, rows }, told).await.map_err(from_verify)
}

pub fn from_verify(error: VerifyError) -> CliError {
    match error {
        VerifyError::Server(error) => error.into(),
        VerifyError::Blind(_) => CliError::database(error.to_string())
            .hint("use a login that sees every row: the owner of the tables, or a role with BYPASSRLS"),
    }
}

/// What is wrong and how much was tried, or `{"probes", "failed", …}`.
pub fn render(report: &Report, format: Format) -> String {
    match format {
        Format::Json => format!("{}\n", json(report)),
        Format::Text => text(report),
    }
}

fn json(report: &Report) -> serde_json::Value {
    let failed = |failures: &[Failure]| -> Vec<serde_json::Value> {
        let each = failures.iter().map(|failure| {
            let difference = &failure.difference;
            serde_json::json!({
                "persona": failure.persona.to_string(),
                "tenant_case": failure.case,
                "object": difference.object,
                "row": difference.row,
                "command": "read",
                "field": difference.field,
                "expected": difference.expected,
                "got": difference.got,
            })
        });
        each.collect()
    };
    serde_json::json!({
        "probes": report.held.probes,
        "shown": report.held.shown,
        "masked": report.held.masked,
        "people": report.people,
        "failed": failed(&report.failures),
        "untold": failed(&report.untold),
        "partly": report.long.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    let alike = alike(&report.failures);
    for (first, more) in alike.iter().take(MOST) {
        let _ = match more {
            0 => writeln!(text, "✗ {}", told(first)),
            _ => writeln!(text, "✗ {}; and {more} more alike", told(first)),
        };
    }
    if alike.len() > MOST {
        let _ = writeln!(text, "  and {} more", counted(alike.len() - MOST, "kind"));
    }
    if alike.len() < report.failures.len() {
        let _ = writeln!(text, "  `--format json` lists each of them");
    }
    for failure in report.untold.iter().take(3) {
        let _ = writeln!(text, "? {}: {}", place(failure), one_line(&failure.difference.expected));
    }
    if !report.untold.is_empty() {
        let _ = writeln!(text, "  of {} the evaluator cannot tell", counted(report.untold.len(), "answer"));
    }
    if !report.failures.is_empty() || !report.untold.is_empty() {
        text.push('\n');
    }
    let held = &report.held;
    let tried = format!(
        "{} as {}, {} shown, {} masked",
        counted(held.probes, "probe"),
        if report.people == 1 { "1 person".to_owned() } else { format!("{} people", report.people) },
        counted(held.shown, "cell"),
        held.masked
    );
    let _ = match report.failures.len() {
        0 => writeln!(text, "{tried}: as declared"),
        failed => writeln!(text, "{tried}: {failed} not as declared"),
    };
    if !report.long.is_empty() {
        let names: Vec<String> = report.long.iter().map(|table| format!("`{table}`")).collect();
        let _ = writeln!(text, "{} tried in part: `--rows` takes more", names.join(", "));
    }
    text
}

/// The first of each audience, field and pair of answers, and how many more there are of it, in the order of the first ones.
fn alike(failures: &[Failure]) -> Vec<(&Failure, usize)> {
    let mut alike: Vec<(&Failure, usize)> = Vec::new();
    let mut places: HashMap<_, usize> = HashMap::new();
    for failure in failures {
        let Difference { object, field, expected, got, .. } = &failure.difference;
        match places.entry((&failure.persona, object, field, expected, got)) {
            Entry::Occupied(place) => alike[*place.get()].1 += 1,
            Entry::Vacant(place) => {
                place.insert(alike.len());
                alike.push((failure, 0));
            }
        }
    }
    alike
}

fn place(failure: &Failure) -> String {
    let difference = &failure.difference;
    let mut place = failure.persona.to_string();
    if !failure.case.is_empty() {
        let _ = write!(place, " ({})", one_line(&failure.case));
    }
    let _ = write!(place, ": {}", difference.object);
    if !difference.row.is_empty() {
        let _ = write!(place, "/{}", one_line(&difference.row.join("~")));
    }
    if let Some(field) = &difference.field {
        let _ = write!(place, ".{field}");
    }
    place
}

fn told(failure: &Failure) -> String {
    let difference = &failure.difference;
    format!("{}: expected: {}; got: {}", place(failure), one_line(&difference.expected), one_line(&difference.got))
}
