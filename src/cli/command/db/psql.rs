//! `portalctl db psql`.

use crate::cli::context::Context;
use crate::cli::database::start_local;
use crate::cli::{CliError, ExitCode, project};
use std::ffi::OsString;

pub async fn run(context: &Context, args: &[OsString]) -> Result<ExitCode, CliError> {
    let (folder, document) = project::load_document(context)?;
    let running = start_local(context, &folder, &document).await?;
    let mut psql = running.psql(document.name.value.as_str())?;
    psql.args(args);
    let _foreground = context.interrupts.leave_to_child();
    let mut child = tokio::process::Command::from(psql)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| CliError::database(format!("psql does not run: {error}")))?;
    let ended = child.wait().await.map_err(|error| CliError::database(format!("psql was lost: {error}")))?;
    running.end()?;
    // psql has said itself what was wrong.
    Ok(if ended.success() { ExitCode::Done } else { ExitCode::Database })
}
