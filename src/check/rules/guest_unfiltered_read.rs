//! A guest reads an object without a `where`.
//!
//! ## Why is this bad
//!
//! Guests are everybody on the internet. An object without a condition shows all of its rows, also those that are
//! drafts today, and those that somebody adds tomorrow. Sites of whole states have lost their records this way.
//!
//! ## Example
//!
//! ```yaml
//! visitor:
//!   who: guest
//!   grants: {article: {read: {scope: public, fields: [title, body]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! visitor:
//!   who: guest
//!   grants: {article: {read: {scope: public, fields: [title, body], where: {published: true}}}}
//! ```

use crate::check::grants::each;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Condition, Scope, Who};

pub(in crate::check) const RULE: Rule = Rule::model("guest-unfiltered-read", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    // Scope `parent` is filtered where the parent is read.
    let unfiltered = each(model, |persona, _, grant| {
        let open =
            persona.who == Who::Guest && grant.rows.scope != Scope::Parent && grant.rows.condition == Condition::True;
        open.then_some(())
    });
    unfiltered
        .iter()
        .map(|held| {
            let message = format!("guests ({}) read every row of `{}`", held.who(), held.object.name);
            let finding = Finding::error(RULE.id, held.span, message)
                .why("guests are everybody: rows that nobody meant for them are shown as soon as they exist")
                .hint("add a `where` that picks what is published: `where: {published: true}`");
            held.acceptable(finding)
        })
        .collect()
}
