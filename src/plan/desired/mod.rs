//! From the access model and the facts of a live database to the state that database should have.
//!
//! The desired state is the live one with everything that is ours taken out and put in anew, so
//! whatever is not ours stays exactly as it is.

mod activity;
mod assignees;
mod attachments;
mod audit;
mod barrier;
mod belonging;
mod bound;
mod changing;
mod choosing;
mod columns;
mod compiler;
mod condition;
mod database;
mod delegates;
mod deletion;
mod expression;
mod filling;
mod forgetting;
mod guard;
mod handing;
mod lapse;
mod lookup;
mod managed;
mod naming;
mod outbox;
mod people;
mod possible;
mod predicate;
mod record;
mod retention;
mod role_switch;
mod scope;
mod sharing;
mod supposed;
mod tenant;
mod trigger;
mod value;
mod writes;

pub(super) use audit::guest_limit;
pub(super) use barrier::MASKED;
pub use compiler::CompileError;
pub use deletion::object_function;
pub use managed::{leftovers, with_managed_tables};
pub(super) use supposed::supposed;
pub(super) use trigger::write_trigger;

use crate::model::{AccessModel, DeclaredTenant};
use crate::names::{KeyName, RoleName, SchemaName, TableName};
use crate::plan::control::{Askers, fixed_functions, newest_version};
use crate::state::{
    Acl, DatabaseState, Function, FunctionName, Grantee, MemberRecord, MembershipOptions, Privilege, Relation, Role,
    Schema, TenantRecord,
};
use barrier::Barriers;
use compiler::Compiler;
use guard::PolicyNames;
use std::collections::{BTreeMap, BTreeSet};
use writes::{ByRole, TableWrites};

/// What the database should hold for `model`, given what it holds now. Of what is ours and named by no document any
/// more, `destroyed` names what goes, as `schema.table` or `schema.table.column`; everything else stays.
///
/// # Errors
/// A table or column that the model names is missing in `live`, something is written that is no table, or the
/// paths of an object lead back to itself. The checks report these with their places in the spec.
pub fn desired(
    model: &AccessModel,
    live: &DatabaseState,
    destroyed: &BTreeSet<String>,
) -> Result<DatabaseState, CompileError> {
    let live = &with_managed_tables(model, live, destroyed);
    let mut compiler = Compiler::new(model, live);
    let mut state = live.clone();
    compiler.roles_into(&mut state);
    compiler.database_into(&mut state);
    let (mut reads, barriers) = compiler.table_reads()?;
    let held = compiler.held_writes();
    held.keys().try_for_each(|table| compiler.writable(table))?;
    // What is ours, is written or goes after a while, and is read by nobody, is behind the same wall.
    let ours = model.objects.values().filter(|object| object.managed.is_some()).map(|object| &object.table);
    for table in held.keys().copied().chain(ours).chain(compiler.retained()) {
        reads.entry(table.clone()).or_default();
    }
    let (mut writes, mut triggers) = (BTreeMap::new(), BTreeMap::new());
    for (&table, roles) in &held {
        writes.insert(table, compiler.table_writes(roles)?);
        triggers.insert(table, compiler.write_triggers(table, roles)?);
    }
    let deletions = compiler.soft_deletions()?;
    let shares = compiler.handing_functions()?;
    compiler.possible_functions()?;
    let mut readers = compiler.activity_functions()?;
    readers.extend(compiler.naming_functions()?);
    let directory = compiler.further_functions()?;
    let functions = std::mem::take(&mut compiler.lookups.functions);
    let askers = compiler.askers(!deletions.is_empty());
    compiler.functions_into(&mut state, functions.into_iter().chain(directory), &askers);
    readers.extend(askers.delegates.into_iter().chain(askers.registrars));
    let names = PolicyNames { project: model.project.name.as_str() };
    let lookup_columns = std::mem::take(&mut compiler.lookups.columns);
    for (table, relation) in &mut state.relations {
        let ours_before = compiler.strip(relation, &names.pass_through());
        match reads.get(table) {
            Some(reads) => compiler.guard(relation, reads, ours_before),
            None if ours_before => relation.row_security = false,
            None => {}
        }
        if let (Some(writes), Some(held)) = (writes.get(table), held.get(table)) {
            compiler.guard_writes(relation, writes);
            relation.triggers.extend(triggers.remove(table).unwrap_or_default());
            compiler.notes(relation, held);
            compiler.forget_files(table, relation);
        }
        compiler.forget_records(table, relation);
        if let Some(columns) = shares.get(table) {
            compiler.let_lookup_share(relation, columns);
        }
        if let Some(needs) = deletions.get(table) {
            compiler.let_operator_delete(relation, needs);
        }
        compiler.let_operator_retain(table, relation);
        if let Some(columns) = lookup_columns.get(table) {
            compiler.let_lookup_read(relation, columns, shares.contains_key(table));
        }
    }
    compiler.views_into(&mut state, &barriers)?;
    compiler.sequences_into(&mut state, &writes);
    compiler.kept_into(&mut state);
    readers.extend(barriers.into_values().flatten());
    let (exposed, looked_up) = (reads.keys().collect(), lookup_columns.keys().collect());
    compiler.schemas_into(&mut state, &held, &exposed, &looked_up, &readers, !deletions.is_empty());
    Ok(finished(state, model, live))
}

