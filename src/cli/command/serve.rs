//! `portalctl serve`: run the portals.

use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::project::load_valid;
use crate::cli::running_site::{self, Listener, Manner};
use crate::cli::{CliError, ExitCode};
use std::sync::Arc;

/// Run the portals until Ctrl-C
///
/// Connects as the gateway and the issuer, by `PORTALCTL_GATEWAY_URL` and `PORTALCTL_ISSUER_URL`, else to the
/// project's database with the user replaced; never as an administrator.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// Listen on this address, or on this port of this machine; port 0 takes a free one
    #[arg(long, alias = "port", value_name = "[ADDRESS:]PORT")]
    listen: Option<String>,

    /// Believe a proxy about visitors' addresses; only where nobody reaches the site but through it
    #[arg(long)]
    behind_proxy: bool,

    /// Read templates anew for each page, and say on error pages what went wrong
    #[arg(long)]
    dev: bool,
}

pub async fn run(context: &Context, args: &ServeArgs) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let model = Arc::new(model);
    let listener = Listener::open(context, &project.folder, args.listen.as_deref()).await?;
    let database = Database::open_for_site(context, &project.folder, project.document()?).await?;
    let manner = Manner { dev: args.dev, behind_proxy: args.behind_proxy };
    let site = running_site::open(context, &project.folder, &model, &database, manner).await?;
    context.terminal.data(&format!("Serving on {}\n", listener.address))?;
    running_site::answer(context, (&project.folder, &model, &database), site, listener).await?;
    Ok(ExitCode::Done)
}
