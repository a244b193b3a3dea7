//! Places of people: giving one, and choosing among several.

use super::CliError;
use super::directory::pick_tenant;
use crate::adapters::postgres::directory::{Directory, Person, Place, Tenant, TenantWanted};
use crate::diagnostic::escape::one_line;
use crate::model::{AccessModel, Who};
use crate::names::PersonaName;
use std::collections::BTreeMap;
use std::time::Duration;

/// A working day: links for whoever started the portal.
const LINK_LIFETIME: Duration = Duration::from_hours(8);

/// A place to be given.
#[derive(Debug)]
pub struct Invitation {
    pub email: String,
    pub persona: PersonaName,
    /// Name, key or `kind:key`.
    pub tenant: Option<String>,
    pub title: Option<String>,
    pub keys: BTreeMap<String, String>,
}

/// Which of a person's places is meant; `None` leaves it open.
#[derive(Debug)]
pub struct Wanted {
    pub email: String,
    pub portal: Option<String>,
    pub persona: Option<PersonaName>,
    /// Name, key or `kind:key`.
    pub tenant: Option<String>,
}

impl Wanted {
    pub fn fits(&self, place: &Place, tenant: Option<&Tenant>) -> bool {
        let portal = place.persona.split_once('/').map_or("", |(portal, _)| portal);
        self.portal.as_deref().is_none_or(|wanted| wanted == portal)
            && self.persona.as_ref().is_none_or(|wanted| wanted.to_string() == place.persona)
            && tenant.is_none_or(|t| (&t.tenant_kind, &t.key) == (&place.tenant_kind, &place.tenant_key))
    }
}

/// The address of the confirming page; the secret is hexadecimal and needs no escaping.
pub fn sign_in_url(model: Option<&AccessModel>, place: &Place, base: Option<&str>, secret: &str) -> String {
    let (portal_name, _) = place.persona.split_once('/').unwrap_or((&place.persona, ""));
    let portal = model.and_then(|model| model.portals.get(portal_name));
    match (base, portal.and_then(|portal| portal.host.as_deref())) {
        (Some(base), _) => format!("{}/{portal_name}/sign-in?link={secret}", base.trim_end_matches('/')),
        (None, Some(host)) => format!("https://{host}/sign-in?link={secret}"),
        (None, None) => format!("/{portal_name}/sign-in?link={secret}"),
    }
}

/// Whether keys that were said can be a person's.
///
/// # Errors
/// Rows know nobody by a key of that name; somebody else has the key.
pub async fn check_keys(
    directory: &mut Directory<'_>,
    model: &AccessModel,
    email: &str,
    keys: &BTreeMap<String, String>,
) -> Result<(), CliError> {
    let names = model.user_key_names();
    if let Some(unknown) = keys.keys().find(|name| !names.iter().any(|known| known.as_str() == *name)) {
        let error = CliError::usage(format!("no row knows people by a key `{}`", one_line(unknown)));
        let known: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        return Err(match known.as_slice() {
            [] => error.hint("this project has no owners and nothing that is assigned: leave out `--key`"),
            known => error.hint(format!("keys of people are {}", known.join(", "))),
        });
    }
    match directory.holder(email, keys).await? {
        None => Ok(()),
        Some((name, other)) => Err(CliError::usage(format!("`{}` has this `{name}` key already", one_line(&other)))
            .hint("what belongs to the one would be shown to the other: leave out `--key`, and they get their own")),
    }
}

/// Gives a person a place.
///
/// # Errors
/// The e-mail, the audience and the tenant do not go together.
pub async fn invite(directory: &mut Directory<'_>, model: &AccessModel, args: &Invitation) -> Result<Place, CliError> {
    if !args.email.contains('@') || args.email.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Err(CliError::usage(format!("`{}` is no e-mail address", args.email.escape_debug())));
    }
    let persona = super::directory::persona(model, &args.persona)?;
    let tenants = directory.tenants().await?;
    let tenant = match (persona.who, &args.tenant) {
        (Who::Guest, _) => {
            return Err(CliError::usage("guests do not sign in").hint("choose an audience that does with `--as`"));
        }
        (Who::Internal, Some(_)) => {
            return Err(CliError::usage("staff have no tenant of their own").hint("leave out `--tenant`"));
        }
        (Who::Internal, None) => None,
        (Who::External, None) => {
            return Err(CliError::usage(format!("audience `{}` belongs to a tenant", persona.name))
                .hint("add `--tenant` with its name or key"));
        }
        (Who::External, Some(wanted)) => Some(pick_tenant(&TenantWanted(wanted.clone()), &tenants)?),
    };
    if let (Some(tenant), Some(kind)) = (tenant, &persona.tenant_kind)
        && tenant.tenant_kind != kind.as_str()
    {
        return Err(CliError::usage(format!(
            "`{}` is a {}, audience `{}` is for tenants of kind {kind}",
            one_line(&tenant.title),
            tenant.tenant_kind,
            persona.name
        ))
        .hint("choose another tenant with `--tenant`, or another audience with `--as`"));
    }
    let place = Place {
        email: args.email.to_lowercase(),
        person: args.title.clone(),
        persona: args.persona.to_string(),
        tenant_kind: tenant.map_or_else(String::new, |tenant| tenant.tenant_kind.clone()),
        tenant_key: tenant.map_or_else(String::new, |tenant| tenant.key.clone()),
        tenant_title: tenant.map(|tenant| tenant.title.clone()),
    };
    directory.invite(&place, &args.keys).await?;
    Ok(place)
}

