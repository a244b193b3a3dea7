//! The people and tenants that whoever writes a row may put into it. Functions of the lookup role, since the lists of
//! people and tenants are nobody's to read.
//!
//! - Tenants' own people choose among themselves, and among tenants their own and those below it.
//! - Staff choose among everybody, or among the tenants that they look after, the people of those, and staff.
//! - Guests choose nobody, and names are all that anybody learns: no e-mail address.

use super::compiler::{CompileError, Compiler};
use super::naming::{tenant_key, tenant_meant};
use super::predicate::for_roles;
use crate::model::{Create, Field, FieldType, Object, Persona, TenantReach, Who, Write};
use crate::names::{FieldName, Ident, KeyName, RoleName, TenantKind};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

impl<'a> Compiler<'a> {
    /// `choices_<object>(field text)` for each object of which somebody writes keys of people or tenants.
    pub(super) fn choosing_functions(&mut self) -> Result<(), CompileError> {
        let filled = |write: &Write| matches!(write, Write::Create(_) | Write::Update { .. });
        for (object, roles) in self.holding(filled) {
            let object = self.object(object)?;
            let mut branches: BTreeMap<&RoleName, String> = BTreeMap::new();
            for (role, held) in roles {
                let Some(first) = held.first().filter(|first| first.persona.who != Who::Guest) else { continue };
                let fields: BTreeSet<&FieldName> = held.iter().flat_map(|one| written(&one.grant.write)).collect();
                let mut text = String::new();
                for field in fields.into_iter().filter_map(|name| object.fields.get(name)) {
                    let Some(query) = self.choices(first.persona, object, field)? else { continue };
                    let _ = write!(
                        text,
                        "        IF $1 = {} THEN\n            RETURN QUERY {query};\n        END IF;\n",
                        Ident::literal(field.name.as_str())
                    );
                }
                if !text.is_empty() {
                    branches.insert(role, for_roles(&text, [role]));
                }
            }
            self.telling(("choices", object), ("field text", "text", "TABLE(key text, name text)"), &branches);
        }
        Ok(())
    }

    fn choices(
        &mut self,
        persona: &'a Persona,
        object: &'a Object,
        field: &Field,
    ) -> Result<Option<String>, CompileError> {
        let asked = self.call("present", &[]);
        Ok(match field.field_type {
            FieldType::User => match &field.user_key {
                Some(key) => Some(self.people_to_choose(persona, key, &asked)?),
                None => None,
            },
            FieldType::Tenant => Some(self.tenants_to_choose(persona, (object, field), &asked)?),
            _ => None,
        })
    }

    fn people_to_choose(&mut self, persona: &'a Persona, key: &KeyName, asked: &str) -> Result<String, CompileError> {
        let control = self.control();
        let (key, known) = (Ident::literal(key.as_str()), self.knows_people(persona, "q")?);
        // Staff meet people of many tenants, of whom two may have one name.
        let (of, called) = match persona.who {
            Who::Internal => (
                format!(
                    " LEFT JOIN {control}.tenants() AS t ON t.tenant_kind = q.tenant_kind AND t.key = q.tenant_key"
                ),
                "q.person || coalesce(' (' || t.title || ')', '')",
            ),
            Who::External | Who::Guest => (String::new(), "q.person"),
        };
        Ok(format!(
            "SELECT q.keys ->> {key}, min(coalesce({called}, q.keys ->> {key})) FROM {control}.everyone() AS q{of}\n            \
             WHERE {asked} AND q.keys ->> {key} IS NOT NULL AND {known} GROUP BY 1"
        ))
    }

    fn tenants_to_choose(
        &mut self,
        persona: &'a Persona,
        (object, field): (&Object, &Field),
        asked: &str,
    ) -> Result<String, CompileError> {
        let (kind, key) = tenant_meant(object, field);
        let known = match (persona.who, &persona.tenants) {
            (Who::Internal, TenantReach::All) => "true".to_owned(),
            (Who::Internal, TenantReach::Assigned) => self.looked_after("q.tenant_kind", "q.key")?,
            (Who::External, _) => {
                let mine = self.call("tenant_kind", &[]);
                let tree = self.tree_body(kind, &KeyName::main())?;
                format!("q.tenant_kind = coalesce({mine}, '') AND q.key = ANY (({tree})::text[])")
            }
            (Who::Guest, _) => "false".to_owned(),
        };
        let of_kind = kind.map_or_else(String::new, |kind: &TenantKind| {
            format!(" AND q.tenant_kind = {}", Ident::literal(kind.as_str()))
        });
        let (control, key) = (self.control(), tenant_key(&key));
        Ok(format!(
            "SELECT {key}, min(q.title) FROM {control}.tenants() AS q\n            \
             WHERE {asked} AND {key} IS NOT NULL AND q.status = 'active'{of_kind} AND {known} GROUP BY 1"
        ))
    }
}

fn written(write: &Write) -> impl Iterator<Item = &FieldName> {
    let fields = match write {
        Write::Create(Create { fields, .. }) | Write::Update { fields, .. } => Some(fields),
        _ => None,
    };
    fields.into_iter().flatten()
}
