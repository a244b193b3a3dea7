//! A portal hands writes to a system to which no row belongs.
//!
//! ## Why is this bad
//!
//! Its address is never called. Either an object forgot to say that its rows belong to that system, and what people change
//! stays here unseen, or the integration is a leftover with a secret that somebody still keeps.
//!
//! ## Example
//!
//! ```yaml
//! # no object says `source: {system: erp, write_back: true, max_staleness: 15m}`
//! integrations: {erp: {kind: outbox, url_env: ERP_URL}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: object
//! name: invoice
//! table: erp.invoices
//! source: {system: erp, write_back: true, max_staleness: 15m}
//! ```

use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::AccessModel;

pub(in crate::check) const RULE: Rule = Rule::model("integration-unused", check).warn().of_whole();

fn check(model: &AccessModel) -> Vec<Finding> {
    let sources = || model.objects.values().filter_map(|object| object.source.as_ref());
    let idle = model
        .integrations
        .iter()
        .filter(|(name, _)| !sources().any(|source| source.write_back && &source.system == *name));
    idle.map(|(name, integration)| {
        let finding = Finding::warn(RULE.id, integration.span, format!("nothing is ever handed to `{name}`"))
            .why("no object's rows belong to it and are written back")
            .hint(format!(
                "write `source: {{system: {name}, write_back: true}}` at the object, or take the integration out"
            ));
        let kept = sources().find(|source| &source.system == name);
        kept.into_iter()
            .fold(finding, |finding, source| finding.label(source.span, "its rows are not written back"))
            .acceptable_for(name.as_str())
    })
    .collect()
}
