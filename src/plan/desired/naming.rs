//! What people and tenants are called whose keys stand in rows. Functions of the lookup role, since the lists of people
//! and tenants are nobody's to read.
//!
//! - A name is told to whoever reads its key, in that very row, now. Who asks names rows, never keys: nobody learns
//!   by asking whether there is somebody with a key, or how many there are.
//! - Guests are told no names: what they read is read by everybody.
//! - Of a field that outsiders write as they like, they are told names of their own people alone: else a guess,
//!   written and read back, would be answered.
//! - Names alone, no e-mail address of anybody.

use super::compiler::{CompileError, Compiler};
use super::deletion::object_function;
use super::people::NOT_DISABLED;
use super::predicate::{Predicate, for_roles, quote};
use super::role_switch::RoleSwitch;
use crate::model::{Create, Facet, Field, FieldType, Object, Persona, TenantReach, TenantRoute, Who, Write};
use crate::names::{Ident, KeyName, RoleName, TenantKind};
use crate::state::Volatility;
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Compiler<'a> {
    /// `names_<object>(row_keys jsonb)` for each object with keys of people or tenants: of rows by their keys, each an
    /// array of texts; and those that say who may be chosen. The roles that call them, who write besides.
    pub(super) fn naming_functions(&mut self) -> Result<BTreeSet<RoleName>, CompileError> {
        let model = self.model;
        let mut callers = BTreeSet::new();
        for object in model.objects.values().filter(|object| object.fields.values().any(is_key)) {
            let mut branches: BTreeMap<&RoleName, String> = BTreeMap::new();
            for persona in model.personas.values().filter(|persona| persona.who != Who::Guest) {
                for facet in &persona.facets {
                    let Some(text) = self.naming_branch((persona, facet), object)? else { continue };
                    callers.insert(facet.role.clone());
                    branches.insert(&facet.role, text);
                }
            }
            let returns = "TABLE(field text, key text, name text)";
            self.telling(("names", object), ("row_keys jsonb", "jsonb", returns), &branches);
        }
        self.choosing_functions()?;
        Ok(callers)
    }

    /// A function of the object that tells each role something, and nothing where no role is told anything.
    pub(super) fn telling(
        &mut self,
        (verb, object): (&str, &Object),
        (arguments, argument_types, returns): (&str, &str, &str),
        branches: &BTreeMap<&RoleName, String>,
    ) {
        if branches.is_empty() {
            return;
        }
        let switch = RoleSwitch {
            name: object_function(verb, &object.name),
            arguments,
            argument_types,
            returns,
            volatility: Volatility::Stable,
            owner: self.roles.lookup.clone(),
            declares: "",
            otherwise: "        RETURN;\n",
            finally: "",
            called: true,
        };
        self.role_switch(switch, branches);
    }

    /// `None`: the role reads no such key.
    fn naming_branch(
        &mut self,
        (persona, facet): (&'a Persona, &'a Facet),
        object: &'a Object,
    ) -> Result<Option<String>, CompileError> {
        let Some((rows, fields)) = self.shown_rows((persona, facet), object)? else { return Ok(None) };
        let fields: Vec<&Field> = fields.into_iter().filter(|field| is_key(field)).collect();
        if fields.is_empty() {
            return Ok(None);
        }
        let columns = fields.iter().map(|field| &field.column);
        self.lookups.read(&object.table, object.key.iter().chain(&rows.columns).chain(columns));
        let pairs: Vec<String> = fields
            .iter()
            .map(|field| format!("({}, t.{}::text)", Ident::literal(field.name.as_str()), quote(&field.column)))
            .collect();
        let mut named = Vec::new();
        for field in &fields {
            let bounded = self.is_written_freely(object, field);
            let called = match field.field_type {
                FieldType::User => self.called_people(persona, field, bounded)?,
                _ => self.called_tenants(persona, (object, field), bounded)?,
            };
            named.push(format!(
                "            SELECT x.field, x.key, n.name FROM x, LATERAL (\n                {called}\n            ) AS n \
                 WHERE x.field = {} AND n.name IS NOT NULL",
                Ident::literal(field.name.as_str())
            ));
        }
        let text = format!(
            "        RETURN QUERY\n            WITH x AS MATERIALIZED (\n                SELECT DISTINCT f.field, f.key \
             FROM {} AS t, LATERAL (VALUES {}) AS f (field, key)\n                \
             WHERE f.key IS NOT NULL AND {} AND ({})\n            )\n{};\n",
            object.table.sql(),
            pairs.join(", "),
            self.key_is_among(object)?,
            rows.sql,
            named.join("\n            UNION ALL\n")
        );
        Ok(Some(for_roles(&text, [&facet.role])))
    }

    /// Rows of the object that the facet shows now, and the fields whose values it shows; `None`: no rows, or not
    /// their keys.
    pub(super) fn shown_rows(
        &mut self,
        (persona, facet): (&'a Persona, &'a Facet),
        object: &'a Object,
    ) -> Result<Option<(Predicate, Vec<&'a Field>)>, CompileError> {
        let Some(rectangle) = facet.reads.get(&object.table) else { return Ok(None) };
        let grants = persona.reads.get(&object.name).map_or(&[][..], Vec::as_slice);
        let mut parts = Vec::new();
        let mut granted = BTreeSet::new();
        for (_, at) in rectangle.grants.iter().filter(|(name, _)| *name == object.name) {
            if let Some(grant) = grants.get(*at) {
                granted.extend(&grant.fields);
                parts.push(self.grant_rows(persona, object, &grant.rows)?);
            }
        }
        if parts.is_empty() || !object.key.iter().all(|column| rectangle.columns.contains(column)) {
            return Ok(None);
        }
        let rows = self.any_rows(parts);
        let read = |field: &&Field| granted.contains(&field.name) && rectangle.columns.contains(&field.column);
        Ok(Some((rows, object.fields.values().filter(read).collect())))
    }

    /// That `t` is one of the rows of the keys `$1`.
    fn key_is_among(&self, object: &Object) -> Result<String, CompileError> {
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for (at, column) in object.key.iter().enumerate() {
            columns.push(format!("t.{}", quote(column)));
            values.push(format!("(k.value ->> {at})::{}", self.column(&object.table, column)?.cast_type));
        }
        let among = format!("(SELECT {} FROM jsonb_array_elements($1) AS k (value))", values.join(", "));
        Ok(format!("({}) IN {among}", columns.join(", ")))
    }

    /// Whether somebody who does not know everybody writes the column with any key: read back, it would say whose the
    /// key is.
    fn is_written_freely(&self, object: &Object, field: &Field) -> bool {
        let knows_all = |persona: &&Persona| persona.who == Who::Internal && persona.tenants == TenantReach::All;
        let writers = self.model.personas.values().filter(|persona| !knows_all(persona));
        let grants = writers.flat_map(|persona| &persona.writes).filter_map(|(name, grants)| {
            let written = self.model.objects.get(name)?;
            (written.table == object.table).then(|| grants.iter().map(move |grant| (written, &grant.write)))
        });
        grants.flatten().any(|(written, write)| {
            let (Write::Create(Create { fields, .. }) | Write::Update { fields, .. }) = write else { return false };
            fields.iter().filter_map(|name| written.fields.get(name)).any(|other| other.column == field.column)
        })
    }

    /// The name of the person with the key `x.key`, each source asked by its index; `bounded`: of people whom the
    /// persona knows anyway.
    fn called_people(&mut self, persona: &'a Persona, field: &Field, bounded: bool) -> Result<String, CompileError> {
        let Some(key) = &field.user_key else { return Ok("SELECT NULL::text AS name".to_owned()) };
        let mut parts = Vec::new();
        for source in &self.model.people {
            let (Some(column), Some(title)) = (source.keys.get(key), &source.title) else { continue };
            let (columns, rows) = self.people_columns(source)?;
            let [.., kind, tenant] = columns.as_slice() else { continue };
            let matches = self.same_key(&source.table, column, "x.key")?;
            parts.push(format!(
                "SELECT {}::text AS called, {kind} AS tenant_kind, {tenant} AS tenant_key FROM {} WHERE {matches} AND ({})",
                quote(title),
                source.table.sql(),
                rows.sql
            ));
        }
        let control = self.control();
        // What a tenant calls whom it invited is told to those who know its people; what an account is called, whose name
        // may be another tenant's, to nobody.
        let here = self.knows_people(persona, "m")?;
        parts.push(format!(
            "SELECT CASE WHEN m.origin <> 'team' THEN coalesce(m.title, u.title) WHEN {here} THEN m.title END AS called, \
             m.tenant_kind, m.tenant_key FROM {control}.membership AS m JOIN {control}.app_user AS u ON u.id = m.user_id \
             WHERE {NOT_DISABLED} AND m.keys ->> {} = x.key",
            Ident::literal(key.as_str())
        ));
        let known = if bounded { self.knows_people(persona, "q")? } else { "true".to_owned() };
        let parts = parts.join("\n                UNION ALL ");
        Ok(format!("SELECT min(q.called) AS name FROM ({parts}) AS q WHERE {known}"))
    }

    /// Of which tenant people of that alias are: one's own; for staff, of those they look after, and staff.
    pub(super) fn knows_people(&mut self, persona: &'a Persona, alias: &str) -> Result<String, CompileError> {
        Ok(match (persona.who, &persona.tenants) {
            (Who::External, _) => self.my_tenant(alias),
            (Who::Internal, TenantReach::Assigned) => {
                let (kind, key) = (format!("{alias}.tenant_kind"), format!("{alias}.tenant_key"));
                format!("({key} = '' OR {})", self.looked_after(&kind, &key)?)
            }
            (Who::Internal, TenantReach::All) => "true".to_owned(),
            (Who::Guest, _) => "false".to_owned(),
        })
    }

    /// That the tenant of that kind and main key is assigned to whoever asks.
    pub(super) fn looked_after(&mut self, kind: &str, key: &str) -> Result<String, CompileError> {
        let model = self.model;
        let Some(assigned) = &model.assigned_tenants else { return Ok("false".to_owned()) };
        let of = assigned.kind.as_ref();
        let main = KeyName::main();
        let keys = self.linked_body(&assigned.table, &assigned.tenant, &assigned.user, (of, None), &main)?;
        let of = of.map_or_else(|| "true".to_owned(), |of| format!("{kind} = {}", Ident::literal(of.as_str())));
        Ok(format!("({of} AND {key} = ANY (({keys})::text[]))"))
    }

    /// The title of the tenant with the key `x.key`; none where the key alone does not say which tenant is meant.
    fn called_tenants(
        &mut self,
        persona: &'a Persona,
        (object, field): (&Object, &Field),
        bounded: bool,
    ) -> Result<String, CompileError> {
        let (kind, key) = tenant_meant(object, field);
        let control = self.control();
        let is_one_kind = kind.is_some() || self.model.personas.values().all(|persona| persona.tenant_kind.is_none());
        let kind_text = Ident::literal(kind.map_or("", TenantKind::as_str));
        let known = match (bounded, persona.who, &persona.tenants) {
            (true, Who::External, _) => format!("x.key = ANY (({})::text[])", self.tree_body(kind, &key)?),
            (true, Who::Internal, TenantReach::Assigned) if key == KeyName::main() => {
                self.looked_after(&kind_text, "x.key")?
            }
            (true, Who::Internal, TenantReach::Assigned) | (_, Who::Guest, _) => "false".to_owned(),
            _ => "true".to_owned(),
        };
        if key == KeyName::main() && is_one_kind {
            return Ok(format!(
                "SELECT min(q.title) AS name FROM {control}.tenant_now({kind_text}, x.key) AS q WHERE {known}"
            ));
        }
        let of_kind = if is_one_kind { format!(" AND q.tenant_kind = {kind_text}") } else { String::new() };
        Ok(format!(
            "SELECT min(q.title) AS name FROM {control}.tenants() AS q \
             WHERE {} = x.key{of_kind} AND {known} HAVING count(*) = 1",
            tenant_key(&key)
        ))
    }
}

/// Which tenants' keys the field holds, and which of them.
pub(super) fn tenant_meant<'f>(object: &'f Object, field: &'f Field) -> (Option<&'f TenantKind>, KeyName) {
    let paths = object.tenant_paths.values().find_map(|path| match &path.route {
        TenantRoute::Column { column, key } if *column == field.column => Some((path.kind.as_ref(), key.clone())),
        _ => None,
    });
    let (kind, key) = paths.unwrap_or((None, KeyName::main()));
    (field.tenant_kind.as_ref().or(kind), key)
}

/// The key of that name of a tenant `q` of `tenants()`.
pub(super) fn tenant_key(key: &KeyName) -> String {
    if *key == KeyName::main() { "q.key".to_owned() } else { format!("q.keys ->> {}", Ident::literal(key.as_str())) }
}

fn is_key(field: &Field) -> bool {
    matches!(field.field_type, FieldType::User | FieldType::Tenant)
}
