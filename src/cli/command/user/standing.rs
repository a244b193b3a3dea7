//! Who there is, who is kept out, and who reports to whom.

use crate::adapters::postgres::directory::Directory;
use crate::cli::context::Context;
use crate::cli::people::{self, WantedPeople};
use crate::cli::{CliError, ExitCode, Format};

#[derive(Debug, clap::Args)]
pub struct SetArgs {
    /// Name the person by e-mail address
    email: String,
    /// Name the superior by e-mail address; nobody where it is empty
    #[arg(long, value_name = "EMAIL")]
    reports_to: String,
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// List people of this portal alone
    #[arg(long)]
    pub portal: Option<String>,
    /// List people of this tenant alone: its name, its key, or KIND:KEY
    #[arg(long, value_name = "NAME|KEY")]
    pub tenant: Option<String>,
    /// List those who ask to be let in, and wait for an answer
    #[arg(long, conflicts_with = "tenant")]
    pub waiting: bool,
    /// Choose the format of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, clap::Args)]
pub struct OneArgs {
    /// Name the person by e-mail address
    pub email: String,
}

pub async fn list(
    context: &Context,
    directory: &mut Directory<'_>,
    timezone: &str,
    args: ListArgs,
) -> Result<ExitCode, CliError> {
    let ListArgs { portal, tenant, waiting, format } = args;
    if waiting {
        let found = people::waiting(directory, portal.as_deref()).await?;
        context.terminal.data(&people::render_waiting(&found, format))?;
        return Ok(ExitCode::Done);
    }
    let found = people::list(directory, WantedPeople { timezone, portal, tenant }).await?;
    context.terminal.data(&people::render(&found, format))?;
    Ok(ExitCode::Done)
}

pub async fn switch(
    context: &Context,
    directory: &mut Directory<'_>,
    email: &str,
    disabled: bool,
) -> Result<ExitCode, CliError> {
    people::set_disabled(directory, email, disabled).await?;
    context.terminal.note(&format!("{} `{email}`", if disabled { "disabled" } else { "enabled" }));
    Ok(ExitCode::Done)
}

pub async fn set_superior(directory: &mut Directory<'_>, args: &SetArgs) -> Result<ExitCode, CliError> {
    let superior = Some(args.reports_to.as_str()).filter(|email| !email.is_empty());
    if directory.set_superior(&args.email, superior).await? {
        return Ok(ExitCode::Done);
    }
    let who = format!("`{}` or `{}`", args.email.escape_debug(), args.reports_to.escape_debug());
    Err(CliError::usage(format!("nobody was invited as {who}"))
        .hint("people of a table of the business report to whom its `reports_to` column says"))
}
