//! What people from outside never see in a portal of a type, taken from what the type comes to.

use super::catalogue::resolved;
use crate::model::{AccessModel, Object, Scope, Who};
use crate::names::{AudienceName, FieldName, ObjectName, TypeName};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// An object, seen by those who are not staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wall {
    pub object: ObjectName,
    pub label: String,
    /// The scopes in which each audience reads it; without those that do not.
    pub rows: BTreeMap<AudienceName, Vec<&'static str>>,
    /// Fields that none of them reads of any row.
    pub never: Vec<FieldName>,
}

/// One for every object of a portal of this type, in the order of the names.
pub fn walls(portal_type: &TypeName) -> Vec<Wall> {
    let Some(model) = resolved(portal_type) else { return Vec::new() };
    model.objects.values().map(|object| wall(&model, object)).collect()
}

fn wall(model: &AccessModel, object: &Object) -> Wall {
    let mut rows: BTreeMap<AudienceName, Vec<&'static str>> = BTreeMap::new();
    let mut seen: BTreeSet<&FieldName> = BTreeSet::new();
    for persona in model.personas.values().filter(|persona| persona.who != Who::Internal) {
        let Some(reads) = persona.reads.get(&object.name) else { continue };
        let mut scopes: Vec<Scope> = reads.iter().map(|grant| grant.rows.scope).collect();
        scopes.sort_by_key(|scope| (std::cmp::Reverse(scope.width()), scope.word()));
        scopes.dedup();
        rows.insert(persona.name.audience.clone(), scopes.into_iter().map(Scope::word).collect());
        seen.extend(reads.iter().flat_map(|grant| &grant.fields));
    }
    let never = object.fields.keys().filter(|field| !seen.contains(field)).cloned().collect();
    Wall { object: object.name.clone(), label: object.label_many.to_string(), rows, never }
}
