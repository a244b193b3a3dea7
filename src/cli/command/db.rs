//! `portalctl db`: the project's private local database, and the logins of the site.

mod credentials;
mod psql;
mod status;

use crate::adapters::local_postgres::{SUPERUSER, Status};
use crate::cli::context::Context;
use crate::cli::database::{local_cluster, start_local};
use crate::cli::{CliError, ExitCode, Format, project};
use std::ffi::OsString;

/// Manage the project's private local database, and the passwords of the site's logins
#[derive(Debug, clap::Subcommand)]
pub enum DbVerb {
    /// Start the server, and keep it running until `db stop`
    Start,
    /// Stop the server, whoever uses it
    Stop,
    /// Say whether the server runs, and where it lies
    Status {
        /// Choose the format of the output
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
    /// Print the administrator's URL of the running server
    Url,
    /// Open psql as the administrator, starting the server for as long as that takes
    Psql {
        /// Run this statement instead, and end; may be repeated
        #[arg(short, long = "command", value_name = "SQL")]
        command: Vec<String>,
        /// Pass these arguments to psql, after `--`
        #[arg(last = true, value_name = "ARGS")]
        args: Vec<OsString>,
    },
    Credentials(credentials::CredentialsArgs),
}

pub async fn run(context: &Context, verb: DbVerb) -> Result<ExitCode, CliError> {
    let local = !matches!(verb, DbVerb::Credentials(_));
    if local && context.url_is_written() {
        return Err(CliError::usage("`db` manages the private local database and takes no `--database-url`"));
    }
    if local && context.database_url()?.is_some() && !matches!(verb, DbVerb::Url) {
        context.terminal.warn("`DATABASE_URL` is set: other commands use that database, not the private local one");
    }
    match verb {
        DbVerb::Start => start(context).await,
        DbVerb::Stop => stop(context).await,
        DbVerb::Status { format } => status::run(context, format),
        DbVerb::Url => url(context),
        DbVerb::Psql { command, args } => {
            let commands = command.into_iter().map(|sql| OsString::from(format!("--command={sql}")));
            psql::run(context, &commands.chain(args).collect::<Vec<_>>()).await
        }
        DbVerb::Credentials(args) => credentials::run(context, &args).await,
    }
}

async fn start(context: &Context) -> Result<ExitCode, CliError> {
    let (folder, document) = project::load_document(context)?;
    let running = start_local(context, &folder, &document).await?;
    running.keep()?;
    let said = if running.started { "started" } else { "was running already; stays so" };
    context.terminal.note(&format!("the private PostgreSQL {said} until `portalctl db stop`"));
    Ok(ExitCode::Done)
}

async fn stop(context: &Context) -> Result<ExitCode, CliError> {
    let cluster = local_cluster(&context.project_folder()?)?;
    let stopped = cluster.stop().await?;
    let said = if stopped { "stopped the private PostgreSQL" } else { "the private PostgreSQL was not running" };
    context.terminal.note(said);
    Ok(ExitCode::Done)
}

fn url(context: &Context) -> Result<ExitCode, CliError> {
    let (folder, document) = project::load_document(context)?;
    let Status::Running { address, .. } = local_cluster(&folder)?.status()? else {
        return Err(CliError::database("the private PostgreSQL is not running").hint("run `portalctl db start`"));
    };
    context.terminal.data(&format!("{}\n", address.url(SUPERUSER, document.name.value.as_str())))?;
    Ok(ExitCode::Done)
}
