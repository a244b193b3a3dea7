//! What portals of several types have in common, and whom that shows whose rows.

use crate::model::{AccessModel, Navigation, Object, Scope, TenantReach, Who};
use crate::names::{ObjectName, PortalName, TenantKind};
use std::collections::BTreeSet;

/// So many are named.
const NAMED: usize = 3;

/// That staff of several portals see rows of all their tenants; `None`: nobody does.
pub fn told(model: &AccessModel) -> Option<String> {
    let mut portals: BTreeSet<&PortalName> = BTreeSet::new();
    let mut labels: Vec<String> = Vec::new();
    for object in listed(model) {
        let readers = readers(model, object);
        let kinds: BTreeSet<_> = readers.iter().map(|portal| kinds(model, portal)).collect();
        if kinds.len() > 1 {
            portals.extend(readers);
            labels.push(object.label_many.in_sentence());
        }
    }
    labels.sort();
    labels.dedup();
    let more = labels.len() > NAMED;
    labels.truncate(NAMED);
    if more {
        labels.push("more".to_owned());
    }
    let portals: Vec<String> = portals.into_iter().map(|portal| format!("`{portal}`")).collect();
    Some(format!(
        "{} have {} in common: their staff see those of all tenants, whichever portal these use; \
         `tenants: assigned` on an audience keeps it to whom it looks after",
        all_of(&portals)?,
        all_of(&labels)?,
    ))
}

/// What belongs to tenants and stands in a menu.
fn listed(model: &AccessModel) -> impl Iterator<Item = &Object> {
    let entries = model.portals.values().flat_map(|portal| &portal.navigation);
    let names: BTreeSet<&ObjectName> = entries
        .filter_map(|entry| match entry {
            Navigation::Object(name) => Some(name),
            _ => None,
        })
        .collect();
    let objects = names.into_iter().filter_map(|name| model.objects.get(name));
    objects.filter(|object| !object.tenant_paths.is_empty())
}

/// The portals with staff who see every row.
fn readers<'a>(model: &'a AccessModel, object: &Object) -> BTreeSet<&'a PortalName> {
    let staff = model
        .personas
        .values()
        .filter(|persona| persona.who == Who::Internal && persona.tenants == TenantReach::All)
        .filter(|persona| {
            let mut grants = persona.reads.get(&object.name).into_iter().flatten();
            grants.any(|grant| grant.rows.scope == Scope::All)
        });
    staff.map(|persona| &persona.name.portal).collect()
}

fn kinds<'a>(model: &'a AccessModel, portal: &PortalName) -> BTreeSet<Option<&'a TenantKind>> {
    let personas = model.personas.values().filter(|persona| persona.name.portal == *portal);
    personas.filter(|persona| persona.who == Who::External).map(|persona| persona.tenant_kind.as_ref()).collect()
}

fn all_of(words: &[String]) -> Option<String> {
    let (last, first) = words.split_last()?;
    Some(if first.is_empty() { last.clone() } else { format!("{} and {last}", first.join(", ")) })
}
