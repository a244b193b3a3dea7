//! Portal users change rows, and nobody writes down that they did.
//!
//! ## Why is this bad
//!
//! When something is wrong, the first question is who did it. Changes of portal users are recorded unless the object says
//! `audit: {writes: false}`; then the answer is that nobody knows, for an intruder with somebody's password as well.
//!
//! ## Example
//!
//! ```yaml
//! kind: object
//! name: bank_account
//! audit: {writes: false}
//! # … granted
//! customer:
//!   grants: {bank_account: {update: {fields: [iban]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! kind: object
//! name: bank_account
//! audit: {writes: true}      # as it is where nothing is written
//! ```

use crate::check::grants::{Writers, listed};
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Object};

pub(in crate::check) const RULE: Rule = Rule::model("audit-missing", check).warn();

fn check(model: &AccessModel) -> Vec<Finding> {
    let silent = model.objects.values().filter(|object| !object.audit_writes);
    let writers = Writers::of(model);
    silent.filter_map(|object| one(&writers, object)).collect()
}

fn one(writers: &Writers<'_>, object: &Object) -> Option<Finding> {
    let changes = writers.on(object).filter(|(_, grant)| grant.write.changes_rows());
    let mut who: Vec<String> = changes.map(|(persona, _)| persona.name.to_string()).collect();
    who.dedup();
    if who.is_empty() {
        return None;
    }
    let message = format!("{} change rows of `{}`, and no change is recorded", listed(who), object.name);
    Some(
        Finding::warn(RULE.id, object.span, message)
            .why("when something is wrong, nobody can say who did it")
            .hint("drop `audit: {writes: false}`")
            .acceptable_for(object.name.as_str()),
    )
}
