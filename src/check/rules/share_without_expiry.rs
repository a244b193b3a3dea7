//! Somebody may share rows, and the share never ends.
//!
//! ## Why is this bad
//!
//! A row is shared for an occasion: a project, a tender, a holiday. Nobody takes the share back afterwards, and years later
//! people still see what they were once shown.
//!
//! ## Example
//!
//! ```yaml
//! document: {share: {to: {audiences: [partner_rep]}}}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! document: {share: {to: {audiences: [partner_rep]}, expires: 30d}}
//! ```

use crate::check::grants::each_write;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, Write};

pub(in crate::check) const RULE: Rule = Rule::model("share-without-expiry", check).warn();

fn check(model: &AccessModel) -> Vec<Finding> {
    let endless = each_write(model, |_, _, grant| {
        matches!(&grant.write, Write::Share(share) if share.expires.is_none()).then_some(())
    });
    endless
        .iter()
        .map(|held| {
            let message = format!("shares of a `{}` by {} never end", held.object.name, held.who());
            let finding = Finding::warn(RULE.id, held.span, message)
                .why("nobody takes a share back when its occasion is over")
                .hint("say how long a share may last: `expires: 30d`");
            held.acceptable(finding)
        })
        .collect()
}
