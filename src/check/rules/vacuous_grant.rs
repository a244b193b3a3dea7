//! A grant that can never show a row, because it asks for rows of another object that the persona does not read.
//!
//! ## Why is this bad
//!
//! Scope `parent` shows the rows whose parent is readable, and `has` those for which another object has a readable
//! row. Where that object is not granted, the answer is always no: the pages stay empty, and nobody is told why.
//!
//! ## Example
//!
//! ```yaml
//! customer:
//!   grants: {order_line: {read: {scope: parent}}}      # and no grant on `order`
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:
//!   grants:
//!     order: {read: [number]}
//!     order_line: {read: {scope: parent}}
//! ```

use crate::check::grants::each;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Scope};

pub(in crate::check) const RULE: Rule = Rule::model("vacuous-grant", check).warn();

fn check(model: &AccessModel) -> Vec<Finding> {
    let vacuous = each(model, |persona, object, grant| {
        let parent = object.parent.as_ref().filter(|_| grant.rows.scope == Scope::Parent).map(|parent| &parent.object);
        let asked = parent.into_iter().chain(grant.rows.has.iter().map(|has| &has.object));
        asked.into_iter().find(|name| !persona.reads.contains_key(*name)).cloned()
    });
    vacuous
        .iter()
        .map(|held| {
            let (object, other) = (&held.object.name, &held.found);
            let message = format!(
                "this shows no row of `{object}` to {}, who {} not read `{other}`",
                held.who(),
                held.verb("does", "do")
            );
            let finding = Finding::warn(RULE.id, held.span, message)
                .why(format!("which rows it shows depends on the rows of `{other}` that they read"))
                .hint(format!("grant them `{other}` as well, or give `{object}` a scope of its own"));
            held.acceptable(finding)
        })
        .collect()
}
