//! What `user invite` and `user link` are told.

use crate::cli::directory::{named_value, persona_name};
use crate::names::PersonaName;

#[derive(Debug, clap::Args)]
pub struct InviteArgs {
    /// Name the person by e-mail address
    pub email: String,
    /// Choose the audience, as PORTAL/AUDIENCE
    #[arg(long = "as", visible_alias = "audience", value_name = "PORTAL/AUDIENCE", value_parser = persona_name)]
    pub persona: PersonaName,
    /// Choose the tenant: its name, its key, or KIND:KEY
    #[arg(long, value_name = "NAME|KEY")]
    pub tenant: Option<String>,
    /// Set the person's name, for greeting
    #[arg(long, visible_alias = "title")]
    pub name: Option<String>,
    /// Set a key by which rows name the person, as NAME=VALUE; without it, their own id where the columns take text
    #[arg(long = "key", value_name = "NAME=VALUE", value_parser = named_value)]
    pub keys: Vec<(String, String)>,
    #[command(flatten)]
    pub link: LinkOptions,
}

#[derive(Debug, clap::Args)]
pub struct LinkArgs {
    /// Name the person by e-mail address
    pub email: String,
    /// Choose among the person's places by portal
    #[arg(long)]
    pub portal: Option<String>,
    /// Choose among the person's places by audience, as PORTAL/AUDIENCE
    #[arg(long = "as", visible_alias = "audience", value_name = "PORTAL/AUDIENCE", value_parser = persona_name)]
    pub persona: Option<PersonaName>,
    /// Choose among the person's places by tenant: its name, its key, or KIND:KEY
    #[arg(long, value_name = "NAME|KEY")]
    pub tenant: Option<String>,
    #[command(flatten)]
    pub link: LinkOptions,
}

#[derive(Debug, clap::Args)]
pub struct LinkOptions {
    /// Let the link work for so many minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=10_080))]
    pub minutes: u64,
    /// Begin the link with this address instead of the running site's or the portal's host
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
}
