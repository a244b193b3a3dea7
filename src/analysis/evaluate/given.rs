//! The world that an access test gives: labels are the keys that are not written.

use super::asking::Asker;
use super::change::Changes;
use super::compare::Datum;
use super::world::{Membership, Row, Standing, Tenant, User, World};
use crate::model::{self, AccessModel, Cell, Given};
use crate::names::{ColumnName, KeyName, ObjectName, RowLabel, TenantName, UserLabel};
use indexmap::IndexMap;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A row whose key holds the key of a row whose key holds …
const DEEPEST: usize = 8;

impl World {
    pub fn given(model: &AccessModel, given: &Given, now: OffsetDateTime) -> Self {
        let labels = Labels { model, given };
        let mut world = Self::empty(model, now);
        world.tenants = given.tenants.iter().map(|(label, tenant)| labels.tenant_of(label, tenant)).collect();
        world.users = given.users.iter().map(|(label, user)| labels.user_of(label, user)).collect();
        for ((object, label), _) in &given.rows {
            let Some(table) = model.objects.get(object).map(|object| &object.table) else { continue };
            world.rows.entry(table.clone()).or_default().extend(labels.row(object, label));
        }
        if let Some(assigned) = &model.assigned_tenants {
            for (label, user) in &given.users {
                let rows = user.assigned.iter().map(|tenant| {
                    Row(BTreeMap::from([
                        (assigned.tenant.clone(), Datum::text(labels.tenant(tenant, &KeyName::main()))),
                        (assigned.user.column.clone(), Datum::text(labels.user(label, &assigned.user.key))),
                    ]))
                });
                world.rows.entry(assigned.table.clone()).or_default().extend(rows);
            }
        }
        world
    }

    /// As whom an expectation is tried.
    pub fn asker(given: &Given, asker: &model::Asker) -> Asker {
        Asker {
            persona: asker.place.persona.clone(),
            user: asker.user.as_ref().and_then(|label| given.users.get_index_of(label)),
            tenant: asker.place.tenant.as_ref().and_then(|label| given.tenants.get_index_of(label)),
            mfa: asker.user.as_ref().and_then(|label| given.users.get(label)).is_some_and(|user| user.mfa),
        }
    }
}

/// What labels stand for.
pub struct Labels<'a> {
    pub model: &'a AccessModel,
    pub given: &'a Given,
}

impl Labels<'_> {
    fn tenant_of(&self, label: &TenantName, tenant: &model::GivenTenant) -> Tenant {
        let sources = self.model.tenant_sources.iter().filter(|source| source.may_be(tenant.kind.as_ref()));
        let named = sources.flat_map(|source| source.keys.keys()).chain(tenant.keys.keys());
        Tenant {
            kind: tenant.kind.clone(),
            key: self.tenant(label, &KeyName::main()),
            keys: named.map(|key| (key.clone(), self.tenant(label, key))).collect(),
            parent: tenant.parent.as_ref().map(|parent| self.tenant(parent, &KeyName::main())),
            tier: tenant.tier.clone(),
            standing: Standing::Active,
        }
    }

    fn user_of(&self, label: &UserLabel, user: &model::GivenUser) -> User {
        let place = |place: &model::GivenPlace| Membership {
            persona: place.persona.clone(),
            tenant: place.tenant.as_ref().and_then(|tenant| self.given.tenants.get_index_of(tenant)),
        };
        User {
            email: user.email.clone(),
            keys: user.keys.keys().map(|key| (key.clone(), self.user(label, key))).collect(),
            memberships: user.places.iter().map(place).collect(),
            superior: user.reports_to.as_ref().and_then(|superior| self.given.users.get_index_of(superior)),
        }
    }

    fn tenant(&self, label: &TenantName, key: &KeyName) -> String {
        let written = self.given.tenants.get(label).and_then(|tenant| tenant.keys.get(key));
        written.cloned().unwrap_or_else(|| label.to_string())
    }

    pub fn user(&self, label: &UserLabel, key: &KeyName) -> String {
        let written = self.given.users.get(label).and_then(|user| user.keys.get(key)?.clone());
        written.unwrap_or_else(|| label.to_string())
    }

    /// A row with all that is written of it.
    pub fn row(&self, name: &ObjectName, label: &RowLabel) -> Option<Row> {
        let object = self.model.objects.get(name)?;
        let given = self.given.rows.get(&(name.clone(), label.clone()))?;
        let mut row = Row(self.cells(&given.cells));
        row.0.extend(object.key.iter().cloned().zip(self.key(name, label).into_iter().map(Datum::Text)));
        Some(row)
    }

    pub fn cells(&self, cells: &IndexMap<ColumnName, Cell>) -> Changes {
        cells.iter().map(|(column, cell)| (column.clone(), self.datum(cell, 0))).collect()
    }

    /// In the order of the object's key.
    pub fn key(&self, name: &ObjectName, label: &RowLabel) -> Vec<String> {
        self.key_within(name, label, 0)
    }

    fn key_within(&self, name: &ObjectName, label: &RowLabel, depth: usize) -> Vec<String> {
        let Some(object) = self.model.objects.get(name) else { return vec![label.to_string()] };
        let row = self.given.rows.get(&(name.clone(), label.clone()));
        let part = |column: &ColumnName| {
            let written = row.and_then(|row| row.cells.get(column)).filter(|_| depth < DEEPEST);
            match written.map(|cell| self.datum(cell, depth + 1)) {
                Some(Datum::Text(text)) => text,
                _ => label.to_string(),
            }
        };
        object.key.iter().map(part).collect()
    }

    fn datum(&self, cell: &Cell, depth: usize) -> Datum {
        match cell {
            Cell::Null => Datum::Null,
            Cell::Text(text) => Datum::text(text),
            Cell::Now | Cell::Today => Datum::Now,
            Cell::Tenant { label, key } => Datum::text(self.tenant(label, key)),
            Cell::User { label, key } => Datum::text(self.user(label, key)),
            Cell::Row { object, label, part } => {
                Datum::of(self.key_within(object, label, depth).into_iter().nth(*part))
            }
        }
    }
}
