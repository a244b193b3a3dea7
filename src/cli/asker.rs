//! Who is asking, when an administrator runs SQL as somebody.

use super::CliError;
use super::directory::pick_tenant;
use crate::adapters::postgres::directory::{Directory, Place, Tenant, TenantWanted};
use crate::model::{AccessModel, Persona, Who};
use crate::names::{KeyName, RoleName};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug)]
pub struct Asker {
    /// `None` for staff and guests.
    pub tenant: Option<Tenant>,
    pub keys: BTreeMap<String, String>,
}

/// A role of the persona, counted from 1.
///
/// # Errors
/// There are fewer.
pub fn facet(persona: &Persona, number: usize) -> Result<&RoleName, CliError> {
    let facet = number.checked_sub(1).and_then(|at| persona.facets.get(at));
    facet.map(|facet| &facet.role).ok_or_else(|| {
        let (name, all) = (&persona.name, persona.facets.len());
        let facets = if all == 1 { "facet" } else { "facets" };
        CliError::usage(format!("`{name}` has {all} {facets}, and none is number {number}"))
            .hint("`portalctl show --expanded` lists them; without `--facet` it is the first")
    })
}

impl Asker {
    /// The tenant and the keys that `--tenant` and `--user` mean for this persona.
    ///
    /// # Errors
    /// They mean nobody, or leave a choice.
    pub async fn find(
        directory: &mut Directory<'_>,
        model: &AccessModel,
        persona: &Persona,
        tenant: Option<&str>,
        user: Option<&str>,
    ) -> Result<Self, CliError> {
        let tenants = directory.tenants().await?;
        let tenant = match tenant {
            Some(_) if persona.who != Who::External => {
                return Err(
                    CliError::usage(format!("audience `{}` has no tenant", persona.name)).hint("leave out `--tenant`")
                );
            }
            Some(wanted) => Some(pick_tenant(&TenantWanted(wanted.to_owned()), &tenants)?.clone()),
            None => None,
        };
        let mut keys = BTreeMap::new();
        match user {
            Some(email) if email.contains('@') => {
                let mut places = directory.places(email).await?;
                places.retain(|place| {
                    place.persona == persona.name.to_string()
                        && tenant
                            .as_ref()
                            .is_none_or(|t| (&t.tenant_kind, &t.key) == (&place.tenant_kind, &place.tenant_key))
                });
                let [place] = places.as_slice() else {
                    let message = format!("`{email}` has {} places as `{}`", places.len(), persona.name);
                    return Err(CliError::usage(message).hint("choose with `--tenant`, or invite the user"));
                };
                return Self::at(directory, place).await;
            }
            Some(key) => {
                let (name, value) = named_key(model, key)?;
                keys.insert(name, value);
            }
            None => {}
        }
        if persona.who == Who::External && tenant.is_none() {
            return Err(CliError::usage(format!("audience `{}` belongs to a tenant", persona.name))
                .hint("add `--tenant` with its name or key"));
        }
        Ok(Self { tenant, keys })
    }

    /// Somebody at a place of theirs.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn at(directory: &mut Directory<'_>, place: &Place) -> Result<Self, CliError> {
        let keys = directory.user_keys(place).await?;
        let id = (place.tenant_kind.as_str(), place.tenant_key.as_str());
        let tenant = directory.tenants().await?.into_iter().find(|tenant| !id.1.is_empty() && tenant.id() == id);
        Ok(Self { tenant, keys })
    }
}

/// `contact:553`, or `key:553` where users have only one kind of key.
fn named_key(model: &AccessModel, text: &str) -> Result<(String, String), CliError> {
    let names: BTreeSet<&str> = model.user_key_names().into_iter().map(KeyName::as_str).collect();
    let known = || names.iter().copied().collect::<Vec<_>>().join(", ");
    match text.split_once(':') {
        Some(("key", value)) if names.len() == 1 => Ok((names.iter().copied().collect(), value.to_owned())),
        Some((name, value)) if names.contains(name) || (names.is_empty() && name == "key") => {
            Ok((name.to_owned(), value.to_owned()))
        }
        Some((name, _)) => {
            Err(CliError::usage(format!("users have no key `{name}`")).hint(format!("keys: {}", known())))
        }
        None => Err(CliError::usage(format!("`{text}` is neither an e-mail address nor KEY:VALUE"))
            .hint("write it as ann@globex.example, or as contact:553 with the name of a key")),
    }
}
