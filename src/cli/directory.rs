//! What several verbs ask for in the same words.

use crate::adapters::postgres::directory::{Directory, Tenant, TenantWanted};

use super::CliError;
use crate::adapters::postgres::Connection;
use crate::diagnostic::{closest, one_line};
use crate::model::{AccessModel, Persona};
use crate::names::PersonaName;
use crate::spec::document::ProjectDoc;

/// The project's tenants and people, where `apply` has been.
///
/// # Errors
/// Nothing has been applied to this database yet.
pub async fn open_directory<'c>(
    connection: &'c mut Connection,
    project: &ProjectDoc,
) -> Result<Directory<'c>, CliError> {
    let mut directory = Directory::new(connection, &project.name.value, &project.control_schema());
    if directory.exists().await? {
        return Ok(directory);
    }
    Err(CliError::database(format!("nothing of project `{}` has been applied to this database", project.name.value))
        .hint("run `portalctl apply` first"))
}

/// # Errors
/// No tenant, or several, are meant.
pub fn pick_tenant<'t>(wanted: &TenantWanted, tenants: &'t [Tenant]) -> Result<&'t Tenant, CliError> {
    wanted.pick(tenants).map_err(|message| {
        let names = tenants.iter().flat_map(|tenant| tenant.name.as_deref().into_iter().chain([tenant.key.as_str()]));
        let error = CliError::usage(message);
        match closest(&wanted.0, names) {
            _ if !wanted.found(tenants).is_empty() => error.hint("write the kind as well, as it stands there"),
            Some(name) => error.hint(format!("did you mean `{}`?", one_line(name))),
            None => error.hint("`portalctl tenant list` shows them all"),
        }
    })
}

/// # Errors
/// The project has no such persona.
pub fn persona<'m>(model: &'m AccessModel, name: &PersonaName) -> Result<&'m Persona, CliError> {
    model.personas.get(name).ok_or_else(|| {
        let known: Vec<String> = model.personas.keys().map(ToString::to_string).collect();
        let error = CliError::usage(format!("there is no audience `{name}`"));
        let near = || {
            closest(
                name.audience.as_str(),
                model.personas.keys().filter(|known| known.portal == name.portal).map(|known| known.audience.as_str()),
            )
        };
        match closest(&name.to_string(), known.iter().map(String::as_str)) {
            Some(meant) => error.hint(format!("did you mean `{meant}`?")),
            None => match near() {
                Some(audience) => error.hint(format!("did you mean `{}/{audience}`?", name.portal)),
                None => error.hint(format!("the audiences are {}", known.join(", "))),
            },
        }
    })
}

/// For clap: `portal/audience`.
pub fn persona_name(text: &str) -> Result<PersonaName, String> {
    PersonaName::parse(text).ok_or_else(|| "write it as PORTAL/AUDIENCE".to_owned())
}

/// What was said, unless that was `none`.
pub fn or_none(text: String) -> Option<String> {
    (text != "none").then_some(text)
}

/// For clap: `NAME=VALUE`.
pub fn named_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}
