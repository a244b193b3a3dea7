//! A guest may change or delete rows, or create them without a limit.
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
//!     request: {create: [email, text], update: [text]}
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! visitor:
//!   who: guest
//!   rate_limit: 5/h                # rows of one network, counted by the database
//!   grants:
//!     request: {create: [email, text]}
//! customer:                        # signs in
//!   grants:
//!     request: {read: [text], create: [text], update: [text]}
//! ```

use crate::check::grants::each_write;
use crate::check::rule_set::Rule;
use crate::diagnostic::Finding;
use crate::model::{AccessModel, FileUse, Who, Write};

pub(in crate::check) const RULE: Rule = Rule::model("guest-write", check);

fn check(model: &AccessModel) -> Vec<Finding> {
    let written = each_write(model, |persona, _, grant| {
        let reads = matches!(grant.write, Write::Export { .. } | Write::Files(FileUse::Download));
        let bounded = matches!(grant.write, Write::Create(_)) && persona.rate_limit.is_some();
        let changes = persona.who == Who::Guest && !reads && !bounded;
        changes.then(|| grant.write.action())
    });
    written
        .iter()
        .map(|held| {
            let message = format!("guests ({}) may {} rows of `{}`", held.who(), held.found, held.object.name);
            let finding = Finding::error(RULE.id, held.span, message)
                .why("guests are everybody: who wrote what cannot be told, and nothing slows a program down")
                .hint(match held.found {
                    "create" => "write `rate_limit: 5/h` at the audience, or let it sign in",
                    _ => "let the audience sign in",
                });
            held.acceptable(finding)
        })
        .collect()
}