/// With what needs everything else to be there.
fn finished(mut state: DatabaseState, model: &AccessModel, live: &DatabaseState) -> DatabaseState {
    bound::bind(&mut state, &model.project.control_schema);
    tenants_into(&mut state, model, live);
    state
}

fn tenants_into(state: &mut DatabaseState, model: &AccessModel, live: &DatabaseState) {
    for (key, record) in model.declared_tenants.iter().map(|tenant| tenant_record(model, tenant)) {
        // What no document says was set by hand, and stays.
        let kept = live.tenants.get(&key).and_then(|now| now.paid_until.clone());
        let paid_until = record.paid_until.clone().or(kept);
        state.tenants.insert(key, TenantRecord { paid_until, ..record });
    }
}

fn persona_roles(model: &AccessModel) -> impl Iterator<Item = &RoleName> {
    model.personas.values().flat_map(|persona| persona.facets.iter().map(|facet| &facet.role))
}

impl Compiler<'_> {
    /// Those of files, of numbers and times, and of what ends with its row; the answer are those of tenants and people.
    fn further_functions(&mut self) -> Result<Vec<(FunctionName, Function)>, CompileError> {
        self.registrations_end()?;
        self.attachment_functions()?;
        let directory = self.directory_functions()?;
        self.filling_functions();
        self.forgetting_functions();
        Ok(directory)
    }

    fn is_ours(&self, role: &RoleName) -> bool {
        self.live.roles.get(role).and_then(|role| role.marker.as_ref()) == Some(&self.marker())
            || self.roles.all().contains(&role)
            || persona_roles(self.model).any(|persona| persona == role)
    }

    fn functions_into(
        &self,
        state: &mut DatabaseState,
        made: impl Iterator<Item = (FunctionName, Function)>,
        askers: &Askers,
    ) {
        let control = &self.model.project.control_schema;
        state.functions.retain(|name, _| name.schema != *control);
        state.functions.extend(fixed_functions(&self.model.project, &self.marker(), askers));
        state.functions.extend(made);
        state.control_version = state.control_version.max(newest_version());
        state.one_key_one_tenant = self.model.one_key_one_tenant;
    }

    fn views_into(&self, state: &mut DatabaseState, barriers: &Barriers) -> Result<(), CompileError> {
        let ours = self.marker();
        state.views.retain(|_, view| view.marker.as_ref() != Some(&ours));
        state.views.extend(self.barrier_views(barriers)?);
        Ok(())
    }

    fn writable(&self, table: &TableName) -> Result<(), CompileError> {
        match self.live.relations.get(table).map(|relation| relation.kind) {
            Some(kind) if !kind.takes_row_security() => Err(CompileError::NotATable(table.clone(), kind.word())),
            _ => Ok(()),
        }
    }

    fn roles_into(&self, state: &mut DatabaseState) {
        let marker = self.marker();
        state.roles.retain(|_, role| role.marker.as_ref() != Some(&marker));
        let role = |login: bool| Role { login, marker: Some(marker.clone()), ..Role::default() };
        for name in [&self.roles.owner, &self.roles.lookup, &self.roles.operator] {
            state.roles.insert(name.clone(), role(false));
        }
        let become_only = MembershipOptions { inherit: false, set: true, admin: false };
        let mut gateway = role(true);
        for persona in persona_roles(self.model) {
            state.roles.insert(persona.clone(), role(false));
            gateway.member_of.insert(persona.clone(), become_only);
        }
        state.roles.insert(self.roles.gateway.clone(), gateway);
        state.roles.insert(self.roles.issuer.clone(), role(true));
    }

    /// Takes everything of ours off a relation; true where its row security was switched on by us.
    fn strip(&self, relation: &mut Relation, pass_through: &str) -> bool {
        let marker = self.marker();
        let ours = relation.policies.get(pass_through).is_some_and(|policy| policy.marker.as_ref() == Some(&marker));
        relation.policies.retain(|_, policy| policy.marker.as_ref() != Some(&marker));
        relation.triggers.retain(|_, trigger| trigger.marker.as_ref() != Some(&marker));
        relation.acl.clear(|role| self.is_ours(role));
        for acl in relation.column_acl.values_mut() {
            acl.clear(|role| self.is_ours(role));
        }
        relation.column_acl.retain(|_, acl| !acl.0.is_empty());
        ours
    }

    /// Defaults that draw from a sequence do so with the rights of whoever makes the row.
    fn sequences_into(&self, state: &mut DatabaseState, writes: &BTreeMap<&TableName, TableWrites>) {
        for sequence in state.sequences.values_mut() {
            sequence.acl.clear(|role| self.is_ours(role));
        }
        for (table, writes) in writes {
            let Some(relation) = state.relations.get(*table) else { continue };
            for (role, given) in &writes.insert {
                let drawing = relation.columns.iter().filter(|(name, _)| !given.contains(*name));
                for sequence in drawing.flat_map(|(_, column)| &column.draws_from) {
                    if let Some(sequence) = state.sequences.get_mut(sequence) {
                        sequence.acl.grant(Grantee::Role(role.clone()), Privilege::Usage);
                    }
                }
            }
        }
    }

    fn schemas_into(
        &self,
        state: &mut DatabaseState,
        held: &BTreeMap<&TableName, ByRole<'_>>,
        exposed: &BTreeSet<&TableName>,
        looked_up: &BTreeSet<&TableName>,
        readers: &BTreeSet<RoleName>,
        operates: bool,
    ) {
        let mut usage: BTreeMap<&SchemaName, BTreeSet<&RoleName>> = BTreeMap::new();
        for persona in self.model.personas.values() {
            for facet in &persona.facets {
                for table in facet.reads.keys() {
                    usage.entry(&table.schema).or_default().insert(&facet.role);
                }
            }
        }
        for (table, roles) in held {
            usage.entry(&table.schema).or_default().extend(roles.keys().copied());
        }
        for table in exposed {
            usage.entry(&table.schema).or_default().insert(&self.roles.operator);
        }
        for table in looked_up {
            usage.entry(&table.schema).or_default().insert(&self.roles.lookup);
        }
        // References of our tables are held to by their owner.
        for (table, relation) in &state.relations {
            let references = relation.structure.iter().flat_map(|structure| structure.references.values());
            let schemas = references.map(|reference| &reference.table.schema);
            let own = relation.structure.as_ref().map(|_| &table.schema);
            for schema in schemas.chain(own) {
                if self.live.schemas.get(schema).is_some_and(|schema| schema.owner != self.roles.owner) {
                    usage.entry(schema).or_default().insert(&self.roles.owner);
                }
            }
        }
        for (name, schema) in &mut state.schemas {
            schema.acl.clear(|role| self.is_ours(role));
            for role in usage.get(name).into_iter().flatten() {
                schema.acl.grant(Grantee::Role((*role).clone()), Privilege::Usage);
            }
        }
        let mut acl = Acl::default();
        let writers = held.values().flat_map(BTreeMap::keys).copied();
        let operator = Some(&self.roles.operator).filter(|_| operates);
        for role in [&self.roles.lookup, &self.roles.issuer].into_iter().chain(operator).chain(writers).chain(readers) {
            acl.grant(Grantee::Role(role.clone()), Privilege::Usage);
        }
        let control = Schema { owner: self.roles.owner.clone(), acl, marker: Some(self.marker()), control: true };
        state.schemas.insert(self.model.project.control_schema.clone(), control);
    }
}

fn tenant_record(model: &AccessModel, tenant: &DeclaredTenant) -> ((String, String), TenantRecord) {
    let named = |keys: &BTreeMap<KeyName, String>| {
        keys.iter().map(|(name, key)| (name.to_string(), key.clone())).collect::<BTreeMap<_, _>>()
    };
    let parent = tenant.parent.as_ref().and_then(|parent| {
        model.declared_tenants.iter().find(|other| &other.name == parent).map(|other| other.key.clone())
    });
    let members = tenant
        .members
        .iter()
        .map(|member| {
            let record = MemberRecord { keys: named(&member.keys) };
            ((member.email.clone(), member.persona.to_string()), record)
        })
        .collect();
    let record = TenantRecord {
        name: tenant.name.to_string(),
        title: tenant.title.clone(),
        keys: named(&tenant.keys),
        parent_key: parent,
        tier: tenant.tier.as_ref().map(ToString::to_string),
        settings: tenant.settings.clone(),
        paid_until: tenant.paid_until.clone(),
        members,
    };
    let kind = tenant.kind.as_ref().map_or_else(String::new, ToString::to_string);
    ((kind, tenant.key.clone()), record)
}
