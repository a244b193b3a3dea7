//! `portalctl retention`: rows that have been kept for as long as they are to be kept.

use crate::adapters::clock;
use crate::adapters::postgres::Connection;
use crate::adapters::postgres::inspect::inspect;
use crate::adapters::postgres::retention::Retentions;
use crate::check;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::directory::open_directory;
use crate::cli::project::{load_valid, render_options};
use crate::cli::retention::{self, Kept};
use crate::cli::{CliError, ExitCode, Format};
use crate::diagnostic::{Report, render_text};
use crate::model::AccessModel;
use crate::plan::Touched;
use std::sync::Arc;

/// Delete or make anonymous what has been kept long enough
#[derive(Debug, clap::Subcommand)]
pub enum RetentionVerb {
    /// List the objects whose rows are not kept for ever, and how many rows are due
    List(ListArgs),
    /// Do what is due, in batches
    ///
    /// Shows what there is to do and asks. What was noted of the rows in the audit log goes with them.
    Run(RunArgs),
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Choose the format of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Name objects; all with a retention where none is named
    #[arg(value_name = "OBJECT")]
    objects: Vec<String>,
    /// Show what is due and do nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Choose the format of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub async fn run(context: &Context, verb: RetentionVerb) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let kept = match &verb {
        RetentionVerb::List(_) => retention::kept(&model, &[])?,
        RetentionVerb::Run(args) => retention::kept(&model, &args.objects)?,
    };
    let database = Database::open(context, &project.folder, project.document()?).await?;
    let mut connection = database.url.connect().await?;
    open_directory(&mut connection, project.document()?).await?;
    refuse_blocked(context, &model, &mut connection).await?;
    let mut retentions = Retentions::new(&mut connection, &model);
    let mut due = Vec::new();
    for Kept { object, retention } in &kept {
        due.push(retentions.due(object, retention).await?);
    }
    let (format, args) = match verb {
        RetentionVerb::List(args) => (args.format, None),
        RetentionVerb::Run(args) => (args.format, Some(args)),
    };
    context.terminal.data(&retention::render(&kept, &due, format))?;
    let rows: i64 = due.iter().map(|due| due.due).sum();
    if let Some(args) = args.filter(|args| !args.dry_run && rows > 0) {
        retention::agree(context, args.yes, rows).await?;
        retention::carry_out(context, &mut retentions, &kept).await?;
    }
    Ok(ExitCode::Done)
}

/// A foreign key that is new since the last `apply` must not take along what nobody decided about.
async fn refuse_blocked(context: &Context, model: &AccessModel, connection: &mut Connection) -> Result<(), CliError> {
    let live = inspect(connection, &Touched::of(model)).await?;
    let mut findings = check::run_live(model, &live, clock::now().date());
    findings.retain(|finding| finding.id == "retention-blocked");
    if findings.is_empty() {
        return Ok(());
    }
    let report = Report::new(Arc::clone(&model.sources), findings);
    context.terminal.report(&render_text(&report, render_options(context.terminal.colors_talk())));
    Err(CliError::refused("the database does not let the retention be carried out"))
}
