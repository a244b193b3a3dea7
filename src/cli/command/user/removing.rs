//! `portalctl user remove`: one place less.

use crate::adapters::postgres::directory::{Directory, Place, Removed};
use crate::cli::context::Context;
use crate::cli::directory::persona_name;
use crate::cli::place::{Wanted, choose};
use crate::cli::{CliError, ExitCode};
use crate::diagnostic::escape::one_line;
use crate::names::PersonaName;
use crate::spec::document::SpecSet;

#[derive(Debug, clap::Args)]
pub struct RemoveArgs {
    /// Name the person by e-mail address
    email: String,
    /// Choose among the person's places by portal
    #[arg(long)]
    portal: Option<String>,
    /// Choose among the person's places by audience, as PORTAL/AUDIENCE
    #[arg(long = "as", visible_alias = "audience", value_name = "PORTAL/AUDIENCE", value_parser = persona_name)]
    persona: Option<PersonaName>,
    /// Choose among the person's places by tenant: its name, its key, or KIND:KEY
    #[arg(long, value_name = "NAME|KEY")]
    tenant: Option<String>,
}

pub async fn run(
    context: &Context,
    directory: &mut Directory<'_>,
    spec: &SpecSet,
    args: RemoveArgs,
) -> Result<ExitCode, CliError> {
    let RemoveArgs { email, portal, persona, tenant } = args;
    let place = choose(directory, &Wanted { email, portal, persona, tenant }).await?;
    let (who, place_in_words) = (one_line(&place.email), in_words(&place));
    match directory.remove_place(&place).await? {
        Removed::Done => {}
        Removed::Document => {
            return Err(CliError::usage(format!(
                "{} gives `{who}` the place {place_in_words}",
                document(spec, &place)
            ))
            .hint("take them out of `members:` there and run `portalctl apply`"));
        }
        Removed::Elsewhere => {
            let error = format!("a table of the business gives `{who}` the place {place_in_words}");
            return Err(CliError::usage(error).hint(format!(
                "change their row there: it counts from the next request on; `portalctl user disable {who}` keeps them out of every place"
            )));
        }
    }
    context.terminal.note(&format!("removed `{who}` from {place_in_words}; their sessions there are over"));
    let left: Vec<String> = directory.places(&place.email).await?.iter().map(in_words).collect();
    context.terminal.note(&match left.as_slice() {
        [] => "  they have no place left; `portalctl user invite` gives one".to_owned(),
        left => format!("  they keep {}", left.join("; ")),
    });
    Ok(ExitCode::Done)
}

fn in_words(place: &Place) -> String {
    match place.tenant_title.as_deref().or(Some(place.tenant_key.as_str()).filter(|key| !key.is_empty())) {
        Some(tenant) => format!("{} at {}", place.persona, one_line(tenant)),
        None => place.persona.clone(),
    }
}

/// Where a document says it, as `file:line`.
fn document(spec: &SpecSet, place: &Place) -> String {
    let members = spec.tenants.iter().flat_map(|tenant| &tenant.members);
    let is = |email: &str, persona: String| email.eq_ignore_ascii_case(&place.email) && persona == place.persona;
    let mut found = members.filter(|member| is(&member.email.value, member.audience.value.to_string()));
    found.next().map_or_else(
        || "a document".to_owned(),
        |member| {
            let at = spec.sources.location(member.email.span);
            format!("{}:{}", at.file, at.line)
        },
    )
}
