//! `portalctl user`: people who sign in.

mod standing;
mod waiting;

use crate::adapters::serving;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::directory::{named_value, open_directory, persona_name};
use crate::cli::place::{Invitation, Wanted, check_keys, choose, invite, sign_in_url};
use crate::cli::project::load_valid;
use crate::cli::{CliError, ExitCode};
use crate::names::PersonaName;
use standing::{ListArgs, OneArgs, SetArgs};
use std::time::Duration;
use waiting::{ApproveArgs, RejectArgs};

/// Invite people and make their sign-in links
#[derive(Debug, clap::Subcommand)]
pub enum UserVerb {
    /// Give a person a place in a tenant, and print a sign-in link
    Invite(InviteArgs),
    /// Print a one-time sign-in link for a person who has a place
    Link(LinkArgs),
    /// Say to whom an invited person reports
    Set(SetArgs),
    /// List people and their places
    List(ListArgs),
    /// Keep a person out of every place, from the next request on
    Disable(OneArgs),
    /// Let a disabled person in again
    Enable(OneArgs),
    /// Let somebody in who asked for it
    Approve(ApproveArgs),
    /// Turn somebody away who asked to be let in
    Reject(RejectArgs),
}

#[derive(Debug, clap::Args)]
pub struct InviteArgs {
    /// Name the person by e-mail address
    email: String,
    /// Choose the audience, as PORTAL/AUDIENCE
    #[arg(long = "as", value_name = "PORTAL/AUDIENCE", value_parser = persona_name)]
    persona: PersonaName,
    /// Choose the tenant: its name, its key, or KIND:KEY
    #[arg(long, value_name = "NAME|KEY")]
    tenant: Option<String>,
    /// Set the person's name, for greeting
    #[arg(long)]
    title: Option<String>,
    /// Set a key by which rows name the person, as NAME=VALUE; without it, their own id where the columns take text
    #[arg(long = "key", value_name = "NAME=VALUE", value_parser = named_value)]
    keys: Vec<(String, String)>,
    #[command(flatten)]
    link: LinkOptions,
}

#[derive(Debug, clap::Args)]
pub struct LinkArgs {
    /// Name the person by e-mail address
    email: String,
    /// Choose among the person's places by portal
    #[arg(long)]
    portal: Option<String>,
    /// Choose among the person's places by audience, as PORTAL/AUDIENCE
    #[arg(long = "as", value_name = "PORTAL/AUDIENCE", value_parser = persona_name)]
    persona: Option<PersonaName>,
    /// Choose among the person's places by tenant: its name, its key, or KIND:KEY
    #[arg(long, value_name = "NAME|KEY")]
    tenant: Option<String>,
    #[command(flatten)]
    link: LinkOptions,
}

#[derive(Debug, clap::Args)]
struct LinkOptions {
    /// Let the link work for so many minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=10_080))]
    minutes: u64,
    /// Begin the link with this address instead of the running site's or the portal's host
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

pub async fn run(context: &Context, verb: UserVerb) -> Result<ExitCode, CliError> {
    let (project, model) = load_valid(context)?;
    let document = project.document()?;
    let database = Database::open(context, &project.folder, document).await?;
    let mut connection = database.url.connect().await?;
    let mut directory = open_directory(&mut connection, document).await?;
    let (place, options) = match verb {
        UserVerb::Invite(args) => {
            let InviteArgs { email, persona, tenant, title, keys, link } = args;
            let keys = keys.into_iter().collect();
            check_keys(&mut directory, &model, &email, &keys).await?;
            (invite(&mut directory, &model, &Invitation { email, persona, tenant, title, keys }).await?, link)
        }
        UserVerb::Link(args) => {
            let LinkArgs { email, portal, persona, tenant, link } = args;
            (choose(&mut directory, &Wanted { email, portal, persona, tenant }).await?, link)
        }
        UserVerb::Set(args) => return standing::set_superior(&mut directory, &args).await,
        UserVerb::List(args) => return standing::list(context, &mut directory, args).await,
        UserVerb::Disable(args) => return standing::switch(context, &mut directory, &args.email, true).await,
        UserVerb::Approve(args) => return waiting::approve(context, &mut directory, args).await,
        UserVerb::Reject(args) => return waiting::reject(context, &mut directory, args).await,
        UserVerb::Enable(args) => return standing::switch(context, &mut directory, &args.email, false).await,
    };
    let secret = directory.create_link(&place, Duration::from_secs(options.minutes * 60)).await?;
    let base = options.base_url.or_else(|| serving::address(&project.folder));
    let url = sign_in_url(&model, &place, base.as_deref(), &secret);
    if url.starts_with('/') {
        context
            .terminal
            .note("no site of this project is running: put its address before the link, or say `--base-url`");
    }
    context.terminal.data(&format!("{url}\n"))?;
    Ok(ExitCode::Done)
}
