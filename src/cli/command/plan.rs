//! `portalctl plan`: what `apply` would do.

use crate::adapters::files::write_whole;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::project::load_valid;
use crate::cli::{CliError, ExitCode, assertions, provision};
use crate::diagnostic::escape;
use crate::model::AccessModel;
use crate::plan::{Hazard, Plan};
use clap::ValueEnum;
use std::path::PathBuf;

/// Say what `apply` would do: who gains or loses access, hazards, statements
///
/// Changes nothing. Exits 0, or with `--exit-code` 1 where there is something to do.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// Save the plan, for `portalctl apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Choose the format of the plan
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PlanFormat,

    /// Plan to drop what no document names any more: `destroys-data=SCHEMA.TABLE[.COLUMN]`
    #[arg(long, value_name = "HAZARD=NAME", value_parser = Hazard::parse)]
    allow: Vec<Hazard>,

    /// Exit 1 where there is something to do
    #[arg(long)]
    exit_code: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// What `apply` runs, for `psql -1 -f`.
    Sql,
}

pub async fn run(context: &Context, args: &PlanArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let database = Database::open(context, &project.folder, project.document()?).await?;
    let mut connection = database.url.connect().await?;
    let plan = provision::plan(context, &model, &mut connection, &args.allow.iter().cloned().collect()).await?;
    if let Some(path) = &args.out {
        write_whole(path, &json(&plan, &model)).map_err(|error| CliError::file("write", path, &error))?;
        context.terminal.note(&format!("saved the plan: `portalctl apply {}`", path.display()));
    }
    context.terminal.data(&match args.format {
        PlanFormat::Text => plan.to_text(),
        PlanFormat::Json => json(&plan, &model),
        PlanFormat::Sql => plan.to_sql(&model),
    })?;
    assertions::hold(context, &model, &assertions::against_revisions(context, &model)?, &plan)?;
    Ok(if args.exit_code && !plan.changes.is_empty() { ExitCode::No } else { ExitCode::Done })
}

fn json(plan: &Plan, model: &AccessModel) -> String {
    format!("{}\n", escape::json(&format!("{:#}", plan.to_json(model))))
}
