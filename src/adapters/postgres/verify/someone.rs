//! As whom it is tried.

use super::super::PgError;
use super::super::as_persona::backend_pid;
use super::super::directory::{ContextWanted, Directory};
use crate::analysis::evaluate::{Asker, Membership, Standing, Tenant, User, World};
use crate::model::{AccessModel, Persona, Who};
use crate::names::TenantKind;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::time::Duration;
use time::format_description::well_known::Rfc3339;

/// Somebody as whom it is tried, with the contexts of their personas' roles.
pub(super) struct Someone<'m> {
    pub(super) persona: &'m Persona,
    pub(super) asker: Asker,
    pub(super) case: String,
    pub(super) context: String,
}

/// Of each audience so many people, of different tenants first. Where nobody has a place, somebody without any key.
pub(super) fn everybody<'m>(model: &'m AccessModel, world: &mut World, most: usize) -> Vec<(&'m Persona, Asker)> {
    let mut everybody = Vec::new();
    for persona in model.personas.values() {
        let asker = |user, tenant| Asker { persona: persona.name.clone(), user, tenant, mfa: false };
        if persona.who == Who::Guest {
            everybody.push((persona, asker(None, None)));
            continue;
        }
        let mut places: Vec<(usize, Option<usize>)> = Vec::new();
        for (at, user) in world.users.iter().enumerate() {
            let places_of = user.memberships.iter().filter(|place| place.persona == persona.name);
            places.extend(places_of.map(|place| (at, place.tenant)));
        }
        places.retain(|(_, tenant)| is_of(persona, tenant.and_then(|at| world.tenants.get(at))));
        let mut met: BTreeMap<Option<usize>, usize> = BTreeMap::new();
        let mut ranked: Vec<(usize, usize, Option<usize>)> = places
            .into_iter()
            .map(|(user, tenant)| {
                let before = met.entry(tenant).or_default();
                *before += 1;
                (*before, user, tenant)
            })
            .collect();
        ranked.sort_by_key(|(before, ..)| *before);
        if ranked.is_empty() {
            ranked = strangers(persona, world, most);
        }
        everybody.extend(ranked.into_iter().take(most).map(|(_, user, tenant)| (persona, asker(Some(user), tenant))));
    }
    everybody
}

fn is_of(persona: &Persona, tenant: Option<&Tenant>) -> bool {
    match tenant {
        None => persona.who == Who::Internal,
        Some(tenant) => {
            tenant.standing == Standing::Active
                && persona.tenant_kind.as_ref().is_none_or(|kind| tenant.kind.as_ref() == Some(kind))
        }
    }
}

/// People that nobody invited yet, one of each tenant.
fn strangers(persona: &Persona, world: &mut World, most: usize) -> Vec<(usize, usize, Option<usize>)> {
    let tenants: Vec<Option<usize>> = match persona.who {
        Who::External => {
            let fit = (0..world.tenants.len()).filter(|at| is_of(persona, world.tenants.get(*at)));
            fit.take(most).map(Some).collect()
        }
        Who::Internal | Who::Guest => vec![None],
    };
    let strangers = tenants.into_iter().map(|tenant| {
        let memberships = vec![Membership { persona: persona.name.clone(), tenant }];
        world.users.push(User { email: String::new(), keys: BTreeMap::new(), memberships, superior: None });
        (1, world.users.len() - 1, tenant)
    });
    strangers.collect()
}

/// Each with a context for the gateway's session.
pub(super) async fn minted<'m>(
    minting: &mut PgConnection,
    gateway: &mut PgConnection,
    (model, world): (&AccessModel, &World),
    everybody: Vec<(&'m Persona, Asker)>,
) -> Result<Vec<Someone<'m>>, PgError> {
    let gateway_pid = backend_pid(gateway).await?;
    let at = world.now.format(&Rfc3339).ok();
    let mut directory = Directory::new(minting, &model.project.name, &model.project.control_schema);
    let mut found = Vec::new();
    for (persona, asker) in everybody {
        let tenant = asker.tenant.and_then(|at| world.tenants.get(at));
        let user = asker.user.and_then(|at| world.users.get(at));
        let keys = user.iter().flat_map(|user| &user.keys);
        let wanted = ContextWanted {
            persona: &persona.name,
            tenant: tenant.map(|tenant| (tenant.kind.as_ref().map_or("", TenantKind::as_str), tenant.key.as_str())),
            user_keys: keys.map(|(name, key)| (name.to_string(), key.clone())).collect(),
            gateway_pid,
            at: at.as_deref(),
            valid_for: Duration::from_hours(1),
        };
        let context = directory.administrator_context(&wanted).await?;
        let who =
            user.map_or("a guest", |user| if user.email.is_empty() { "somebody without keys" } else { &user.email });
        let of = tenant.map(|tenant| match &tenant.kind {
            Some(kind) => format!(" of {kind}:{}", tenant.key),
            None => format!(" of {}", tenant.key),
        });
        let case = format!("{who}{}", of.unwrap_or_default());
        found.push(Someone { persona, asker, case, context });
    }
    Ok(found)
}
