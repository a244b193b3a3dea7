//! Somebody may change rows that belong to another system, and the change is not handed to it.
//!
//! ## Why is this bad
//!
//! What stands here is a copy. A change that stays here is overwritten by the next one that comes from the system of record,
//! and until then the two say different things.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: invoice
//! table: erp.invoices
//! source: {system: erp}
//! ```
//!
//! and a portal that grants `invoice: {update: [reference]}`.
//!
//! ## Use instead
//!
//! ```yaml
//! source: {system: erp, write_back: true, max_staleness: 15m}
//! ```
//!
//! and, in a portal, `integrations: {erp: {kind: outbox, url_env: ERP_URL}}`.

use crate::check::grants::each_write;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::AccessModel;

pub(in crate::check) const RULE: Rule = Rule::model("write-back-missing", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let kept = each_write(model, |_, object, grant| {
        let source = object.source.as_ref()?;
        // An unknown system among others is a finding of its own.
        let handed = source.write_back && !model.integrations.is_empty();
        (grant.write.changes_rows() && !handed).then_some(grant.write.action())
    });
    kept.iter()
        .filter_map(|held| {
            let source = held.object.source.as_ref()?;
            let message = format!(
                "{} may {} `{}`, and `{}` is not told",
                held.who(),
                held.found,
                held.object.name,
                source.system
            );
            let missing = if source.write_back {
                format!("give a portal `integrations: {{{}: {{kind: outbox, url_env: …}}}}`", source.system)
            } else {
                "add `write_back: true` to the object's `source`".to_owned()
            };
            let finding = Finding::error(RULE.id, held.span, message)
                .why("what is changed in a copy alone is overwritten by its system of record")
                .label(source.span, "the system that the rows belong to")
                .hint(missing);
            Some(held.acceptable(finding))
        })
        .collect()
}
