//! Handing rows over and sharing them: to whom one may.

use super::asking::Asking;
use super::change::Held;
use super::compare::{Datum, same_key};
use super::truth::{Truth, Verdict};
use super::world::{Membership, Row, Tenant, User};
use crate::model::{AssignTo, LinkedTo, Object, OwnerPath, Scope, Share, Who, Write, WriteGrant};
use crate::names::{KeyName, PathName};

/// Somebody in one of their places.
type Person<'w> = (&'w User, &'w Membership);

impl<'w> Asking<'w> {
    fn people(&self) -> impl Iterator<Item = Person<'w>> {
        let users = self.world.users.iter();
        users.flat_map(|user| user.memberships.iter().map(move |membership| (user, membership)))
    }

    /// Whose the row is then is the person's to say; of the rest of the grant the row must still be.
    pub(super) fn handed_over(&self, object: &'w Object, grant: &WriteGrant, row: &Row) -> Truth {
        if matches!(grant.rows.scope, Scope::Own | Scope::Reports) {
            return self.passes(object, &grant.rows, row);
        }
        self.covers(object, &grant.rows, crate::model::ParentNeeds::Update, row)
    }

    /// The new owner is somebody to whom rows may be handed over.
    pub(super) fn is_assignee(&self, (object, grant): Held<'w>, path: &PathName, to: AssignTo, row: &Row) -> Truth {
        let Some(OwnerPath::Column(owner)) = object.owners.get(path) else { return Truth::No };
        let key = self.world.cell(&object.table, row, &owner.column);
        let wanted = if to == AssignTo::Staff { Who::Internal } else { Who::External };
        let people = self.people().map(|person| {
            let (user, place) = person;
            let is_one = place.persona.portal == self.persona.name.portal
                && self.model.personas.get(&place.persona).is_some_and(|persona| persona.who == wanted);
            let theirs = Datum::of(user.keys.get(&owner.key).cloned());
            let of_tenant = match to {
                AssignTo::TenantMember => self.is_of_people((object, grant), place, row),
                AssignTo::Staff => Truth::Yes,
            };
            let of_team = match grant.rows.scope {
                Scope::Reports => Truth::any(self.team_keys(&owner.key).iter().map(|key| same_key(key, &theirs))),
                _ => Truth::Yes,
            };
            Truth::all([Truth::of(is_one), same_key(&key, &theirs), of_tenant, of_team])
        });
        Truth::any(people)
    }

    fn tenant_of(&self, place: &Membership) -> Option<&'w Tenant> {
        place.tenant.and_then(|at| self.world.tenants.get(at))
    }

    /// Somebody of the row's tenant; where the row does not name it, of mine.
    fn is_of_people(&self, (object, grant): Held<'w>, place: &Membership, row: &Row) -> Truth {
        let theirs = self.tenant_of(place);
        let mine = Truth::of(
            theirs
                .zip(self.tenant)
                .is_some_and(|(theirs, mine)| (&theirs.kind, &theirs.key) == (&mine.kind, &mine.key)),
        );
        let of_row = self.is_of_row(object, theirs, row);
        match (self.persona.who, of_row) {
            // The scope has led to a tenant below mine, whose people these are.
            (Who::External, Some(of_row)) if grant.rows.scope == Scope::TenantTree => of_row,
            (Who::External, Some(of_row)) => Truth::all([mine, of_row]),
            (Who::External, None) => mine,
            (Who::Internal | Who::Guest, Some(of_row)) => of_row,
            (Who::Internal | Who::Guest, None) => Truth::untold("the row names no tenant of its own"),
        }
    }

    /// The tenant is the one that the row itself names.
    fn is_of_row(&self, object: &Object, theirs: Option<&Tenant>, row: &Row) -> Option<Truth> {
        let mine = self.persona.tenant_kind.as_ref();
        let mut fitting = object.direct_tenants().filter(|(kind, _)| mine.is_none() || kind.is_none() || *kind == mine);
        let (kind, column) = fitting.next()?;
        let Some(theirs) = theirs else { return Some(Truth::No) };
        let of_kind = kind.is_none() || theirs.kind.as_ref() == kind;
        let named = self.world.cell(&object.table, row, column);
        Some(Truth::all([Truth::of(of_kind), same_key(&named, &Datum::text(&theirs.key))]))
    }

    /// Whether the row may be shared with whoever has that address.
    pub fn may_share(&self, object: &'w Object, row: &Row, email: &str) -> Verdict {
        let verdicts = (0..self.persona.facets.len()).map(|at| {
            let held = self.held(at, &object.table).into_iter();
            let held: Vec<(Held<'w>, &'w Share)> = held
                .filter(|(other, _)| other.name == object.name)
                .filter_map(|held| match &held.1.write {
                    Write::Share(share) => Some((held, share)),
                    _ => None,
                })
                .collect();
            let shared = held.iter().map(|(held, share)| {
                let covered = self.some_covers(&[*held], row);
                let people = self.people().filter(|(user, _)| user.email == email.to_lowercase());
                let recipient = people.map(|person| self.is_recipient(*held, share, person, row));
                Truth::all([covered, Truth::any(recipient)])
            });
            Verdict::of(Truth::any(shared), || {
                let grants: Vec<Held<'w>> = held.iter().map(|(held, _)| *held).collect();
                match self.some_covers(&grants, row) {
                    Truth::Yes => "it is shared with nobody of that address".to_owned(),
                    _ => self.why_none_covers(&grants, row, "share", object),
                }
            })
        });
        Verdict::first_allowing(verdicts, || format!("no grant lets `{}` share `{}`", self.persona.name, object.name))
    }

    fn is_recipient(&self, held: Held<'w>, share: &Share, (user, place): Person<'w>, row: &Row) -> Truth {
        let is_staff = self.model.personas.get(&place.persona).is_some_and(|persona| persona.who == Who::Internal);
        let of_tenant = if is_staff { Truth::Yes } else { self.is_of_people(held, place, row) };
        // Nobody is given what is theirs already.
        let is_me = user.keys.iter().any(|(name, key)| self.is_key_of_mine(name, key));
        // A row knows people by their keys: who has none cannot be named.
        let is_known = match held.0.shares.as_ref().map(|link| &link.with) {
            None => !user.keys.is_empty(),
            Some(LinkedTo::User(column)) => user.keys.contains_key(&column.key),
            Some(LinkedTo::Tenant { .. }) => place.tenant.is_some(),
        };
        let is_one = Truth::of(share.with.contains(&place.persona) && is_known);
        Truth::all([is_one, of_tenant, Truth::of(!is_me)])
    }

    fn is_key_of_mine(&self, name: &KeyName, key: &str) -> bool {
        self.user.and_then(|user| user.keys.get(name)).is_some_and(|mine| mine == key)
    }
}
