//! Who administers people of their own tenant, and by what rows know the people whom they invite.

use super::compiler::{CompileError, Compiler};
use super::persona_roles;
use super::value::base_type;
use crate::model::{Persona, RateLimit, TenantRoute};
use crate::names::{ColumnName, Ident, KeyName, PersonaName, RoleName, TableName, TenantKind};
use crate::plan::control::Askers;
use std::collections::BTreeMap;

impl<'a> Compiler<'a> {
    /// Who calls the functions that every project has. The operator asks only where it `deletes` on somebody's behalf.
    pub(super) fn askers(&self, deletes: bool) -> Askers {
        let operator = Some(&self.roles.operator).filter(|_| deletes);
        Askers {
            context: persona_roles(self.model).chain(operator).cloned().collect(),
            delegates: self.roles_that(|persona| {
                persona.delegation.as_ref().is_some_and(|delegation| !delegation.may_grant.is_empty())
            }),
            registrars: self.roles_that(|persona| {
                persona.delegation.as_ref().is_some_and(|delegation| delegation.registrations.is_some())
            }),
            registers: self.model.portals.values().any(|portal| portal.registration.is_some()),
            user_keys: self.keys_of_newcomers(),
        }
    }

    /// The roles of the personas that do, one each: the function asks for the persona, whichever facet acts.
    fn roles_that(&self, do_so: impl Fn(&Persona) -> bool) -> Vec<RoleName> {
        let found = self.model.personas.values().filter(|persona| do_so(persona));
        found.filter_map(|persona| persona.facets.first()).map(|facet| facet.role.clone()).collect()
    }

    /// Nobody would be told that they wait for ever.
    pub(super) fn registrations_end(&self) -> Result<(), CompileError> {
        for portal in self.model.portals.values() {
            let Some(registration) = portal.registration.as_ref().filter(|registration| !registration.approval) else {
                continue;
            };
            if let Some(why) = self.no_new_tenants(registration.tenant_kind.as_ref()) {
                return Err(CompileError::NoNewTenants(portal.name.clone(), why));
            }
        }
        Ok(())
    }

    /// Why no tenant of that kind may be made up; `None`: every column that holds its key takes any text.
    fn no_new_tenants(&self, kind: Option<&TenantKind>) -> Option<String> {
        if let Some(source) = self.model.tenant_sources.iter().find(|source| source.may_be(kind)) {
            return Some(format!("such tenants are rows of `{}`", source.table));
        }
        let paths = self.model.objects.values().flat_map(|object| {
            let paths = object.tenant_paths.values();
            let of_kind = paths.filter(|path| path.kind.is_none() || kind.is_none() || path.kind.as_ref() == kind);
            of_kind.filter_map(|path| match &path.route {
                TenantRoute::Column { column, .. } => Some((&object.table, column)),
                TenantRoute::Link { table, tenant, .. } => Some((table, tenant)),
                TenantRoute::Via { .. } | TenantRoute::From { .. } => None,
            })
        });
        let takes_any = |(table, column): &(&TableName, &ColumnName)| {
            self.column(table, column).is_ok_and(|column| matches!(base_type(column), "text" | "uuid"))
        };
        let mut paths = paths;
        let (table, column) = paths.find(|path| !takes_any(path))?;
        Some(format!("`{table}.{column}` takes no key that is made up"))
    }

    /// What `register` and those who answer need to know of a persona that people may ask for.
    pub(super) fn registration_rules(&self, name: &PersonaName) -> Option<serde_json::Value> {
        let registration = self.model.portals.get(&name.portal)?.registration.as_ref()?;
        let form: Vec<&str> = registration.form.iter().map(|field| field.as_str()).collect();
        (registration.audience == name.audience).then(|| {
            serde_json::json!({
                "form": form,
                "approval": registration.approval,
                "limit": limit(registration.limit),
                "tenant_kind": registration.tenant_kind.as_ref().map_or("", TenantKind::as_str),
                "new_tenants": self.no_new_tenants(registration.tenant_kind.as_ref()).is_none(),
            })
        })
    }

    /// Keys for somebody who is invited without any, from their own id, as an expression over `account`. A key that
    /// numbers of the business stand for cannot be made up.
    fn keys_of_newcomers(&self) -> String {
        let mut free: BTreeMap<&KeyName, bool> = BTreeMap::new();
        for (table, user) in self.model.user_columns() {
            let of_business = self.model.people.iter().any(|source| source.keys.contains_key(&user.key));
            let text =
                self.column(table, &user.column).is_ok_and(|column| matches!(base_type(column), "text" | "uuid"));
            let known = free.entry(&user.key).or_insert(true);
            *known &= text && !of_business;
        }
        let names = free.into_iter().filter(|(_, free)| *free);
        let pairs: Vec<String> =
            names.map(|(name, _)| format!("{}, account::text", Ident::literal(name.as_str()))).collect();
        format!("jsonb_build_object({})", pairs.join(", "))
    }
}

/// As `admitted` takes it.
pub(super) fn limit(limit: RateLimit) -> serde_json::Value {
    serde_json::json!({ "most": limit.most, "seconds": limit.seconds })
}
