//! `portalctl outbox`: writes that wait for another system.

use crate::adapters::postgres::outbox::Outbox;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::delivery;
use crate::cli::directory::open_directory;
use crate::cli::project::{load_document, load_valid};
use crate::cli::target::unknown;
use crate::cli::writes::{counted, render, retried};
use crate::cli::{CliError, ExitCode, Format};
use crate::names::SystemName;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::collections::BTreeMap;

/// Hand writes to the systems they belong to
#[derive(Debug, clap::Subcommand)]
pub enum OutboxVerb {
    /// List the writes that wait, failed or are in conflict
    List(ListArgs),
    /// Post what is due to the addresses of the integrations, once through
    ///
    /// A write is posted at least once, and changes of one row in their order. Ends with 1 where a system refused one.
    Deliver(DeliverArgs),
    /// Let a write be tried again, at once and as often as a new one
    Retry(RetryArgs),
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// List the writes in this state instead
    #[arg(long, value_name = "STATE")]
    state: Option<State>,
    /// Choose the format of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum State {
    Pending,
    Sent,
    Failed,
    Conflict,
}

#[derive(Debug, clap::Args)]
pub struct DeliverArgs {
    /// Deliver to this system alone
    #[arg(long)]
    system: Option<String>,
    /// Stop after so many writes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

#[derive(Debug, clap::Args)]
pub struct RetryArgs {
    /// Name the write, as `outbox list` shows it
    #[arg(required_unless_present = "failed")]
    id: Option<i64>,
    /// Retry all that have failed
    #[arg(long, conflicts_with = "id")]
    failed: bool,
}

pub async fn run(context: &Context, verb: OutboxVerb) -> Result<ExitCode, CliError> {
    let (folder, document) = load_document(context)?;
    let database = Database::open(context, &folder, &document).await?;
    let mut connection = database.url.connect().await?;
    open_directory(&mut connection, &document).await?;
    let mut outbox = Outbox::new(&mut connection, &document.name.value, &document.control_schema());
    match verb {
        OutboxVerb::List(args) => {
            let state = args.state.and_then(|state| state.to_possible_value());
            let writes = outbox.list(state.as_ref().map(PossibleValue::get_name)).await?;
            context.terminal.data(&render(&writes, args.format))?;
        }
        OutboxVerb::Retry(RetryArgs { id: Some(id), .. }) => {
            context.terminal.note(&retried(id, outbox.retry(id).await?)?);
        }
        OutboxVerb::Retry(RetryArgs { id: None, .. }) => {
            let (again, overtaken) = outbox.retry_failed().await?;
            context.terminal.note(&format!("{} tried again", counted(again, "is", "are")));
            if overtaken > 0 {
                let overtaken = counted(overtaken.unsigned_abs(), "is", "are");
                context.terminal.warn(&format!("{overtaken} not: the other system has a later change of the row"));
            }
        }
        OutboxVerb::Deliver(args) => return deliver(context, &mut outbox, &args).await,
    }
    Ok(ExitCode::Done)
}

async fn deliver(context: &Context, outbox: &mut Outbox<'_>, args: &DeliverArgs) -> Result<ExitCode, CliError> {
    let (_, model) = load_valid(context)?;
    let mut integrations: BTreeMap<_, _> = model.integrations.iter().collect();
    if let Some(system) = &args.system {
        if !model.integrations.contains_key(system.as_str()) {
            return Err(unknown("integration", system, model.integrations.keys().map(SystemName::as_str)));
        }
        integrations.retain(|name, _| name.as_str() == system);
    }
    let known: Vec<SystemName> = model.integrations.keys().cloned().collect();
    let elsewhere = outbox.waiting_elsewhere(&known).await?;
    if elsewhere > 0 {
        let writes = counted(elsewhere.unsigned_abs(), "waits", "wait");
        context.terminal.warn(&format!("{writes} for a system that no portal has an integration for"));
    }
    let passed = delivery::pass(outbox, &integrations, args.limit, |said| context.terminal.detail(&said)).await?;
    let delivery::Passed { sent, conflict, failed, later } = passed;
    context.terminal.note(&format!("{sent} sent, {later} to try again, {failed} failed, {conflict} in conflict"));
    Ok(if failed + conflict > 0 { ExitCode::No } else { ExitCode::Done })
}