/// The one place of the person that fits what was asked.
///
/// # Errors
/// None fits, or several; the message names them.
pub async fn choose(directory: &mut Directory<'_>, args: &Wanted) -> Result<Place, CliError> {
    let tenants = directory.tenants().await?;
    let tenant = args.tenant.clone().map(|wanted| pick_tenant(&TenantWanted(wanted), &tenants)).transpose()?;
    let mut places = directory.places(&args.email).await?;
    places.retain(|place| args.fits(place, tenant));
    match places.len() {
        1 => Ok(places.remove(0)),
        0 => Err(nowhere(directory, args, tenant).await?),
        _ => {
            let all: Vec<String> = places
                .iter()
                .map(|place| {
                    format!("{} at {}", place.persona, one_line(place.tenant_title.as_deref().unwrap_or("no tenant")))
                })
                .collect();
            Err(CliError::usage(format!("`{}` has several places: {}", one_line(&args.email), all.join("; ")))
                .hint("choose with `--as` and `--tenant`"))
        }
    }
}

/// The one place for which a link is wanted, where its person is let in.
///
/// # Errors
/// As [`choose`]; the person, or all of the tenant, is kept out, and the hint says what lets them in.
pub async fn choose_open(directory: &mut Directory<'_>, args: &Wanted) -> Result<Place, CliError> {
    let place = choose(directory, args).await?;
    let people = directory.people("UTC").await?;
    let of = |place: &Place| (place.persona.clone(), place.tenant_kind.clone(), place.tenant_key.clone());
    let is = |person: &&Person| person.place.email.eq_ignore_ascii_case(&args.email) && of(&person.place) == of(&place);
    let kept_out =
        people.iter().find(is).filter(|person| !matches!(person.standing.state.as_str(), "active" | "lapsed"));
    match kept_out {
        Some(person) => Err(kept_out_by(person)),
        None => Ok(place),
    }
}

/// Why there is no such place: nobody has it, or its person is kept out of it.
async fn nowhere(
    directory: &mut Directory<'_>,
    wanted: &Wanted,
    tenant: Option<&Tenant>,
) -> Result<CliError, CliError> {
    let people = directory.people("UTC").await?;
    let is =
        |person: &&Person| person.place.email.eq_ignore_ascii_case(&wanted.email) && wanted.fits(&person.place, tenant);
    Ok(people.iter().find(is).map_or_else(
        || {
            let email = one_line(&wanted.email);
            CliError::usage(format!("nobody with the e-mail `{email}` has such a place"))
                .hint("`portalctl user invite` gives somebody a place")
        },
        kept_out_by,
    ))
}

fn kept_out_by(person: &Person) -> CliError {
    let place = &person.place;
    let email = one_line(&place.email);
    let name = one_line(place.tenant_title.as_deref().unwrap_or(&place.tenant_key));
    let key = match place.tenant_kind.as_str() {
        "" => one_line(&place.tenant_key),
        kind => one_line(&format!("{kind}:{}", place.tenant_key)),
    };
    let (why, hint) = match person.standing.state.as_str() {
        "suspended" => (
            format!("{name} is suspended: nobody of theirs gets in, `{email}` neither"),
            format!("`portalctl tenant resume {key}` lets them in again"),
        ),
        "disabled" => (
            format!("`{email}` is disabled, and gets in nowhere"),
            format!("`portalctl user enable {email}` lets them in again"),
        ),
        "disabled by the tenant" => (
            format!("the administrators of {name} have disabled `{email}` there"),
            "they let them in again, on the portal's page of their team".to_owned(),
        ),
        "no tenant" => (
            format!("the tenant of `{email}`, {name}, is there no more"),
            "`portalctl tenant list` shows who is there; `portalctl user invite` gives a place".to_owned(),
        ),
        state => (
            format!("the place of `{email}` as {} is none now: {}", place.persona, one_line(state)),
            "`portalctl user list` says since when; `portalctl user invite` gives a place".to_owned(),
        ),
    };
    CliError::usage(why).hint(hint)
}

/// A line for each audience: who can sign in there, and the link.
///
/// # Errors
/// The database cannot be asked.
pub async fn sign_in_links(
    directory: &mut Directory<'_>,
    model: &AccessModel,
    address: &str,
) -> Result<String, CliError> {
    let width = model.personas.keys().map(|name| name.to_string().len()).max().unwrap_or(0);
    let mut lines = String::new();
    for persona in model.personas.values() {
        let name = persona.name.to_string();
        let what = match persona.who {
            Who::Guest => format!("{address}/{}/  (no sign-in)", persona.name.portal),
            _ => match directory.someone(&persona.name).await? {
                None => "nobody has this place yet: `portalctl user invite` gives it".to_owned(),
                Some(place) => {
                    let secret = directory.create_link(&place, LINK_LIFETIME).await?;
                    format!("{}  ({})", sign_in_url(Some(model), &place, Some(address), &secret), whom(&place))
                }
            },
        };
        lines.push_str(&format!("{name:<width$}  {}\n", one_line(&what)));
    }
    Ok(lines)
}

fn whom(place: &Place) -> String {
    let email = one_line(&place.email);
    match &place.tenant_title {
        Some(tenant) => format!("{email}, {}", one_line(tenant)),
        None => email,
    }
}
