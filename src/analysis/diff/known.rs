//! What is asked of a whole model for each piece of access, found once.

use crate::analysis::evaluate::{Fillings, ObjectsByTable};
use crate::model::{AccessModel, LinkedTo, OwnerPath};
use crate::names::KeyName;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) struct Known<'m> {
    pub(super) model: &'m AccessModel,
    pub(super) objects: Arc<ObjectsByTable<'m>>,
    pub(super) fillings: Arc<Fillings>,
    /// By which tenants are named, beside the main key.
    pub(super) tenant_keys: BTreeSet<KeyName>,
    /// By which users are named, the main key among them.
    pub(super) user_keys: BTreeSet<KeyName>,
}

impl<'m> Known<'m> {
    pub(super) fn of(model: &'m AccessModel) -> Self {
        Self {
            model,
            objects: Arc::new(ObjectsByTable::of(model)),
            fillings: Arc::new(Fillings::of(model)),
            tenant_keys: tenant_keys(model),
            user_keys: user_keys(model),
        }
    }
}

fn tenant_keys(model: &AccessModel) -> BTreeSet<KeyName> {
    let sources = model.tenant_sources.iter().flat_map(|source| source.keys.keys());
    let declared = model.declared_tenants.iter().flat_map(|tenant| tenant.keys.keys());
    sources.chain(declared).cloned().collect()
}

fn user_keys(model: &AccessModel) -> BTreeSet<KeyName> {
    let objects = model.objects.values();
    let owners = objects.clone().flat_map(|object| object.owners.values()).filter_map(|owner| match owner {
        OwnerPath::Column(user) => Some(&user.key),
        OwnerPath::Via { .. } => None,
    });
    let shares = objects.clone().filter_map(|object| object.shares.as_ref()).filter_map(|link| match &link.with {
        LinkedTo::User(user) => Some(&user.key),
        LinkedTo::Tenant { .. } => None,
    });
    let assignments = objects.flat_map(|object| &object.assignments).map(|assignment| &assignment.user.key);
    let people = model.people.iter().flat_map(|source| source.keys.keys());
    let declared =
        model.declared_tenants.iter().flat_map(|tenant| &tenant.members).flat_map(|member| member.keys.keys());
    let assigned = model.assigned_tenants.iter().map(|assigned| &assigned.user.key);
    let all = owners.chain(shares).chain(assignments).chain(people).chain(declared).chain(assigned);
    all.cloned().chain([KeyName::main()]).collect()
}
