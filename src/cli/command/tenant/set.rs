//! `portalctl tenant set`: what a tenant has of its own.

use super::one;
use crate::adapters::postgres::directory::Directory;
use crate::cli::context::Context;
use crate::cli::project::load_spec;
use crate::cli::{CliError, tenants};

#[derive(Debug, clap::Args)]
pub struct SetArgs {
    /// Name the tenant: its name, its key, or KIND:KEY
    #[arg(value_name = "NAME|KEY")]
    tenant: String,
    /// Set what its people see, as NAME=VALUE; without a value it goes back to the portal's
    ///
    /// The names are branding.name, branding.logo, branding.colors.primary, branding.colors.ink and
    /// branding.colors.paper.
    #[arg(long = "setting", value_name = "NAME=VALUE", required = true, value_parser = tenants::setting)]
    settings: Vec<(String, Option<String>)>,
}

pub async fn run(context: &Context, directory: &mut Directory<'_>, args: SetArgs) -> Result<(), CliError> {
    let tenant = one(directory, &args.tenant).await?;
    tenants::check_not_written(&load_spec(context)?, &tenant)?;
    directory.set_settings(&tenant, &args.settings.into_iter().collect()).await?;
    context.terminal.note(&format!("changed `{}` ({})", tenant.title, tenant.key));
    Ok(())
}

/// Suspends the tenant, or lets everybody in again.
///
/// # Errors
/// No tenant, or several, are meant; the server cannot be asked.
pub async fn suspended(
    context: &Context,
    directory: &mut Directory<'_>,
    wanted: &str,
    suspended: bool,
) -> Result<(), CliError> {
    let tenant = one(directory, wanted).await?;
    directory.set_suspended(&tenant, suspended).await?;
    let done = if suspended { "suspended" } else { "resumed" };
    context.terminal.note(&format!("{done} `{}` ({})", tenant.title, tenant.key));
    Ok(())
}
