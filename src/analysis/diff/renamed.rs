//! The earlier model by the later names: an object that is called otherwise is the same object.

use crate::model::{AccessModel, FieldType, OwnerPath, Persona, TenantRoute, Write};
use crate::names::{ObjectName, TableName};
use std::collections::BTreeMap;

/// `None`: nothing was renamed.
pub(super) fn renamed(before: &AccessModel, after: &AccessModel) -> Option<AccessModel> {
    let mut names: BTreeMap<ObjectName, ObjectName> = BTreeMap::new();
    let mut tables: BTreeMap<TableName, TableName> = BTreeMap::new();
    for object in after.objects.values() {
        let Some(was) = object.managed.as_ref().and_then(|managed| managed.was.as_ref()) else { continue };
        let old = before.objects.values().find(|old| old.table == *was && old.managed.is_some());
        let free = |name: &ObjectName| !before.objects.contains_key(name);
        if let Some(old) = old.filter(|old| old.name == object.name || free(&object.name)) {
            names.insert(old.name.clone(), object.name.clone());
            tables.insert(was.clone(), object.table.clone());
        }
    }
    if names.is_empty() {
        return None;
    }
    let mut model = before.clone();
    let new = Names { names, tables };
    new.objects(&mut model);
    model.personas.values_mut().for_each(|persona| new.persona(persona));
    Some(model)
}

/// The later names by the earlier ones.
struct Names {
    names: BTreeMap<ObjectName, ObjectName>,
    tables: BTreeMap<TableName, TableName>,
}

impl Names {
    fn name(&self, name: &mut ObjectName) {
        if let Some(new) = self.names.get(name) {
            *name = new.clone();
        }
    }

    fn objects(&self, model: &mut AccessModel) {
        model.objects = std::mem::take(&mut model.objects)
            .into_values()
            .map(|mut object| {
                self.name(&mut object.name);
                if let Some(new) = self.tables.get(&object.table) {
                    object.table = new.clone();
                }
                for path in object.tenant_paths.values_mut() {
                    if let TenantRoute::Via { object, .. } | TenantRoute::From { object, .. } = &mut path.route {
                        self.name(object);
                    }
                }
                for owner in object.owners.values_mut() {
                    if let OwnerPath::Via { object, .. } = owner {
                        self.name(object);
                    }
                }
                object.parent.iter_mut().for_each(|parent| self.name(&mut parent.object));
                for field in object.fields.values_mut() {
                    if let FieldType::Reference(object) = &mut field.field_type {
                        self.name(object);
                    }
                }
                (object.name.clone(), object)
            })
            .collect();
    }

    fn persona(&self, persona: &mut Persona) {
        let rekeyed = |key: ObjectName| self.names.get(&key).cloned().unwrap_or(key);
        persona.reads = std::mem::take(&mut persona.reads).into_iter().map(|(key, of)| (rekeyed(key), of)).collect();
        persona.writes = std::mem::take(&mut persona.writes).into_iter().map(|(key, of)| (rekeyed(key), of)).collect();
        let reads = persona.reads.values_mut().flatten().map(|grant| &mut grant.rows);
        reads.flat_map(|rows| &mut rows.has).for_each(|has| self.name(&mut has.object));
        for grant in persona.writes.values_mut().flatten() {
            grant.rows.has.iter_mut().for_each(|has| self.name(&mut has.object));
            if let Write::Create(create) = &mut grant.write {
                let parents = std::mem::take(&mut create.parents).into_iter().map(|mut parent| {
                    self.name(&mut parent.object);
                    parent
                });
                create.parents = parents.collect();
            }
        }
        for facet in &mut persona.facets {
            let reads = std::mem::take(&mut facet.reads).into_iter().map(|(table, mut rectangle)| {
                rectangle.grants.iter_mut().for_each(|(object, _)| self.name(object));
                (self.tables.get(&table).cloned().unwrap_or(table), rectangle)
            });
            facet.reads = reads.collect();
        }
    }
}
