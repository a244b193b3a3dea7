//! People on the command line: which are meant, and how they are shown.

use super::directory::pick_tenant;
use super::standing::of_place;
use super::table::Table;
use super::{CliError, Format};
use crate::adapters::postgres::directory::{Directory, Person, Tenant, TenantWanted, Waiting};
use crate::diagnostic::one_line;

/// Which people; `None` leaves it open.
#[derive(Debug)]
pub struct WantedPeople<'a> {
    /// The project's, in which days begin.
    pub timezone: &'a str,
    pub portal: Option<String>,
    /// Name, key or `kind:key`.
    pub tenant: Option<String>,
}

/// Everybody's places that fit.
///
/// # Errors
/// No tenant, or several, are meant; the database cannot be asked.
pub async fn list(directory: &mut Directory<'_>, wanted: WantedPeople<'_>) -> Result<Vec<Person>, CliError> {
    let tenants = directory.tenants().await?;
    let tenant = wanted.tenant.map(|tenant| pick_tenant(&TenantWanted(tenant), &tenants)).transpose()?;
    let mut people = directory.people(wanted.timezone).await?;
    people.retain(|person| {
        let portal = person.place.persona.split_once('/').map_or("", |(portal, _)| portal);
        wanted.portal.as_deref().is_none_or(|wanted| wanted == portal)
            && tenant.is_none_or(|t| (&t.tenant_kind, &t.key) == (&person.place.tenant_kind, &person.place.tenant_key))
    });
    Ok(people)
}

/// Those who ask to be let in, and fit.
///
/// # Errors
/// The database cannot be asked.
pub async fn waiting(directory: &mut Directory<'_>, portal: Option<&str>) -> Result<Vec<Waiting>, CliError> {
    let mut waiting = directory.waiting().await?;
    let of = |one: &Waiting| one.persona.split_once('/').map_or(String::new(), |(portal, _)| portal.to_owned());
    waiting.retain(|one| portal.is_none_or(|wanted| wanted == of(one)));
    Ok(waiting)
}

/// A table of those who wait, or `{"waiting": […]}`.
pub fn render_waiting(waiting: &[Waiting], format: Format) -> String {
    if format == Format::Json {
        return format!("{}\n", serde_json::json!({ "waiting": waiting }));
    }
    let mut table = Table::new(["ID", "ASKED", "E-MAIL", "NAME", "COMPANY", "AS"]);
    for one in waiting {
        let detail = |name: &str| one.details.get(name).map_or("", String::as_str);
        table.row([&one.id, &one.at, &one.email, detail("name"), detail("company"), &one.persona]);
    }
    table.to_string()
}

/// The one of that id, or of an id that begins so.
///
/// # Errors
/// Nobody waits there, or several do; the database cannot be asked.
pub async fn pick_waiting(directory: &mut Directory<'_>, id: &str) -> Result<Waiting, CliError> {
    let mut waiting = directory.waiting().await?;
    waiting.retain(|one| !id.is_empty() && one.id.starts_with(id));
    match waiting.len() {
        1 => Ok(waiting.remove(0)),
        0 => Err(CliError::usage(format!("nobody waits as `{}`", id.escape_debug()))
            .hint("`portalctl user list --waiting` shows those who do")),
        count => Err(CliError::usage(format!("`{id}` begins {count} ids")).hint("write more of it")),
    }
}

/// Lets somebody in, as of a tenant or of a new one.
///
/// # Errors
/// No tenant of their kind is meant, or one has to be; somebody else was faster; the database cannot be asked.
pub async fn approve(directory: &mut Directory<'_>, one: &Waiting, tenant: Option<String>) -> Result<(), CliError> {
    let tenants = directory.tenants().await?;
    let of_kind: Vec<Tenant> = tenants.into_iter().filter(|tenant| tenant.tenant_kind == one.tenant_kind).collect();
    let key = match tenant {
        Some(wanted) => pick_tenant(&TenantWanted(wanted), &of_kind)?.key.clone(),
        None => String::new(),
    };
    match directory.approve(&one.id, &key).await?.as_str() {
        "done" => Ok(()),
        "tenant" if key.is_empty() => {
            Err(CliError::usage("the tenants of this portal come from the business, or have keys of its own")
                .hint("add `--tenant` with the name or key of one; `portalctl tenant add` makes one by hand"))
        }
        "barred" => Err(CliError::usage(format!(
            "`{}` is disabled, and a place would not let them in",
            one_line(&one.email)
        ))
        .hint(format!(
            "`portalctl user enable {}` lets them in again; a tenant's own administrators see whom they disabled",
            one.email
        ))),
        "tenant" => {
            Err(CliError::usage("this tenant is suspended").hint("`portalctl tenant resume` lets its people in again"))
        }
        _ => Err(gone()),
    }
}

/// Turns somebody away.
///
/// # Errors
/// Somebody else was faster; the database cannot be asked.
pub async fn reject(directory: &mut Directory<'_>, one: &Waiting, why: &str) -> Result<(), CliError> {
    if directory.reject(&one.id, why).await? == "done" { Ok(()) } else { Err(gone()) }
}

fn gone() -> CliError {
    CliError::usage("they do not wait any more, or the portal takes nobody in as what they asked for")
        .hint("`portalctl user list --waiting` shows who waits")
}

/// A table for people, or `{"users": […]}`.
pub fn render(people: &[Person], format: Format) -> String {
    if format == Format::Json {
        return format!("{}\n", serde_json::json!({ "users": people }));
    }
    let mut table = Table::new(["E-MAIL", "NAME", "PLACE", "TENANT", "STATUS"]);
    for person in people {
        let (name, tenant) =
            (person.place.person.as_deref().unwrap_or(""), person.place.tenant_title.as_deref().unwrap_or(""));
        table.row([&person.place.email, name, &person.place.persona, tenant, &of_place(&person.standing)]);
    }
    table.to_string()
}

/// Keeps somebody out everywhere, or lets them in again.
///
/// # Errors
/// Nobody has that e-mail; the database cannot be asked.
pub async fn set_disabled(directory: &mut Directory<'_>, email: &str, disabled: bool) -> Result<(), CliError> {
    if directory.set_disabled(email, disabled).await? {
        return Ok(());
    }
    Err(CliError::usage(format!("nobody has the e-mail `{email}`")).hint("`portalctl user list` shows everybody"))
}
