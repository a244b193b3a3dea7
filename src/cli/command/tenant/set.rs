//! `portalctl tenant set`: what a tenant has of its own.

use super::one;
use crate::adapters::postgres::directory::{Directory, Tenant};
use crate::cli::context::Context;
use crate::cli::project::load_spec;
use crate::cli::{CliError, tenants};

#[derive(Debug, clap::Args)]
#[group(id = "what", required = true, multiple = true, args = ["settings", "paid_until"])]
pub struct SetArgs {
    /// Name the tenant: its name, its key, or KIND:KEY
    #[arg(value_name = "NAME|KEY")]
    tenant: String,
    /// Set what its people see, as NAME=VALUE; without a value it goes back to the portal's
    ///
    /// The names are branding.name, branding.logo, branding.colors.primary, branding.colors.ink and
    /// branding.colors.paper.
    #[arg(long = "setting", value_name = "NAME=VALUE", value_parser = tenants::setting)]
    settings: Vec<(String, Option<String>)>,
    /// Set the first day that is not paid for, as YYYY-MM-DD, or `none`
    #[arg(long, value_name = "DATE", value_parser = tenants::day)]
    paid_until: Option<tenants::Day>,
}

pub async fn run(context: &Context, directory: &mut Directory<'_>, args: SetArgs) -> Result<(), CliError> {
    let tenant = one(directory, &args.tenant).await?;
    let spec = load_spec(context)?;
    if !args.settings.is_empty() {
        tenants::check_not_written(&spec, &tenant)?;
    }
    if let Some(day) = &args.paid_until {
        tenants::check_carries_a_day(&spec, &tenant)?;
        directory.set_paid_until(&tenant, day.0.as_deref()).await?;
    }
    if !args.settings.is_empty() {
        directory.set_settings(&tenant, &args.settings.into_iter().collect()).await?;
    }
    note(context, "changed", &tenant);
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
    note(context, if suspended { "suspended" } else { "resumed" }, &tenant);
    Ok(())
}

fn note(context: &Context, done: &str, tenant: &Tenant) {
    context.terminal.note(&format!("{done} `{}` ({})", tenant.title, tenant.key));
}
