//! Who there is in the worlds that are tried: somebody who asks, and everybody whom access could be about.

use super::known::Known;
use crate::analysis::evaluate::{Asker, Datum, Membership, Row, Standing, Tenant, User, World};
use crate::model::{AccessModel, Persona, TenantReach, Who, Write, personas_of};
use crate::names::{KeyName, PersonaName, TenantKind};
use std::collections::{BTreeMap, BTreeSet};

/// What a tenant is to whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Mine,
    Below,
    Assigned,
    Other,
}

impl Role {
    fn label(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Below => "below",
            Self::Assigned => "assigned",
            Self::Other => "other",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cast {
    pub(super) who: Who,
    pub(super) persona: PersonaName,
    /// Of my tenant.
    pub(super) kind: Option<TenantKind>,
    pub(super) tenants: Vec<(String, Role, Tenant)>,
    pub(super) users: Vec<(String, User)>,
}

/// The places among the users of who asks, and of who reports to them.
pub(super) const ME: usize = 0;
pub(super) const TEAM: usize = 1;

impl Cast {
    /// `kind` is that of the tenant of whoever asks.
    pub(super) fn new(known: [&Known<'_>; 2], persona: &Persona, kind: Option<TenantKind>) -> Self {
        let models = known.map(|known| known.model);
        let keys: BTreeSet<&KeyName> = known.iter().flat_map(|known| &known.tenant_keys).collect();
        let kinds: BTreeSet<Option<TenantKind>> = models
            .iter()
            .flat_map(|model| model.tenant_kinds.iter().cloned().map(Some))
            .chain([kind.clone()])
            .collect();
        let mut tenants = Vec::new();
        for of in kinds {
            let roles: &[Role] = match persona.who {
                Who::External if of == kind => &[Role::Mine, Role::Other, Role::Below],
                Who::Internal => &[Role::Assigned, Role::Other],
                _ => &[Role::Other],
            };
            let main = tenants.len() + 1;
            for role in roles {
                let number = tenants.len() + 1;
                let suffix = of.as_ref().filter(|_| of != kind || persona.who != Who::External);
                let label = suffix.map_or_else(|| role.label().to_owned(), |kind| format!("{}_{kind}", role.label()));
                let tenant = Tenant {
                    kind: of.clone(),
                    key: number.to_string(),
                    keys: keys
                        .iter()
                        .enumerate()
                        .map(|(at, key)| ((*key).clone(), format!("{}", 100 * (at + 1) + number)))
                        .collect(),
                    parent: (*role == Role::Below).then(|| main.to_string()),
                    tier: None,
                    standing: Standing::Active,
                };
                tenants.push((label, *role, tenant));
            }
        }
        let mut cast = Self { who: persona.who, persona: persona.name.clone(), kind, tenants, users: Vec::new() };
        cast.people(known, persona);
        cast
    }

    fn place(&self, role: Role) -> Option<usize> {
        self.tenants.iter().position(|(_, one, _)| *one == role)
    }

    fn people(&mut self, known: [&Known<'_>; 2], persona: &Persona) {
        let models = known.map(|known| known.model);
        let keys: BTreeSet<&KeyName> = known.iter().flat_map(|known| &known.user_keys).collect();
        let mine = self.place(Role::Mine);
        let mut places: Vec<(String, PersonaName, Option<usize>)> = Vec::new();
        if persona.who != Who::Guest {
            places.push(("me".to_owned(), persona.name.clone(), mine));
            places.push(("team".to_owned(), persona.name.clone(), mine));
        }
        let with = models.iter().flat_map(|model| shared_with(model, &persona.name));
        let of_portal = models.iter().flat_map(|model| {
            personas_of(&model.personas, &persona.name.portal).map(|other| (other.name.clone(), other.who))
        });
        let others: BTreeMap<PersonaName, Who> = of_portal.chain(with).collect();
        let theirs = [mine.or_else(|| self.place(Role::Assigned)), self.place(Role::Other)];
        for (at, (name, who)) in others.into_iter().enumerate() {
            match who {
                Who::External => places.extend(theirs.iter().enumerate().filter_map(|(side, tenant)| {
                    Some((format!("{}_{at}", ["near", "far"][side]), name.clone(), Some((*tenant)?)))
                })),
                Who::Internal => places.push((format!("staff_{at}"), name, None)),
                Who::Guest => {}
            }
        }
        self.users = places
            .into_iter()
            .enumerate()
            .map(|(at, (label, persona, tenant))| {
                let user = User {
                    email: format!("{}@{}.example", label.replace('_', "-"), "world"),
                    // Keys of two names are never one: who is meant by the one is nobody by the other.
                    keys: keys
                        .iter()
                        .enumerate()
                        .map(|(key, name)| ((*name).clone(), (50_000 + 100 * key + at).to_string()))
                        .collect(),
                    memberships: vec![Membership { persona, tenant }],
                    superior: (at == TEAM).then_some(ME),
                };
                (label, user)
            })
            .collect();
    }

    pub(super) fn asker(&self, mfa: bool) -> Asker {
        let signs_in = self.who != Who::Guest;
        Asker {
            persona: self.persona.clone(),
            user: signs_in.then_some(ME),
            tenant: self.place(Role::Mine),
            mfa: mfa && signs_in,
        }
    }

    pub(super) fn user_key(&self, at: usize, key: &KeyName) -> Datum {
        if self.who == Who::Guest {
            return Datum::Null;
        }
        Datum::of(self.users.get(at).and_then(|(_, user)| user.keys.get(key)).cloned())
    }

    /// My tenant's key, where it is of that kind.
    pub(super) fn tenant_key(&self, kind: Option<&TenantKind>, key: &KeyName) -> Datum {
        let mine = self.tenants.iter().find(|(_, role, _)| *role == Role::Mine).map(|(.., tenant)| tenant);
        Datum::of(
            mine.filter(|mine| kind.is_none() || mine.kind.as_ref() == kind).and_then(|mine| mine.key_of(key)).cloned(),
        )
    }

    /// Keys of the tenants that are one of these to me, and of that kind.
    pub(super) fn keys_of(&self, roles: &[Role], kind: Option<&TenantKind>, key: &KeyName) -> Vec<Datum> {
        let fits = |(_, role, tenant): &&(String, Role, Tenant)| {
            roles.contains(role) && (kind.is_none() || tenant.kind.as_ref() == kind)
        };
        self.tenants.iter().filter(fits).filter_map(|(.., tenant)| tenant.key_of(key)).map(Datum::text).collect()
    }

    /// Puts everybody into a world of the model, with what its tables of assigned tenants say.
    pub(super) fn enter(&self, model: &AccessModel, persona: &Persona, tier: Option<&str>, world: &mut World) {
        world.tenants = self
            .tenants
            .iter()
            .map(|(_, role, tenant)| Tenant {
                kind: tenant.kind.clone().filter(|_| !model.tenant_kinds.is_empty()),
                tier: tier.filter(|_| *role == Role::Mine).map(Into::into),
                ..tenant.clone()
            })
            .collect();
        world.users = self.users.iter().map(|(_, user)| user.clone()).collect();
        let Some(assigned) = model.assigned_tenants.as_ref().filter(|_| persona.tenants == TenantReach::Assigned)
        else {
            return;
        };
        for (_, _, tenant) in self.tenants.iter().filter(|(_, role, _)| *role == Role::Assigned) {
            let row = Row(BTreeMap::from([
                (assigned.tenant.clone(), Datum::text(&tenant.key)),
                (assigned.user.column.clone(), self.user_key(ME, &assigned.user.key)),
            ]));
            world.rows.entry(assigned.table.clone()).or_default().push(row);
        }
    }
}

/// With whom the persona may share something.
fn shared_with(model: &AccessModel, name: &PersonaName) -> Vec<(PersonaName, Who)> {
    let grants = model.personas.get(name).into_iter().flat_map(|persona| persona.writes.values().flatten());
    let shares = grants.filter_map(|grant| match &grant.write {
        Write::Share(share) => Some(&share.with),
        _ => None,
    });
    let named = shares.flatten().filter_map(|name| model.personas.get(name));
    named.map(|persona| (persona.name.clone(), persona.who)).collect()
}
