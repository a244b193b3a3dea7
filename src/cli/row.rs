//! What somebody is shown of one row, asked of the database as that persona.

use super::CliError;
use super::asker::Asker;
use super::context::Context;
use super::database::Database;
use super::directory::{open_directory, persona};
use super::place::{Wanted, choose};
use super::project::Project;
use super::site_logins::GATEWAY;
use super::target::Target;
use crate::adapters::postgres::as_persona::{self, Row};
use crate::adapters::postgres::barriers::barriers;
use crate::adapters::postgres::directory::{ContextWanted, Tenant};
use crate::analysis::{Action, RowFacts};
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
    /// `None`: no row was asked for, or it is not shown.
    pub row: Option<RowFacts>,
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
    let (name, user) = match (&who.persona, who.email) {
        (Some(name), _) => (name.clone(), who.user),
        (None, email) => {
            let email = email.unwrap_or_default();
            let wanted =
                Wanted { email: email.to_owned(), portal: None, persona: None, tenant: who.tenant.map(str::to_owned) };
            let place = choose(&mut directory, &wanted).await?;
            let name = PersonaName::parse(&place.persona)
                .ok_or_else(|| CliError::usage(format!("`{}` names no audience", place.persona)))?;
            (name, Some(email))
        }
    };
    let persona = persona(model, &name)?;
    let Some(key) = &target.key else { return Ok(Asked { persona, row: None }) };
    let asker = Asker::find(&mut directory, model, persona, who.tenant, user).await?;
    let roles = ProjectRoles::of(&model.project);
    let mut gateway = database.login(&roles.gateway, GATEWAY)?.connect().await?;
    let context = ContextWanted {
        persona: &name,
        tenant: asker.tenant.as_ref().map(Tenant::id),
        at: None,
        user_keys: asker.keys,
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
    let mut row: Option<RowFacts> = None;
    let barriers = barriers(&mut gateway, &model.project.control_schema).await?;
    for facet in &persona.facets {
        let Some(rectangle) = facet.reads.get(&target.object.table) else { continue };
        if column.is_some_and(|column| !rectangle.shows(column)) {
            continue;
        }
        let fields = wanted.iter().filter_map(|name| target.object.fields.get(name));
        let readable: Vec<_> = fields.filter(|field| rectangle.columns.contains(&field.column)).collect();
        let columns: Vec<_> = readable.iter().map(|field| &field.column).collect();
        let table = barriers.get(&(facet.role.clone(), target.object.table.clone())).unwrap_or(&target.object.table);
        let asked = Row { table, columns: &target.object.key, key };
        if let Some(values) = as_persona::shown(&mut gateway, &facet.role, &token, &asked, &columns).await? {
            let facts = readable.iter().map(|field| field.name.clone()).zip(values);
            row.get_or_insert_default().0.extend(facts);
        }
    }
    Ok(Asked { persona, row })
}
