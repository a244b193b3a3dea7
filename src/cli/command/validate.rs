//! `portalctl validate`: is the spec sound?

use crate::cli::context::Context;
use crate::cli::project::{load, render_options};
use crate::cli::{CliError, ExitCode, Format};
use crate::diagnostic::{Severity, render_json, render_text};
use clap::ValueEnum;

/// Check the spec and report every problem at its place
///
/// Exits 1 where something is found at or above the level.
#[derive(Debug, clap::Args)]
pub struct ValidateArgs {
    /// Fail on findings of this level and above
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    deny: Level,

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

pub fn run(context: &Context, args: &ValidateArgs) -> Result<ExitCode, CliError> {
    let project = load(context)?;
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
