//! `portalctl user`: people who sign in.

mod linking;
mod removing;
mod standing;
mod waiting;

use crate::adapters::serving;
use crate::cli::context::Context;
use crate::cli::database::Database;
use crate::cli::directory::open_directory;
use crate::cli::place::{Invitation, Wanted, check_keys, choose_open, invite, sign_in_url};
use crate::cli::project::{load_applied, load_valid};
use crate::cli::{CliError, ExitCode};
use linking::{InviteArgs, LinkArgs};
use removing::RemoveArgs;
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
    /// List people and their places, and how they stand now
    List(ListArgs),
    /// Take one place away from a person, who keeps the others
    Remove(RemoveArgs),
    /// Keep a person out of every place, from the next request on
    Disable(OneArgs),
    /// Let a disabled person in again
    Enable(OneArgs),
    /// Let somebody in who asked for it
    Approve(ApproveArgs),
    /// Turn somebody away who asked to be let in
    Reject(RejectArgs),
}

pub async fn run(context: &Context, verb: UserVerb) -> Result<ExitCode, CliError> {
    // Who gets a place is held against the documents. Whoever has one is in the database.
    let (project, model) = match &verb {
        UserVerb::Invite(_) => load_valid(context).map(|(project, model)| (project, Some(model)))?,
        _ => load_applied(context)?,
    };
    let document = project.document()?;
    let database = Database::open(context, &project.folder, document).await?;
    let mut connection = database.url.connect().await?;
    let mut directory = open_directory(&mut connection, document).await?;
    let (place, options) = match verb {
        UserVerb::Invite(args) => {
            let InviteArgs { email, persona, tenant, name, keys, link } = args;
            let keys = keys.into_iter().collect();
            let model = model.as_ref().ok_or_else(|| CliError::usage("the spec is invalid"))?;
            check_keys(&mut directory, model, &email, &keys).await?;
            (invite(&mut directory, model, &Invitation { email, persona, tenant, title: name, keys }).await?, link)
        }
        UserVerb::Link(args) => {
            let LinkArgs { email, portal, persona, tenant, link } = args;
            (choose_open(&mut directory, &Wanted { email, portal, persona, tenant }).await?, link)
        }
        UserVerb::Set(args) => return standing::set_superior(&mut directory, &args).await,
        UserVerb::List(args) => return standing::list(context, &mut directory, document.timezone(), args).await,
        UserVerb::Remove(args) => return removing::run(context, &mut directory, &project.spec, args).await,
        UserVerb::Disable(args) => return standing::switch(context, &mut directory, &args.email, true).await,
        UserVerb::Approve(args) => return waiting::approve(context, &mut directory, args).await,
        UserVerb::Reject(args) => return waiting::reject(context, &mut directory, args).await,
        UserVerb::Enable(args) => return standing::switch(context, &mut directory, &args.email, false).await,
    };
    let secret = directory.create_link(&place, Duration::from_secs(options.minutes * 60)).await?;
    let base = options.base_url.or_else(|| serving::address(&project.folder));
    let url = sign_in_url(model.as_ref(), &place, base.as_deref(), &secret);
    if url.starts_with('/') {
        context
            .terminal
            .note("no site of this project is running: put its address before the link, or say `--base-url`");
    }
    context.terminal.data(&format!("{url}\n"))?;
    Ok(ExitCode::Done)
}
