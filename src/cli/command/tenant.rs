//! `portalctl tenant`: the organisations behind the wall.

mod add;
mod set;

use crate::adapters::postgres::directory::{Directory, Tenant, TenantWanted};
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::directory::{open_directory, pick_tenant};
use crate::cli::project::{load, load_document};
use crate::cli::tenants::{self, TenantRules};
use crate::cli::{CliError, ExitCode, Format};
use add::AddArgs;
use set::SetArgs;

/// Manage the tenants of a running system
#[derive(Debug, clap::Subcommand)]
pub enum TenantVerb {
    /// Add a tenant that no document and no table of the business names
    ///
    /// `portalctl tenant add globex --key 17 --title "Globex Ltd"`, then `portalctl user invite` gives people a place there.
    /// Where the project has a table of tenants, add a row to that instead.
    Add(AddArgs),
    /// List the tenants, wherever they live, and how they stand now
    List(FormatArgs),
    /// Show one tenant
    Show(OneArgs),
    /// Change a tenant: its title, tier, parent, what is paid for, what its people see
    ///
    /// What is not named stays, and who gains or loses access by it is said. What a document or a table of the business says of
    /// a tenant is changed there.
    Set(SetArgs),
    /// Keep everybody of a tenant out, from the next request on
    Suspend(OneArgs),
    /// Let everybody of a suspended tenant in again
    Resume(OneArgs),
}

#[derive(Debug, clap::Args)]
pub struct FormatArgs {
    /// Choose the format of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, clap::Args)]
pub struct OneArgs {
    /// Name the tenant: its name, its key, or KIND:KEY
    #[arg(value_name = "NAME|KEY")]
    tenant: String,
    /// Choose the format of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub async fn run(context: &Context, verb: TenantVerb) -> Result<ExitCode, CliError> {
    let (folder, project) = load_document(context)?;
    let database = Database::open(context, &folder, &project).await?;
    let mut connection = database.url.connect().await?;
    let mut directory = open_directory(&mut connection, &project).await?;
    match verb {
        TenantVerb::Add(args) => {
            let kinds = load(context)?.model.map(|model| model.tenant_kinds);
            let alone = directory.one_key_one_tenant().await?;
            let rules = TenantRules { project: &project, kinds: kinds.as_ref(), alone };
            let tenant = tenants::check(&directory.tenants().await?, rules, args.newcomer())?;
            if let Err(error) = directory.add_tenant(&tenant).await {
                // Somebody else was first.
                tenants::check(&directory.tenants().await?, rules, tenant)?;
                return Err(error.into());
            }
            context.terminal.note(&format!("added tenant `{}`", tenant.name));
        }
        TenantVerb::List(args) => {
            let shown = tenants::list(&mut directory, &project).await?;
            context.terminal.data(&tenants::render(&shown, args.format))?;
        }
        TenantVerb::Show(args) => {
            let tenant = one(&mut directory, &args.tenant).await?;
            let mut shown = tenants::list(&mut directory, &project).await?;
            shown.retain(|shown| shown.tenant.id() == tenant.id());
            shown.iter().try_for_each(|one| context.terminal.data(&tenants::render_one(one, args.format)))?;
        }
        TenantVerb::Set(args) => set::run(context, &mut directory, args).await?,
        TenantVerb::Suspend(args) => set::suspended(context, &mut directory, (&project, &args.tenant), true).await?,
        TenantVerb::Resume(args) => set::suspended(context, &mut directory, (&project, &args.tenant), false).await?,
    }
    Ok(ExitCode::Done)
}

async fn one(directory: &mut Directory<'_>, wanted: &str) -> Result<Tenant, CliError> {
    let tenants = directory.tenants().await?;
    pick_tenant(&TenantWanted(wanted.to_owned()), &tenants).cloned()
}
