//! `portalctl validate`: is the spec sound?

use crate::adapters::clock;
use crate::adapters::postgres::inspect::inspect;
use crate::check;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::project::{Project, check_elsewhere, load, render_options};
use crate::cli::{CliError, ExitCode, Format};
use crate::diagnostic::{Report, Severity, render_json, render_text};
use crate::plan::Touched;
use clap::ValueEnum;
use std::sync::Arc;

/// Check the spec and report every problem at its place
///
/// Exits 1 where something is found at or above the level.
#[derive(Debug, clap::Args)]
pub struct ValidateArgs {
    /// Fail on findings of this level and above
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    deny: Level,

    /// Check the database as well: that it holds what the spec names, and nothing that opens a way around it
    #[arg(long)]
    database: bool,

    /// Choose the format of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    Error,
    Warn,
    Info,
}

pub async fn run(context: &Context, args: &ValidateArgs) -> Result<ExitCode, CliError> {
    let mut project = load(context)?;
    check_elsewhere(&mut project)?;
    if args.database && !project.report.has_errors() {
        check_database(context, &mut project).await?;
    }
    let text = match args.format {
        Format::Text => render_text(&project.report, render_options(context.terminal.colors_data())),
        Format::Json => render_json(&project.report),
    };
    context.terminal.data(&text)?;
    let level = match args.deny {
        Level::Error => Severity::Error,
        Level::Warn => Severity::Warn,
        Level::Info => Severity::Info,
    };
    Ok(if project.report.reaches(level) { ExitCode::No } else { ExitCode::Done })
}

/// Adds what the live checks find; a spec with errors has nothing to be compared with.
async fn check_database(context: &Context, project: &mut Project) -> Result<(), CliError> {
    let Some(model) = &project.model else { return Ok(()) };
    let database = Database::open(context, &project.folder, project.document()?).await?;
    let mut connection = database.url.connect().await?;
    let live = inspect(&mut connection, &Touched::of(model)).await?;
    let mut findings = std::mem::take(&mut project.report.findings);
    findings.extend(check::run_live(model, &live, clock::now().date()));
    project.report = Report::new(Arc::clone(&model.sources), findings);
    Ok(())
}
