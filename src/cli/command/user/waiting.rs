//! Those who ask to be let in.

use crate::adapters::postgres::directory::Directory;
use crate::cli::context::Context;
use crate::cli::people;
use crate::cli::{CliError, ExitCode};
use crate::diagnostic::one_line;

#[derive(Debug, clap::Args)]
pub struct ApproveArgs {
    /// Name the one who waits by id, or by how it begins
    id: String,
    /// Choose the tenant: its name, its key, or KIND:KEY; a new one where it is left out
    #[arg(long, value_name = "NAME|KEY")]
    tenant: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct RejectArgs {
    /// Name the one who waits by id, or by how it begins
    id: String,
    /// Say why, for the record; they are not told
    #[arg(long)]
    note: Option<String>,
}

pub async fn approve(
    context: &Context,
    directory: &mut Directory<'_>,
    args: ApproveArgs,
) -> Result<ExitCode, CliError> {
    let one = people::pick_waiting(directory, &args.id).await?;
    people::approve(directory, &one, args.tenant).await?;
    let email = one_line(&one.email);
    let hint = format!("`portalctl user link {email}` makes a link to sign in");
    context.terminal.note(&format!("let in `{email}` as {}; {hint}", one.persona));
    Ok(ExitCode::Done)
}

pub async fn reject(context: &Context, directory: &mut Directory<'_>, args: RejectArgs) -> Result<ExitCode, CliError> {
    let one = people::pick_waiting(directory, &args.id).await?;
    people::reject(directory, &one, args.note.as_deref().unwrap_or_default()).await?;
    context.terminal.note(&format!("turned away `{}`", one_line(&one.email)));
    Ok(ExitCode::Done)
}
