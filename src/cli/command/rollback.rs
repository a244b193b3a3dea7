//! `portalctl rollback`: apply again what was applied before.

use super::apply::told;
use crate::adapters::postgres::applied;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::project::load_document;
use crate::cli::rolling_back::{at_revision, at_state, chosen, list, take_over};
use crate::cli::{CliError, ExitCode, Format, provision, running_site};
use crate::plan::Hazard;

/// Apply the documents of an earlier state again: those applied before the last, or of a git revision
///
/// Shows who gains and who loses what by it, hazards and statements, and asks, as `apply` does. Tables and columns that the
/// earlier documents do not name stay, with what they hold, unless `--allow` names them. The project's folder is not
/// touched: its documents are still the later ones, and the next `apply` brings them back.
#[derive(Debug, clap::Args)]
pub struct RollbackArgs {
    /// Apply the documents that this git revision of the project here holds
    #[arg(value_name = "REVISION", conflicts_with = "state")]
    revision: Option<String>,

    /// Apply this state, by its number in `--list`
    #[arg(long, value_name = "NUMBER")]
    state: Option<i64>,

    /// List the states that were applied, the newest first, and change nothing
    #[arg(long, conflicts_with_all = ["revision", "state", "yes", "allow"])]
    list: bool,

    /// Choose the format of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Do not ask; covers the hazards widens, narrows and locks-table
    #[arg(long)]
    yes: bool,

    /// Allow a hazard by name: `locks-out=ROLE`, `destroys-data=NAME`, `lapses=PORTAL/AUDIENCE`
    #[arg(long, value_name = "HAZARD=NAME", value_parser = Hazard::parse)]
    allow: Vec<Hazard>,
}

pub async fn run(context: &Context, args: &RollbackArgs) -> Result<ExitCode, CliError> {
    let (folder, document) = load_document(context)?;
    let database = Database::open(context, &folder, &document).await?;
    let mut connection = database.url.connect().await?;
    let schema = document.control_schema();
    let states = applied::history(&mut connection, &schema).await?;
    if args.list {
        context.terminal.data(&list(&states, args.format))?;
        return Ok(ExitCode::Done);
    }
    let (mut model, commit) = match &args.revision {
        Some(revision) => at_revision(context, &folder, &document, revision)?,
        None => at_state(context, &mut connection, &schema, chosen(&states, args.state)?).await?,
    };
    let renamed = take_over(context, &mut connection, &schema, &mut model).await?;
    let allowed = args.allow.iter().cloned().collect();
    let origin =
        provision::Origin { commit, was_applied: states.iter().any(|state| state.spec_hash == model.spec_hash) };
    let wanted = provision::Wanted { model: &model, origin: Some(origin), allowed: &allowed, yes: args.yes };
    let receipt = provision::ask_and_make_true(context, wanted, &mut connection, &database.url).await?;
    if receipt.is_some() {
        running_site::tell_of_former(context, &folder, &database.url);
    }
    context.terminal.note(&told(receipt.map_or(0, |receipt| receipt.changes)));
    context.terminal.note("the folder's documents are as they were: `portalctl plan` says what they would bring back");
    renamed.iter().for_each(|line| context.terminal.note(line));
    Ok(ExitCode::Done)
}
