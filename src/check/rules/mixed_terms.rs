//! Two things that somebody sees are called the same.
//!
//! ## Why is this bad
//!
//! A menu with two entries "Documents" makes people open both, and whoever answers the phone cannot tell which of them is
//! meant. Two audiences with one label are mixed up when somebody is invited, and one of them may do more.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: contract_file
//! label: {one: Document, many: Documents}      # and `document` is called so as well
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: object
//! name: contract_file
//! label: {one: Contract, many: Contracts}
//! ```

use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::AccessModel;
use crate::names::{ObjectName, PortalName};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::check) const RULE: Rule = Rule::model("mixed-terms", check).info();

fn check(model: &AccessModel) -> Vec<Finding> {
    let mut findings = objects(model);
    findings.extend(audiences(model));
    findings
}

fn objects(model: &AccessModel) -> Vec<Finding> {
    let mut told: BTreeSet<(&ObjectName, &ObjectName)> = BTreeSet::new();
    let mut findings = Vec::new();
    for persona in model.personas.values() {
        let mut called: BTreeMap<String, &ObjectName> = BTreeMap::new();
        for object in persona.reads.keys().filter_map(|name| model.objects.get(name)) {
            let Some(first) = called.insert(object.label_many.to_lowercase(), &object.name) else { continue };
            if !told.insert((first, &object.name)) {
                continue;
            }
            let message =
                format!("`{}` sees `{first}` and `{}` under the name {}", persona.name, object.name, object.label_many);
            let finding = Finding::info(RULE.id, object.span, message)
                .why("nobody can tell which of the two is meant")
                .hint("give one of them a `label` of its own")
                .acceptable_for(object.name.as_str());
            findings.push(match model.objects.get(first) {
                Some(first) => finding.label(first.span, "called the same"),
                None => finding,
            });
        }
    }
    findings
}

fn audiences(model: &AccessModel) -> Vec<Finding> {
    let mut called: BTreeMap<(&PortalName, String), &crate::model::Persona> = BTreeMap::new();
    let labelled = model.personas.values().filter_map(|persona| {
        let audience = model.portals.get(&persona.name.portal)?.audiences.get(&persona.name.audience)?;
        Some((persona, &audience.label))
    });
    labelled
        .filter_map(|(persona, label)| {
            let first = called.insert((&persona.name.portal, label.to_lowercase()), persona)?;
            let message = format!("`{}` and `{}` are both called {label}", first.name, persona.name);
            let finding = Finding::info(RULE.id, persona.span, message)
                .why("who invites somebody cannot tell which of the two they choose")
                .label(first.span, "called the same")
                .hint("give one of them a `label` of its own");
            Some(finding.acceptable_for(persona.name.to_string()).in_portal(persona.name.portal.as_str()))
        })
        .collect()
}
