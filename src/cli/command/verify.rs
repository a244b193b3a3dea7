//! `portalctl verify`: is the database as the access model says?

use crate::cli::context::Context;
use crate::cli::project::load_valid;
use crate::cli::verifying::{render, verify};
use crate::cli::{CliError, ExitCode, Format};

/// Act as people of every audience on the live database, and compare what they are shown with the access model
///
/// For each audience some people of different tenants are chosen, and on the gateway's connection, with a signed context
/// like the site's, every row and every field of every object is read as them. Each answer is held against the evaluator,
/// which interprets the access model over the same rows. All is read in one snapshot and nothing is changed; every context
/// is written to the audit log. Exits 1 where something is not as declared. Where somebody is shown a row that they should
/// not see, that row's key is told, and nothing else of it. Rows are also read with the administrator's rights, and of a view
/// that means that functions in it run with them.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// Choose so many people of each audience, of different tenants first
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=1000))]
    people: u16,

    /// Try so many rows of each table; of a longer one these and as many of those that somebody is shown
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rows: u32,

    /// Choose the format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub async fn run(context: &Context, args: &VerifyArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let extent = (usize::from(args.people), usize::try_from(args.rows).unwrap_or(usize::MAX));
    let report = verify(context, &project, &model, extent).await?;
    context.terminal.data(&render(&report, args.format))?;
    Ok(if report.failures.is_empty() { ExitCode::Done } else { ExitCode::No })
}
