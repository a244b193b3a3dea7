//! Systems that writes are handed to.

use super::report::unknown;
use crate::diagnostic::Finding;
use crate::model::{Integration, Object};
use crate::names::{ObjectName, SystemName};
use crate::spec::document::PortalDoc;
use std::collections::BTreeMap;

/// Those of all portals: a write waits for its system, whichever portal it came through.
pub(super) fn resolve(
    portals: &[PortalDoc],
    objects: &BTreeMap<ObjectName, Object>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<SystemName, Integration> {
    let mut integrations: BTreeMap<SystemName, Integration> = BTreeMap::new();
    for (name, doc) in portals.iter().flat_map(|portal| &portal.integrations) {
        let integration =
            Integration { address: doc.address.clone(), secret_env: doc.secret_env.clone(), span: doc.span };
        match integrations.get(name) {
            Some(other) if (&other.address, &other.secret_env) != (&integration.address, &integration.secret_env) => {
                findings.push(
                    Finding::error("integration-conflict", doc.span, format!("two portals reach `{name}` in two ways"))
                        .why("a write waits for its system, whichever portal it came through")
                        .label(other.span, "the other one")
                        .hint("give both one address and one `secret_env`, or the systems two names"),
                );
            }
            Some(_) => {}
            None => {
                integrations.insert(name.clone(), integration);
            }
        }
    }
    // Without any integration, `write-back-missing` says what to do where something is written.
    if !integrations.is_empty() {
        for source in objects.values().filter_map(|object| object.source.as_ref()) {
            if source.write_back && !integrations.contains_key(&source.system) {
                let known = integrations.keys().map(SystemName::as_str);
                findings.push(unknown("no portal has an integration", source.system.as_str(), source.span, known));
            }
        }
    }
    integrations
}
