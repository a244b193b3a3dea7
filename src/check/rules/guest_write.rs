//! A guest may create, change or delete rows.
//!
//! ## Why is this bad
//!
//! Guests are everybody on the internet, and nobody in particular. Who changes something cannot be told afterwards, programs
//! fill open forms with rubbish within days, and a way to change rows is a way to change all of them.
//!
//! ## Example
//!
//! ```yaml
//! visitor:
//!   who: guest
//!   grants:
//!     request: {create: [email, text]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! customer:                        # signs in
//!   grants:
//!     request: {read: [text], create: [text]}
//! ```

use crate::check::grants::each_write;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, FileUse, Who, Write};

pub(in crate::check) const RULE: Rule = Rule::model("guest-write", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let written = each_write(model, |persona, _, grant| {
        let reads = matches!(grant.write, Write::Export { .. } | Write::Files(FileUse::Download));
        let changes = persona.who == Who::Guest && !reads;
        changes.then(|| grant.write.action())
    });
    written
        .iter()
        .map(|held| {
            let message = format!("guests ({}) may {} rows of `{}`", held.who(), held.found, held.object.name);
            let finding = Finding::error(RULE.id, held.span, message)
                .why("guests are everybody: who wrote what cannot be told, and nothing slows a program down")
                .hint("let the audience sign in, or accept it for a form that is open on purpose");
            held.acceptable(finding)
        })
        .collect()
}
