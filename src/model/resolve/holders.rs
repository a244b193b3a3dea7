//! Modules that a portal names, and nobody in it who was given anything of them.

use super::report::list;
use crate::diagnostic::{Finding, Span};
use crate::model::{Persona, Who, personas_of};
use crate::names::{PermissionSetName, PersonaName, PortalName};
use crate::spec::document::{ModuleDoc, PermissionSetDoc, PortalDoc, SpecSet};
use std::collections::BTreeMap;

/// Reports what a portal adopts in vain. What comes along because another module needs it gives nobody anything on purpose.
pub(super) fn check(spec: &SpecSet, personas: &BTreeMap<PersonaName, Persona>, findings: &mut Vec<Finding>) {
    for module in &spec.modules {
        let of_module = |doc: &&PermissionSetDoc| doc.name.span.file == module.span.file;
        let sets: Vec<&PermissionSetName> =
            spec.permission_sets.iter().filter(of_module).map(|doc| &doc.name.value).collect();
        let Some(first) = sets.first() else { continue };
        for (name, span) in &module.chosen {
            let Some(portal) = spec.portals.iter().find(|portal| portal.name.value == *name) else { continue };
            let holds = portal.audiences.values().flat_map(|doc| &doc.permission_sets);
            let is_held = holds.map(|held| &held.value).any(|held| sets.contains(&held));
            if !is_held && !is_used(module, name, personas) {
                findings.push(without_holder(module, portal, (&sets, first), *span, personas));
            }
        }
    }
}

/// Whether somebody of the portal was given something of the module's objects in another way.
fn is_used(module: &ModuleDoc, portal: &PortalName, personas: &BTreeMap<PersonaName, Persona>) -> bool {
    personas_of(personas, portal).any(|persona| {
        let mut objects = module.objects.iter();
        objects.any(|object| persona.reads.contains_key(object) || persona.writes.contains_key(object))
    })
}

fn without_holder(
    module: &ModuleDoc,
    portal: &PortalDoc,
    (sets, first): (&[&PermissionSetName], &PermissionSetName),
    span: Span,
    personas: &BTreeMap<PersonaName, Persona>,
) -> Finding {
    let who = |audience: &&crate::names::AudienceName| {
        let name = PersonaName { portal: portal.name.value.clone(), audience: (*audience).clone() };
        personas.get(&name).is_some_and(|persona| persona.who == Who::External)
    };
    let audience = portal.audiences.keys().find(who).or_else(|| portal.audiences.keys().next());
    let audience = audience.map_or("customer", |audience| audience.as_str());
    let names = list(sets.iter().map(|set| set.as_str())).unwrap_or_default();
    let message = format!(
        "`{}` adopts `{}`, and nobody in it holds a permission set of the module: {names}",
        portal.name.value, module.name.value
    );
    Finding::warn("module-without-holder", span, message)
        .why("a module opens nothing to anybody by itself, and its pages are in nobody's menu")
        .hint(format!("say who holds what of it: `audiences: {{{audience}: {{+permission_sets: [{first}]}}}}`"))
        .acceptable_for(module.name.value.as_str())
        .in_portal(portal.name.value.as_str())
}
