//! What somebody is shown of one row, asked of the database as that persona.

use super::CliError;
use super::asker::Asker;
use super::context::Context;
use super::database::Database;
use super::directory::{open_directory, persona, pick_tenant};
use super::place::{Wanted, choose};
use super::project::Project;
use super::site_logins::GATEWAY;
use super::standing::in_words;
use super::target::Target;
use super::verifying::from_verify;
use crate::adapters::postgres::as_persona;
use crate::adapters::postgres::directory::{ContextWanted, Directory, Person, Tenant, TenantWanted};
use crate::adapters::postgres::row_facts::{AskedRow, row_facts};
use crate::adapters::postgres::verify::{Question, why_hidden};
use crate::analysis::{Action, OneRow, RowFacts};
use crate::model::{AccessModel, Persona};
use crate::names::PersonaName;
use crate::plan::control::ProjectRoles;
use std::time::Duration;

/// Somebody, by audience or by e-mail address.
#[derive(Debug)]
pub struct Who<'a> {
    pub email: Option<&'a str>,
    pub persona: Option<PersonaName>,
    pub tenant: Option<&'a str>,
    pub user: Option<&'a str>,
}

#[derive(Debug)]
pub struct Asked<'m> {
    pub persona: &'m Persona,
    /// `None`: no row was asked for.
    pub row: Option<OneRow>,
    /// Why they are let in nowhere, whatever the grants say.
    pub barred: Option<String>,
}

/// The persona that `who` means, and what it sees of the row of `target`, where that names one: the fields that
/// decide about `action`.
///
/// # Errors
/// Nobody, or several, are meant; the database cannot be asked.
pub async fn sees<'m>(
    context: &Context,
    project: &Project,
    model: &'m AccessModel,
    who: &Who<'_>,
    (action, target): (&Action, &Target<'_>),
) -> Result<Asked<'m>, CliError> {
    let document = project.document()?;
    let database = Database::open(context, &project.folder, document).await?;
    let mut administrator = database.url.connect().await?;
    let mut directory = open_directory(&mut administrator, document).await?;
    let (name, place) = match (&who.persona, who.email) {
        (Some(name), _) => (name.clone(), None),
        (None, email) => {
            let email = email.unwrap_or_default().to_owned();
            let wanted = Wanted { email, portal: None, persona: None, tenant: who.tenant.map(str::to_owned) };
            let (name, place) = now_as(&mut directory, &wanted, document.timezone()).await?;
            (name, Some(place))
        }
    };
    let persona = persona(model, &name)?;
    if let Some(barred) = place.as_ref().and_then(barred) {
        return Ok(Asked { persona, row: None, barred: Some(barred) });
    }
    let Some(key) = &target.key else { return Ok(Asked { persona, row: None, barred: None }) };
    let asker = match &place {
        Some(person) => Asker::at(&mut directory, &person.place).await?,
        None => Asker::find(&mut directory, model, persona, who.tenant, who.user).await?,
    };
    let roles = ProjectRoles::of(&model.project);
    let mut gateway = database.login(&roles.gateway, GATEWAY)?.connect().await?;
    let context = ContextWanted {
        persona: &name,
        tenant: asker.tenant.as_ref().map(Tenant::id),
        at: None,
        user_keys: asker.keys.clone(),
        gateway_pid: as_persona::backend_pid(&mut gateway).await?,
        valid_for: Duration::from_secs(60),
    };
    let token = directory.administrator_context(&context).await?;
    // What is read of a field shows where a facet has its column; what is changed, where the row is read at all.
    let column = target
        .field
        .as_ref()
        .filter(|_| !action.is_of_a_row())
        .and_then(|field| target.object.fields.get(field))
        .map(|field| &field.column);
    let wanted = RowFacts::wanted(persona, action, target.object);
    let asked = AskedRow { object: target.object, key, fields: &wanted, column };
    if let Some(facts) = row_facts(&mut gateway, model, (persona, &token), &asked).await? {
        return Ok(Asked { persona, row: Some(OneRow::Shown(facts)), barred: None });
    }
    let question = Question {
        persona: &name,
        tenant: asker.tenant.as_ref().map(Tenant::id),
        user_keys: &asker.keys,
        object: target.object,
        key,
        field: target.field.as_ref().filter(|_| !action.is_of_a_row()),
    };
    let hidden = why_hidden(&mut administrator, model, &question).await.map_err(from_verify)?;
    Ok(Asked { persona, row: Some(OneRow::Hidden(key.clone(), hidden)), barred: None })
}

/// Somebody's place, and as whom they are let in at the moment: whoever has lapsed, as the audience of those who have.
async fn now_as(
    directory: &mut Directory<'_>,
    wanted: &Wanted,
    timezone: &str,
) -> Result<(PersonaName, Person), CliError> {
    let tenants = directory.tenants().await?;
    let tenant = wanted.tenant.clone().map(|wanted| pick_tenant(&TenantWanted(wanted), &tenants)).transpose()?;
    let mut people = directory.people(timezone).await?;
    people.retain(|person| person.place.email == wanted.email && wanted.fits(&person.place, tenant));
    let person = match people.as_slice() {
        [one] => one.clone(),
        _ => {
            let place = choose(directory, wanted).await?;
            let chosen = people.into_iter().find(|person| person.place == place);
            chosen.ok_or_else(|| CliError::usage(format!("`{}` has no place any more", wanted.email)))?
        }
    };
    let standing = &person.standing;
    let as_whom = standing.audiences.first().filter(|_| standing.state == "lapsed").unwrap_or(&person.place.persona);
    let name = PersonaName::parse(as_whom)
        .ok_or_else(|| CliError::usage(format!("`{}` names no audience", as_whom.escape_debug())))?;
    Ok((name, person))
}

/// Why nobody lets them in.
fn barred(person: &Person) -> Option<String> {
    let standing = &person.standing;
    let goes_on = standing.state == "active" || (standing.state == "lapsed" && !standing.audiences.is_empty());
    let what = if standing.state == "suspended" { "the tenant of " } else { "" };
    (!goes_on).then(|| format!("{what}`{}` is {}", person.place.email, in_words(standing)))
}
