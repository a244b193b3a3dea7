//! `portalctl drift`: is the database as it was applied?

use crate::adapters::postgres::applied;
use crate::adapters::postgres::planning::{PlanError, survey};
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::project::load_document;
use crate::cli::{CliError, ExitCode, Format, provision};
use crate::plan::{AppliedState, Former};
use std::collections::BTreeSet;

/// Show what in the database is not as it was applied; exit 1 where something is
///
/// Compares with the documents that were applied last, whatever the project's folder holds by now. Changes nothing.
#[derive(Debug, clap::Args)]
pub struct DriftArgs {
    /// Choose the format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub async fn run(context: &Context, args: &DriftArgs) -> Result<ExitCode, CliError> {
    let (folder, document) = load_document(context)?;
    let database = Database::open(context, &folder, &document).await?;
    let mut connection = database.url.connect().await?;
    let last = applied::last(&mut connection, &document.control_schema()).await?;
    let state = last.filter(|state| state.is_current).ok_or_else(|| {
        CliError::usage("nothing is known of the documents that were applied last")
            .hint("`portalctl plan` compares with the documents here; `portalctl apply` keeps what it applies")
    })?;
    let former = state.resolve().map_err(|why| {
        CliError::usage(format!("{} cannot be read by this version: {why}", state.words()))
            .hint(format!("use portalctl {}, which applied it", state.portalctl.escape_debug()))
    })?;
    let survey = survey(&mut connection, &former, &BTreeSet::new()).await?;
    let plan = match survey.plan {
        // A table or a column that was there is gone, or is another.
        Err(PlanError::Compile(error)) => return unfit(context, &state, &error.to_string(), args.format),
        plan => plan.map_err(|error| provision::explain(context, error))?,
    };
    let Former::Known(since) = &plan.former else {
        return Err(CliError::usage("another `apply` has just ended").hint("ask again"));
    };
    context.terminal.data(&match args.format {
        Format::Text => since.drift_text(&plan.names),
        Format::Json => {
            let (found, unknown) = (since.drift.as_ref().ok(), since.drift.as_ref().err());
            format!("{}\n", serde_json::json!({ "since": since.state, "drift": found, "drift_unknown": unknown }))
        }
    })?;
    Ok(if since.is_drifted() { ExitCode::No } else { ExitCode::Done })
}

/// The tables no longer fit what was applied, so that nothing can be compared.
fn unfit(context: &Context, state: &AppliedState, why: &str, format: Format) -> Result<ExitCode, CliError> {
    context.terminal.data(&match format {
        Format::Text => format!(
            "drift: the tables no longer fit what was applied: {why}\n  \
             set it back, or change the documents and `portalctl apply` them; until then the portals may fail on it\n"
        ),
        Format::Json => {
            format!("{}\n", serde_json::json!({ "since": state, "drift": null, "drift_unknown": why }))
        }
    })?;
    Ok(ExitCode::No)
}
