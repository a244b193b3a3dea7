//! `portalctl tenant set`, `suspend` and `resume`: what a tenant has of its own, and who gains or loses access by it.

use super::one;
use crate::adapters::postgres::directory::{Directory, Tenant, TenantWanted};
use crate::cli::context::Context;
use crate::cli::directory::{or_none, pick_tenant};
use crate::cli::project::load;
use crate::cli::tenant_change::{self, Changes};
use crate::cli::{CliError, standing, tenants};
use crate::diagnostic::one_line;
use crate::spec::document::ProjectDoc;

#[derive(Debug, clap::Args)]
pub struct SetArgs {
    /// Name the tenant: its name, its key, or KIND:KEY
    #[arg(value_name = "NAME|KEY")]
    tenant: String,
    #[command(flatten)]
    what: WhatArgs,
}

#[derive(Debug, clap::Args)]
#[group(id = "what", required = true, multiple = true)]
struct WhatArgs {
    /// Set the title that people see
    #[arg(long)]
    title: Option<String>,
    /// Set the tier that grants with `min_tier` ask for: one of the project's `tiers`, or `none`
    #[arg(long, value_name = "TIER")]
    tier: Option<String>,
    /// Put the tenant below this one, whose people see its rows by the scope `tenant_tree`: its name, its key, or KIND:KEY;
    /// `none` takes it out again
    #[arg(long, value_name = "NAME|KEY")]
    parent: Option<String>,
    /// Set the first day that is not paid for, as YYYY-MM-DD, or `none`: from it on a portal's `lifecycle` lets people lapse
    #[arg(long = "until", visible_alias = "paid-until", value_name = "DATE", value_parser = tenants::day)]
    paid_until: Option<tenants::Day>,
    /// Set what its people see of the site, as NAME=VALUE; `NAME=` goes back to the portal's own
    ///
    /// The names are branding.name, branding.logo, branding.colors.primary, branding.colors.ink and
    /// branding.colors.paper.
    #[arg(long = "setting", value_name = "NAME=VALUE", value_parser = tenants::setting)]
    settings: Vec<(String, Option<String>)>,
}

pub async fn run(context: &Context, directory: &mut Directory<'_>, args: SetArgs) -> Result<(), CliError> {
    let project = load(context)?;
    let document = project.document()?;
    let all = directory.tenants().await?;
    let tenant = pick_tenant(&TenantWanted(args.tenant), &all)?.clone();
    let WhatArgs { title, tier, parent, paid_until, settings } = args.what;
    let changes = Changes {
        title,
        tier: tier.map(or_none),
        parent: parent
            .map(or_none)
            .map(|parent| parent.map(|parent| tenant_change::parent(&all, &tenant, &parent)).transpose())
            .transpose()?,
    };
    // Everything is held against what is declared before anything is changed.
    changes.check(&project.spec, &tenant)?;
    if !settings.is_empty() {
        tenant_change::check_not_written(&project.spec, &tenant)?;
    }
    if paid_until.is_some() {
        tenant_change::check_carries_a_day(&project.spec, &tenant)?;
    }
    let people = directory.people(document.timezone()).await?;
    let settings = settings.into_iter().collect();
    let fields = changes.fields(paid_until.as_ref().map(|day| day.0.as_deref()), &settings);
    tenant_change::outcome(directory.change_tenant(&tenant, &fields).await?, &tenant)?;
    note(context, "changed", &tenant);
    let mut told = tenant_change::told(project.model.as_ref(), &tenant, &changes, (&all, &people));
    if paid_until.is_some() {
        told.extend(tenant_change::day_told(project.model.as_ref(), &tenant));
    }
    told.extend(standing::effect(&tenant, &people, &directory.people(document.timezone()).await?));
    told.iter().for_each(|line| context.terminal.note(&format!("  {line}")));
    Ok(())
}

/// Suspends the tenant, or lets everybody in again.
///
/// # Errors
/// No tenant, or several, are meant; the server cannot be asked.
pub async fn suspended(
    context: &Context,
    directory: &mut Directory<'_>,
    (project, wanted): (&ProjectDoc, &str),
    suspended: bool,
) -> Result<(), CliError> {
    let tenant = one(directory, wanted).await?;
    let people = directory.people(project.timezone()).await?;
    directory.set_suspended(&tenant, suspended).await?;
    note(context, if suspended { "suspended" } else { "resumed" }, &tenant);
    let now = directory.people(project.timezone()).await?;
    standing::effect(&tenant, &people, &now).iter().for_each(|line| context.terminal.note(&format!("  {line}")));
    Ok(())
}

fn note(context: &Context, done: &str, tenant: &Tenant) {
    context.terminal.note(&format!("{done} `{}` ({})", one_line(&tenant.title), one_line(&tenant.key)));
}
