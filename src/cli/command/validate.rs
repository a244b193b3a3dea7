//! `portalctl validate`: is the spec sound?

use crate::cli::context::Context;
use crate::cli::mending::mend;
use crate::cli::project::{Project, check_database, check_elsewhere, load, outlive, render_options};
use crate::cli::{CliError, ExitCode, check_pages, rerun};
use crate::diagnostic::{
    Finding, Severity, render_github, render_json, render_junit, render_sarif, render_text, summary_line,
};
use crate::spec::FINDINGS;
use clap::ValueEnum;

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

    /// Mend what can be mended without a decision of yours, and report what is left
    ///
    /// Shows the changes and asks first. No fix gives anybody access.
    #[arg(long)]
    fix: bool,

    /// Do not ask before mending
    #[arg(long, requires = "fix")]
    yes: bool,

    /// Check again whenever a document changes, until Ctrl-C
    ///
    /// Every check writes a whole report. On a terminal each begins on an empty screen.
    #[arg(long, conflicts_with = "fix")]
    watch: bool,

    /// Choose the format of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ReportFormat {
    /// For people
    Text,
    /// For programs; lines and columns count from 1, and each character is a column, a tab as well
    Json,
    /// For code hosts: SARIF 2.1.0
    Sarif,
    /// For CI that shows tests: JUnit XML
    Junit,
    /// For GitHub Actions: annotations beside the lines
    Github,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    Error,
    Warn,
    Info,
}

pub async fn run(context: &Context, args: &ValidateArgs) -> Result<ExitCode, CliError> {
    if args.watch {
        return rerun::on_change(context, || async { Ok(check(context, args).await?.0) }).await;
    }
    let (code, project) = check(context, args).await?;
    outlive(project);
    Ok(code)
}

async fn check(context: &Context, args: &ValidateArgs) -> Result<(ExitCode, Project), CliError> {
    let mut project = load(context)?;
    if args.fix {
        project = mend(context, project, args.yes).await?;
    }
    check_elsewhere(&mut project)?;
    if args.database && !project.report.has_errors() {
        check_database(context, &mut project).await?;
    }
    let level = match args.deny {
        Level::Error => Severity::Error,
        Level::Warn => Severity::Warn,
        Level::Info => Severity::Info,
    };
    let report = &project.report;
    let text = match args.format {
        ReportFormat::Text => render_text(report, render_options(context.terminal.colors_data())),
        ReportFormat::Json => render_json(report),
        ReportFormat::Sarif => render_sarif(report, &check_pages::all(), &context.path_to(&project.folder)),
        ReportFormat::Junit => render_junit(report, level),
        ReportFormat::Github => render_github(report, &context.path_to(&project.folder)),
    };
    // That nothing was found is no data for people who want to hear of errors alone.
    if !(context.terminal.is_quiet() && matches!(args.format, ReportFormat::Text) && report.findings.is_empty()) {
        context.terminal.data(&text)?;
    }
    context.terminal.note(&format!("checked {}: {}", project.spec.read, summary_line(report.summary())));
    let is_unread =
        |finding: &Finding| finding.severity == Severity::Error && FINDINGS.iter().any(|kind| kind.id == finding.id);
    if report.findings.iter().any(is_unread) {
        context.terminal.note("  what hangs on those that could not be understood is checked once they are mended");
    }
    if report.mendable() > 0 {
        let them =
            if report.mendable() == 1 { "one of them".to_owned() } else { format!("{} of them", report.mendable()) };
        context.terminal.note(&format!("`portalctl validate --fix` mends {them}"));
    }
    let code = if report.reaches(level) { ExitCode::No } else { ExitCode::Done };
    Ok((code, project))
}
